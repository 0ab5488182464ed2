"""The environment that a release is built in: a fresh one with exactly the packages of requirements.txt."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

REQUIREMENTS = Path(__file__).with_name("requirements.txt")


def python_of(folder: Path) -> Path:
    """The Python of a virtual environment."""
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


class Environment:
    """A virtual environment, and how programs run in it: nothing of theirs depends on who builds, where or when."""

    def __init__(self, folder: Path, date: int) -> None:
        self._folder = folder
        self._python = python_of(folder)
        self._variables = {
            "SOURCE_DATE_EPOCH": str(date),
            "PYTHONHASHSEED": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
            "TZ": "UTC",
            # PyInstaller keeps its cache there, which a build must not find filled.
            "PYINSTALLER_CONFIG_DIR": str(folder / "pyinstaller"),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        }

    def create(self) -> None:
        venv.create(self._folder, clear=True, with_pip=True)
        self.run("-m", "pip", "install", "--quiet", "--require-hashes", "--only-binary", ":all:", "-r", REQUIREMENTS)

    def install(self, wheel: Path) -> None:
        self.run("-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel)

    def packages(self) -> Path:
        """The folder that the packages are installed in."""
        return Path(self.run("-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())

    def run(self, *words: str | Path, cwd: Path | None = None, **variables: str) -> str:
        """Run its Python and return what it prints; CalledProcessError, with that on standard error, if it fails."""
        command: Sequence[str | Path] = [self._python, *words]
        done = subprocess.run(
            command,
            cwd=cwd,
            env={**os.environ, **self._variables, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            sys.stderr.write(done.stdout)
        done.check_returncode()
        return done.stdout
