"""A release as a whole: two builds are identical, and its wheel installs, runs and uninstalls without a trace."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from krew import checksums, glibc, project
from tests.packaging.conftest import Installed, Release, build
from tests.support.cluster import binaries
from tests.support.running import REFUSED


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_two_builds_of_one_tree_are_the_same_to_the_last_bit(release: Release, tmp_path: Path) -> None:
    """The second build is in folders with names of other lengths, and has another environment."""
    again = build(tmp_path / "somewhere-else-altogether" / "dist")
    assert digests(again.folder) == {
        name: digest for name, digest in digests(release.folder).items() if name != checksums.NAME
    }


def test_a_release_is_the_bundle_its_bill_of_materials_a_wheel_and_a_source_distribution(release: Release) -> None:
    version, stem = project.version(), project.stem(project.system(), project.architecture())
    assert set(digests(release.folder)) - {checksums.NAME} == {
        f"{stem}.tar.gz",
        f"{stem}.cdx.json",
        f"kubectl_refs-{version}-py3-none-any.whl",
        f"kubectl_refs-{version}.tar.gz",
    }


def test_the_wheel_holds_the_package_alone(release: Release) -> None:
    with zipfile.ZipFile(release.wheel) as wheel:
        tops = {name.partition("/")[0] for name in wheel.namelist()}
        assert "kubectl_refs/py.typed" in wheel.namelist()
    assert tops == {"kubectl_refs", f"kubectl_refs-{project.version()}.dist-info"}


def test_the_source_distribution_holds_what_it_is_built_from(release: Release) -> None:
    (sdist,) = release.folder.glob("kubectl_refs-*.tar.gz")
    with tarfile.open(sdist) as tar:
        names = {name.partition("/")[2] for name in tar.getnames()}
    assert {"LICENSE", "README.md", "pyproject.toml", "setup.cfg", "kubectl_refs/__main__.py"} <= names


def test_checksums_are_such_as_sha256sum_checks(release: Release, tmp_path: Path) -> None:
    for path in release.folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    checksums.write(tmp_path)
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", checksums.NAME], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert done.stdout.count(": OK\n") == len(digests(release.folder))


def test_the_glibc_that_a_bundle_needs_is_found_in_its_files(installed: Installed) -> None:
    name, _, version = (os.confstr("CS_GNU_LIBC_VERSION") or "").partition(" ")
    major, minor = map(int, version.split("."))
    assert name == "glibc"
    assert (2, 17) <= glibc.needed(installed.store) <= (major, minor)


@pytest.fixture
def pipx(tmp_path: Path) -> dict[str, str]:
    """The environment of somebody who uses pipx, with a home of its own."""
    home = tmp_path / "home"
    path = [home / ".local" / "bin", binaries.find().folder]
    return {
        **os.environ,
        "HOME": str(home),
        "PIPX_HOME": str(home / ".local" / "pipx"),
        "PIPX_BIN_DIR": str(home / ".local" / "bin"),
        "PIPX_MAN_DIR": str(home / ".local" / "man"),
        "PIPX_DEFAULT_PYTHON": sys.executable,
        # A run needs only part of what is installed, and compiles that part itself.
        "PIP_COMPILE": "0",
        "PATH": os.pathsep.join([*map(str, path), os.defpath]),
    }


def test_pipx_installs_the_wheel_as_a_kubectl_plugin_and_removes_it_without_leftovers(
    release: Release, pipx: dict[str, str]
) -> None:
    def run(*words: str | Path) -> str:
        done = subprocess.run(words, env=pipx, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    run(sys.executable, "-m", "pipx", "install", release.wheel)
    assert "kubectl-refs" in run("kubectl", "plugin", "list")
    assert run("kubectl", "refs", "--version") == f"{project.version()}\n"
    assert "refused: HTTPRoute" in run("kubectl", "refs", "why", "-f", REFUSED, "--exit-zero")
    run(sys.executable, "-m", "pipx", "uninstall", "kubectl-refs")
    # The lock, an empty file, belongs to pipx.
    left = [path for path in Path(pipx["HOME"]).rglob("*") if "kubectl" in path.name and path.suffix != ".lock"]
    assert left == []
