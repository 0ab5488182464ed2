"""Archives that depend on nothing but their content: fixed order, times, owner and modes, regular files only.

krew unpacks .tar.gz and .zip alone, and of a .tar.gz only folders and regular files: links become what they point to.
"""

from __future__ import annotations

import gzip
import tarfile
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

EARLIEST = 315_532_800
"""The first second that a zip's times can express, 1 January 1980, since the epoch."""


def pack(folder: Path, archive: Path, program: str, date: int) -> None:
    """Pack what is in a folder. `program` is the one executable file, as a path in the archive; `date` in seconds."""
    pack_into = _zip if archive.suffix == ".zip" else _tar
    pack_into(folder, archive, program, date)


def _members(folder: Path) -> Iterator[tuple[str, Path]]:
    """Everything in a folder, by its path in the archive, folders before what is in them."""
    for path in sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).parts):
        yield path.relative_to(folder).as_posix(), path


def _tar(folder: Path, archive: Path, program: str, date: int) -> None:
    with (
        archive.open("wb") as raw,
        # Without a name and a time in its header.
        gzip.GzipFile("", "wb", 9, raw, mtime=0) as compressed,
        tarfile.open(fileobj=compressed, mode="w", format=tarfile.USTAR_FORMAT) as tar,
    ):
        for name, path in _members(folder):
            entry = tarfile.TarInfo(name)
            entry.mtime = date
            if path.is_dir():
                entry.type, entry.mode = tarfile.DIRTYPE, 0o755
                tar.addfile(entry)
                continue
            entry.mode = 0o755 if name == program else 0o644
            entry.size = path.stat().st_size
            with path.open("rb") as content:
                tar.addfile(entry, content)


def _zip(folder: Path, archive: Path, program: str, date: int) -> None:
    moment = datetime.fromtimestamp(max(date, EARLIEST), UTC)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as zip_:
        for name, path in _members(folder):
            # krew makes no folder that the archive does not name.
            entry = zipfile.ZipInfo(f"{name}/" if path.is_dir() else name, moment.timetuple()[:6])
            # As if made on Unix, wherever it is made: the upper half holds the kind of file and its mode.
            entry.create_system = 3
            if path.is_dir():
                entry.external_attr = 0o040755 << 16
                zip_.writestr(entry, b"")
                continue
            entry.external_attr = (0o100755 if name == program else 0o100644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            zip_.writestr(entry, path.read_bytes())
