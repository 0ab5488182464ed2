"""The wheel and the source distribution, from a copy of the source that holds nothing else."""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path

from krew.archive import pack
from krew.environment import Environment
from krew.project import ROOT

SOURCE = ("CHANGELOG.md", "LICENSE", "README.md", "kubectl_refs", "pyproject.toml", "setup.cfg")


def build(environment: Environment, work: Path, dist: Path, date: int) -> Path:
    """Write both into `dist` and return the wheel's path."""
    source = work / "source"
    _copy(source)
    made = work / "made"
    environment.run("-m", "build", "--no-isolation", "--outdir", made, source)
    (wheel,) = made.glob("*.whl")
    (sdist,) = made.glob("*.tar.gz")
    shutil.copyfile(wheel, dist / wheel.name)
    # setuptools writes the time of the build and the builder's name into it.
    unpacked = work / "sdist"
    with tarfile.open(sdist) as tar:
        tar.extractall(unpacked, filter="data")
    pack(unpacked, dist / sdist.name, program="", date=date)
    return dist / wheel.name


def _copy(source: Path) -> None:
    source.mkdir(parents=True)
    for name in SOURCE:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(ROOT / name, source / name)
