"""Runs tests in an environment of their own, the same way on every platform: `python3 -m krew.check tests/unit …`."""

from __future__ import annotations

import subprocess
import sys
import venv

from krew.environment import python_of
from krew.project import ROOT

FOLDER = ROOT / "build" / "check"


def main(paths: list[str]) -> int:
    """Make the environment if need be, and return pytest's exit status."""
    python = python_of(FOLDER)
    if not python.exists():
        venv.create(FOLDER, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", ".[test]"], cwd=ROOT, check=True)
    return subprocess.run([python, "-m", "pytest", *paths], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
