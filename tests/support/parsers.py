"""Programs that read pictures: the parsers of Mermaid and Graphviz, and a browser.

Missing ones are installed from npm and from Debian's packages.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).with_name("pictures")
"""The package that pins Mermaid and Playwright, with the programs that call them."""
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kubectl-refs-tests"
"""The cache of the real user, whatever home a test gives to the program."""
PATIENCE = 300
"""Seconds allowed for an installation."""


class MissingError(Exception):
    """A program is missing and cannot be installed; the message says what to install."""


def package() -> Path:
    """The folder of the installed package, in the user's cache. Raises MissingError without Node.js or a registry."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        raise MissingError("Mermaid's parser and a browser's driver need node and npm on the PATH")
    parts = sorted(PACKAGE.glob("*.*"))
    digest = hashlib.sha256(b"\0".join(part.read_bytes() for part in parts)).hexdigest()[:16]
    folder = CACHE / f"pictures-{digest}"
    if folder.exists():
        return folder
    CACHE.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(dir=CACHE))
    for part in parts:
        shutil.copy(part, building)
    done = subprocess.run(
        ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
        cwd=building,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    if done.returncode:
        shutil.rmtree(building)
        raise MissingError(f"npm ci failed: {done.stderr.strip()[-500:]}")
    try:
        building.rename(folder)
    except OSError:
        # Another test run was faster.
        shutil.rmtree(building)
    return folder


def parsed(folder: Path, charts: Sequence[str]) -> list[dict[str, Any]]:
    """What Mermaid finds in each flowchart: `nodes`, `edges` and `frames` by their texts, or an `error`."""
    done = subprocess.run(
        ["node", "parse.mjs"],
        cwd=folder,
        input=json.dumps(charts),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def graphviz() -> str:
    """The path of `dot`. Raises MissingError if it is neither there nor can be installed."""
    return _debian("dot", "graphviz")


def chromium() -> str:
    """The path of the browser. Raises MissingError if it is neither there nor can be installed."""
    return _debian("chromium", "chromium")


View = tuple[int, int, str]
"""A window's width and height in pixels, and its colour scheme."""


def browsed(
    folder: Path, page: Path, search: str, row: int | None, pictures: Path, views: Sequence[View]
) -> dict[str, Any]:
    """What a browser reports about a page in each of the given windows; see browse.mjs."""
    words = ["node", "browse.mjs", chromium(), str(page), search, "" if row is None else str(row), str(pictures)]
    words.append(json.dumps(views))
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def _debian(program: str, package: str) -> str:
    if (found := shutil.which(program)) is not None:
        return found
    if shutil.which("apt-get") is not None and os.geteuid() == 0:
        for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", package]):
            subprocess.run(["apt-get", *words], capture_output=True, timeout=PATIENCE, check=False)
        if (found := shutil.which(program)) is not None:
            return found
    raise MissingError(f"{program} is not on the PATH (Debian's package {package})")
