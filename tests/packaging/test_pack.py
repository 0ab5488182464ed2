"""Packing: an archive depends only on its content, and krew can unpack it."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from krew.archive import pack
from tests.support import krew_rules

DATE = 1_700_000_000
PROGRAM = "kubectl-refs/kubectl-refs"
FILES = {PROGRAM: b"#!/bin/sh\n", "kubectl-refs/_internal/deep/lib.so": b"\x7fELF", "LICENSE": b"text\n", "empty": b""}
ENDINGS = [".tar.gz", ".zip"]


def tree(folder: Path, names: list[str]) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(FILES[name])
    return folder


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_same_content_makes_the_same_archive(tmp_path: Path, ending: str) -> None:
    one = tree(tmp_path / "one", list(FILES))
    # Created in another order, under another name, at another time, with other modes.
    other = tree(tmp_path / "another", list(reversed(FILES)))
    for path in other.rglob("*"):
        os.utime(path, (1, 1))
        path.chmod(0o700)
    pack(one, tmp_path / f"one{ending}", PROGRAM, DATE)
    pack(other, tmp_path / f"other{ending}", PROGRAM, DATE)
    assert (tmp_path / f"one{ending}").read_bytes() == (tmp_path / f"other{ending}").read_bytes()


@pytest.mark.parametrize("ending", ENDINGS)
def test_another_date_makes_another_archive(tmp_path: Path, ending: str) -> None:
    content = tree(tmp_path / "content", list(FILES))
    pack(content, tmp_path / f"one{ending}", PROGRAM, DATE)
    pack(content, tmp_path / f"other{ending}", PROGRAM, DATE + 2)
    assert (tmp_path / f"one{ending}").read_bytes() != (tmp_path / f"other{ending}").read_bytes()


@pytest.mark.parametrize("ending", ENDINGS)
def test_krew_unpacks_the_content_and_the_program_alone_is_executable(tmp_path: Path, ending: str) -> None:
    pack(tree(tmp_path / "content", list(FILES)), tmp_path / f"x{ending}", PROGRAM, DATE)
    krew_rules.unpack(tmp_path / f"x{ending}", tmp_path / "store")
    found = {path.relative_to(tmp_path / "store").as_posix(): path for path in (tmp_path / "store").rglob("*")}
    assert {name: path.read_bytes() for name, path in found.items() if path.is_file()} == FILES
    assert [name for name, path in found.items() if path.is_file() and os.access(path, os.X_OK)] == [PROGRAM]


def test_members_belong_to_nobody_in_particular_at_the_given_date(tmp_path: Path) -> None:
    pack(tree(tmp_path / "content", list(FILES)), tmp_path / "x.tar.gz", PROGRAM, DATE)
    with tarfile.open(tmp_path / "x.tar.gz") as tar:
        members = tar.getmembers()
    assert {(each.uid, each.gid, each.uname, each.gname, each.mtime) for each in members} == {(0, 0, "", "", DATE)}
    assert [each.name for each in members] == sorted(each.name for each in members)


@pytest.mark.parametrize("date", [0, DATE])
def test_a_zip_bears_the_given_date_as_far_as_it_can(tmp_path: Path, date: int) -> None:
    pack(tree(tmp_path / "content", list(FILES)), tmp_path / "x.zip", PROGRAM, date)
    with zipfile.ZipFile(tmp_path / "x.zip") as packed:
        dates = {entry.date_time for entry in packed.infolist()}
    assert dates == {(2023, 11, 14, 22, 13, 20) if date else (1980, 1, 1, 0, 0, 0)}


def linked(tar: tarfile.TarFile) -> None:
    entry = tarfile.TarInfo("link")
    entry.type, entry.linkname = tarfile.SYMTYPE, "LICENSE"
    tar.addfile(entry)


def hard_linked(tar: tarfile.TarFile) -> None:
    tar.addfile(tarfile.TarInfo("LICENSE"))
    entry = tarfile.TarInfo("link")
    entry.type, entry.linkname = tarfile.LNKTYPE, "LICENSE"
    tar.addfile(entry)


def outside(tar: tarfile.TarFile) -> None:
    tar.addfile(tarfile.TarInfo("../LICENSE"))


def absolute(tar: tarfile.TarFile) -> None:
    tar.addfile(tarfile.TarInfo("/LICENSE"))


@pytest.mark.parametrize("spoil", [linked, hard_linked, outside, absolute])
def test_the_rules_refuse_what_krew_refuses(tmp_path: Path, spoil: Callable[[tarfile.TarFile], None]) -> None:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as tar:
        spoil(tar)
    (tmp_path / "x.tar.gz").write_bytes(gzip.compress(raw.getvalue()))
    with pytest.raises(krew_rules.RefusedError):
        krew_rules.unpack(tmp_path / "x.tar.gz", tmp_path / "store")


def test_the_rules_refuse_a_zip_that_does_not_name_its_folders(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as packed:
        packed.writestr("folder/file", "")
    with pytest.raises(krew_rules.RefusedError):
        krew_rules.unpack(tmp_path / "x.zip", tmp_path / "store")


def test_the_rules_refuse_another_format(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "x.tar.gz", "w:xz"):
        pass
    with pytest.raises(krew_rules.RefusedError):
        krew_rules.unpack(tmp_path / "x.tar.gz", tmp_path / "store")
