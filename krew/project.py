"""What a release is a release of: the source, its version, its time, and the platform at hand in krew's words."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
NAME = "kubectl-refs"

_ARCHITECTURES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
_SYSTEMS = {"linux": "linux", "darwin": "darwin", "win32": "windows"}


def version() -> str:
    """The version that kubectl_refs/__init__.py states and everything else is made from."""
    found = re.search(r'^__version__ = "(.+)"$', (ROOT / "kubectl_refs" / "__init__.py").read_text(), re.MULTILINE)
    assert found, "kubectl_refs/__init__.py states the version"
    return found[1]


def system() -> str:
    return _SYSTEMS[sys.platform]


def architecture() -> str:
    return _ARCHITECTURES[platform.machine().lower()]


def stem(system: str, architecture: str) -> str:
    """The name of a platform's files without their endings; the manifest's URIs are made the same way."""
    return f"{NAME}_v{version()}_{system}_{architecture}"


def source_date() -> int:
    """Seconds since the epoch that everything in the release is dated: SOURCE_DATE_EPOCH, or the last commit's."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given:
        return int(given)
    # In a container the checkout belongs to somebody else, which git refuses without being told.
    command = ["git", "-c", "safe.directory=*", "log", "-1", "--format=%ct"]
    return int(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
