"""The newest glibc that the files of a Linux bundle ask for, which decides on what systems it runs."""

from __future__ import annotations

import re
from pathlib import Path

_SYMBOL_VERSION = re.compile(rb"(?<=\0)GLIBC_(\d+)\.(\d+)(?:\.\d+)?(?=\0)")

Version = tuple[int, int]


def needed(folder: Path) -> Version:
    """The highest GLIBC symbol version that any ELF file in a folder names: (2, 28) for 2.28."""
    found = {(2, 0)}
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            if content.startswith(b"\x7fELF"):
                found |= {(int(major), int(minor)) for major, minor in _SYMBOL_VERSION.findall(content)}
    return max(found)
