"""Mermaid's and Graphviz's own parsers, installed where they are missing: from npm, and from Debian's packages."""

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

MERMAID = Path(__file__).with_name("mermaid")
"""The package that pins Mermaid, with the program that calls its parser."""
PATIENCE = 300
"""Seconds for an installation."""


class MissingError(Exception):
    """A parser cannot be had; the message says what to install."""


def mermaid() -> Path:
    """The folder of the installed package, in this user's cache. Raises MissingError without Node.js or a registry."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        raise MissingError("Mermaid's parser needs node and npm on the PATH")
    parts = [MERMAID / name for name in ("package.json", "package-lock.json", "parse.mjs")]
    digest = hashlib.sha256(b"\0".join(part.read_bytes() for part in parts)).hexdigest()[:16]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kubectl-refs-tests"
    folder = cache / f"mermaid-{digest}"
    if folder.exists():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(dir=cache))
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
    """The program `dot`. Raises MissingError where it is neither there nor can be installed."""
    if (found := shutil.which("dot")) is not None:
        return found
    if shutil.which("apt-get") is not None and os.geteuid() == 0:
        for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "graphviz"]):
            subprocess.run(["apt-get", *words], capture_output=True, timeout=PATIENCE, check=False)
        if (found := shutil.which("dot")) is not None:
            return found
    raise MissingError("Graphviz's program dot is not on the PATH")
