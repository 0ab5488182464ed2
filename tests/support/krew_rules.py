"""krew's own rules in Python: what its index accepts as a manifest, and how it unpacks and links an archive.

From kubernetes-sigs/krew, internal/index/validation/validate.go, cmd/validate-krew-manifest/main.go and
internal/download/downloader.go, and the review of krew-index (docs/kubectl.md 10).
"""

from __future__ import annotations

import re
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

PLATFORMS = tuple(
    (system, architecture)
    for system, architectures in {
        "windows": ("386", "amd64", "arm64"),
        "linux": ("386", "amd64", "arm", "arm64", "ppc64le"),
        "darwin": ("386", "amd64", "arm64"),
    }.items()
    for architecture in architectures
)
"""Every pair of system and architecture that the index knows."""

_FIELDS: Mapping[str, frozenset[str]] = {
    "": frozenset({"apiVersion", "kind", "metadata", "spec"}),
    "metadata": frozenset({"name"}),
    "spec": frozenset({"version", "homepage", "shortDescription", "description", "caveats", "platforms"}),
}
_SEMVER = re.compile(r"v(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?")
_LICENSE = re.compile(r"(LICENSE|COPYING)(\.txt|\.md)?", re.IGNORECASE)


class RefusedError(Exception):
    """krew would not unpack the archive."""


def problems(name: str, manifest: Any) -> Iterator[str]:
    """Everything that keeps a manifest, in the file `name`.yaml, out of the index; empty if the index accepts it."""
    for where, known in _FIELDS.items():
        yield from (f"{where} has no field {field}" for field in set(manifest[where] if where else manifest) - known)
    if manifest["apiVersion"] != "krew.googlecontainertools.github.com/v1alpha2":
        yield "apiVersion"
    if manifest["kind"] != "Plugin":
        yield "kind"
    if manifest["metadata"]["name"] != name or not re.fullmatch(r"[\w-]+", name, re.ASCII):
        yield "name"
    spec = manifest["spec"]
    if not _SEMVER.fullmatch(spec["version"]):
        yield "version"
    if not re.fullmatch(r"https://\S+", spec["homepage"]):
        yield "homepage"
    short = spec["shortDescription"]
    if not short or len(short) > 50 or re.search(r"[\r\n]", short):
        yield "shortDescription"
    for field in ("description", "caveats"):
        if any(len(line) > 80 for line in spec.get(field, "").split("\n")):
            yield f"a line of {field} is longer than 80 characters"
    if not spec["platforms"]:
        yield "platforms"
    for index, platform in enumerate(spec["platforms"]):
        yield from (f"platforms[{index}]: {each}" for each in _platform(platform))
    for pair in PLATFORMS:
        if sum(_selects(platform, pair) for platform in spec["platforms"]) > 1:
            yield f"several platforms are for {'/'.join(pair)}"


def _platform(platform: Any) -> Iterator[str]:
    if set(platform) - {"selector", "uri", "sha256", "bin", "files"}:
        yield "unknown field"
    if not re.fullmatch(r"https://\S+(\.tar\.gz|\.zip)", platform.get("uri") or ""):
        yield "uri"
    if not re.fullmatch(r"[a-f0-9]{64}", platform.get("sha256") or ""):
        yield "sha256"
    if not platform.get("bin"):
        yield "bin"
    files = platform.get("files")
    if "files" in platform and not (files and all(each.get("from") and each.get("to") for each in files)):
        yield "files"
    labels = platform.get("selector", {}).get("matchLabels") or {}
    if not labels or set(labels) - {"os", "arch"} or set(platform.get("selector", {})) - {"matchLabels"}:
        yield "selector"
    if not any(_selects(platform, pair) for pair in PLATFORMS):
        yield "selector matches no platform"
    if "windows" in labels.get("os", "") and not str(platform.get("bin")).endswith(".exe"):
        yield "bin is no .exe"


def _selects(platform: Any, pair: tuple[str, str]) -> bool:
    """Whether a platform entry selects a pair. Only matchLabels count, since our manifest uses nothing else."""
    labels = platform.get("selector", {}).get("matchLabels") or {}
    return all(dict(zip(("os", "arch"), pair, strict=True)).get(key) == value for key, value in labels.items())


def unpack(archive: Path, folder: Path) -> None:
    """Unpack as krew does. Raises RefusedError for what krew refuses."""
    content = archive.read_bytes()
    folder.mkdir(parents=True, exist_ok=True)
    if content.startswith(b"\x1f\x8b"):
        _unpack_tar(archive, folder)
    elif content.startswith(b"PK\3\4"):
        _unpack_zip(archive, folder)
    else:
        raise RefusedError("not a .tar.gz or .zip by its content")


def _unpack_tar(archive: Path, folder: Path) -> None:
    with tarfile.open(archive, "r:gz") as tar:
        for entry in tar:
            path = folder / _checked(entry.name)
            if entry.isdir():
                path.mkdir(mode=entry.mode, parents=True, exist_ok=True)
            elif entry.type == tarfile.REGTYPE:
                path.parent.mkdir(parents=True, exist_ok=True)
                source = tar.extractfile(entry)
                assert source is not None
                path.write_bytes(source.read())
                path.chmod(entry.mode)
            else:
                raise RefusedError(f"unable to handle file type {entry.type!r} for {entry.name}")


def _unpack_zip(archive: Path, folder: Path) -> None:
    with zipfile.ZipFile(archive) as packed:
        for entry in packed.infolist():
            path = folder / _checked(entry.filename)
            if entry.is_dir():
                path.mkdir(parents=True, exist_ok=True)
                continue
            if not path.parent.is_dir():
                raise RefusedError(f"no folder for {entry.filename}")
            path.write_bytes(packed.read(entry))
            path.chmod((entry.external_attr >> 16) & 0o777)


def _checked(name: str) -> str:
    if ".." in name:
        raise RefusedError(f"suspicious entry {name}")
    if name.startswith(("/", "\\")):
        raise RefusedError(f"absolute entry {name}")
    return name


def licenses(folder: Path) -> list[str]:
    """The files that the index takes for a licence, at any depth."""
    return [path.relative_to(folder).as_posix() for path in folder.rglob("*") if _LICENSE.fullmatch(path.name)]


def install(platform: Any, archive: Path, store: Path, bin_: Path, plugin: str) -> Path:
    """Unpack into a store and link the entry point from another folder, as `kubectl krew install` does."""
    unpack(archive, store)
    program = store / platform["bin"]
    bin_.mkdir(parents=True, exist_ok=True)
    link = bin_ / f"kubectl-{plugin.replace('-', '_')}"
    link.symlink_to(program)
    return link
