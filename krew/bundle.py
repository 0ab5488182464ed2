"""The bundle: the program with its own Python in one folder, packed as krew wants it."""

from __future__ import annotations

import shutil
from pathlib import Path

from krew import glibc, project
from krew.archive import pack
from krew.contents import components
from krew.environment import Environment
from krew.notices import notices
from krew.sbom import bill

RECIPE = Path(__file__).with_name("bundle.spec")
NOTICES = "THIRD_PARTY_NOTICES.txt"


class TooNewError(Exception):
    """The bundle asks for a newer glibc than it may."""


def build(environment: Environment, work: Path, dist: Path, date: int, newest_glibc: glibc.Version | None) -> Path:
    """Write the archive and its bill of materials into `dist` and return the archive's path.

    The program must be installed in the environment. TooNewError if it needs a glibc newer than `newest_glibc`.
    """
    content = work / "content"
    made = _run_pyinstaller(environment, work)
    # Links within the bundle become files: krew refuses to unpack them.
    shutil.copytree(made, content / project.NAME, symlinks=False)
    found = components(work / "collected.json", environment.packages())
    shutil.copyfile(project.ROOT / "LICENSE", content / "LICENSE")
    (content / NOTICES).write_text(notices(found), encoding="utf-8", newline="\n")
    needed = glibc.needed(content)
    if newest_glibc is not None and needed > newest_glibc:
        raise TooNewError(f"the bundle needs glibc {needed[0]}.{needed[1]}")
    system = project.system()
    stem = project.stem(system, project.architecture())
    windows = system == "windows"
    archive = dist / f"{stem}{'.zip' if windows else '.tar.gz'}"
    pack(content, archive, f"{project.NAME}/{project.NAME}{'.exe' if windows else ''}", date)
    (dist / f"{stem}.cdx.json").write_text(bill(found, date), encoding="utf-8", newline="\n")
    return archive


def _run_pyinstaller(environment: Environment, work: Path) -> Path:
    folder = work / "bundle"
    environment.run(
        *("-m", "PyInstaller", "--noconfirm", "--distpath", folder, "--workpath", work / "pyinstaller", RECIPE),
        cwd=work,
        KUBECTL_REFS_COLLECTED=str(work / "collected.json"),
    )
    return folder / project.NAME
