"""What a bundle is made of besides our own code: Python packages, Python itself, and native libraries."""

from __future__ import annotations

import json
import re
import sys
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path

from krew.project import NAME

LICENSES = Path(__file__).with_name("licenses")
PAGE = Path(__file__).parent.parent / "kubectl_refs" / "render" / "graph" / "page"

PARTS = {
    "bzip2": "bzip2-1.0.6",
    "libffi": "MIT",
    "libuuid": "BSD-3-Clause",
    "OpenSSL": "Apache-2.0",
    "Parts of Python by others": "each its own",
    "XZ Utils' liblzma": "public domain",
    "zlib": "Zlib",
}
"""The libraries that Python is made with and their licences, whose texts are in the folder `licenses`.

Some builds hold them within Python's own files, where nobody sees them, so all are always named.
"""

_LIBRARIES = re.compile(
    r"lib(bz2|crypto|ffi|lzma|python3[\d.]*|ssl|uuid|z)([-.\d_]*)\.(so|dylib)[\d.]*|"
    r"(lib(crypto|ffi|ssl)[\w.-]*|python3\d*|vcruntime\d+(_\d+)?|api-ms-win-[\w-]+|ucrtbase)\.dll|Python",
    re.IGNORECASE,
)
_LICENSE_FILE = re.compile(r"(licen[cs]e|copying|notice|authors)[\w.-]*$", re.IGNORECASE)


class UnknownContentError(Exception):
    """Something is in the bundle whose licence nobody has looked at."""


@dataclass(frozen=True, slots=True)
class Component:
    """One work of somebody else's in the bundle."""

    name: str
    version: str
    license: str
    text: str
    purl: str = ""


def components(collected: Path, packages: Path) -> list[Component]:
    """Everything in a bundle that is not ours, packages by name first.

    `collected` is what the recipe wrote of it and `packages` the folder they were taken from. UnknownContentError
    where a library is not in the table above or a package has no licence.
    """
    found = json.loads(collected.read_text())
    strange = [name for name in found["libraries"] if not _LIBRARIES.fullmatch(Path(name).name)]
    if strange:
        raise UnknownContentError(f"no licence is known for {', '.join(strange)}: add it to krew/contents.py")
    return [
        *_packages(found["modules"], packages),
        _python(),
        _bootloader(packages),
        *_scripts(),
        *(_part(*part) for part in PARTS.items()),
    ]


def _packages(modules: Iterable[str], folder: Path) -> list[Component]:
    wanted = set(modules)
    found = [each for each in distributions(path=[str(folder)]) if wanted & _modules(each)]
    return sorted((_package(each) for each in found if each.name != NAME), key=lambda each: each.name.lower())


def _modules(distribution: Distribution) -> set[str]:
    """The top-level names that a distribution installs."""
    files = distribution.files or []
    tops = {file.parts[0] for file in files if file.suffix in (".py", ".so", ".pyd") and ".." not in file.parts}
    return {top.partition(".")[0] for top in tops}


def _package(distribution: Distribution) -> Component:
    files = [file for file in distribution.files or [] if _LICENSE_FILE.search(file.name) and ".dist-info" in str(file)]
    texts = [Path(str(file.locate())).read_text(encoding="utf-8").strip() for file in sorted(files, key=str)]
    if not texts:
        raise UnknownContentError(f"{distribution.name} comes without the text of its licence")
    metadata = distribution.metadata
    classifiers = [each.rpartition(" :: ")[2] for each in metadata.get_all("Classifier", []) if "License ::" in each]
    said = next(iter([*metadata.get_all("License-Expression", []), *metadata.get_all("License", []), *classifiers]), "")
    # Some write the whole text there.
    license_ = said.splitlines()[0] if said else "see its text"
    name, version = distribution.name, distribution.version
    purl = f"pkg:pypi/{re.sub(r'[-_.]+', '-', name).lower()}@{version}"
    return Component(name, version, license_, "\n\n".join(texts), purl)


def _python() -> Component:
    folders = [Path(sysconfig.get_path("stdlib")), Path(sys.base_prefix)]
    texts = [folder / "LICENSE.txt" for folder in folders if (folder / "LICENSE.txt").is_file()]
    if not texts:
        raise UnknownContentError(f"this Python comes without its LICENSE.txt: looked in {folders}")
    version = sys.version.split()[0]
    return Component(
        "Python", version, "PSF-2.0", texts[0].read_text(encoding="utf-8").strip(), f"pkg:generic/python@{version}"
    )


def _bootloader(packages: Path) -> Component:
    (pyinstaller,) = distributions(name="pyinstaller", path=[str(packages)])
    whole = _package(pyinstaller)
    text = (
        "The program file starts with PyInstaller's bootloader. Its licence has an exception that permits bundles to "
        "be distributed under any terms; its text:\n\n" + whole.text
    )
    return Component(
        "PyInstaller bootloader", whole.version, "GPL-2.0-or-later WITH Bootloader-exception", text, whole.purl
    )


def _scripts() -> list[Component]:
    """The libraries from npm within the page that `graph -o html` writes."""
    text = (PAGE / "LICENSES.txt").read_text(encoding="utf-8").strip()
    pinned = json.loads((PAGE / "package.json").read_text())["dependencies"]
    return [
        Component(name, version, "MIT", text, f"pkg:npm/{name.replace('@', '%40')}@{version}")
        for name, version in pinned.items()
    ]


def _part(name: str, license_: str) -> Component:
    return Component(name, "", license_, (LICENSES / f"{name}.txt").read_text(encoding="utf-8").strip())
