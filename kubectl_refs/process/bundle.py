"""The environment of the bundle's caller, given back before anything else runs (docs/kubectl.md 10).

PyInstaller's bootloader makes the dynamic linker look into the bundle first, and leaves notes for itself. A
credential plugin that inherits them loads our OpenSSL instead of its own.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

_LINKER = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FRAMEWORK_PATH", "DYLD_FALLBACK_LIBRARY_PATH")
_BOOTLOADER = "_PYI_"


def callers(environ: Mapping[str, str], bundle: str) -> dict[str, str]:
    """The environment without the bootloader's variables, the linker's as they were before it.

    The bootloader keeps what it replaced under the name with `_ORIG`. `bundle` is the folder it adds.
    """
    found = {name: value for name, value in environ.items() if not name.startswith(_BOOTLOADER)}
    for name in _LINKER:
        original = found.pop(f"{name}_ORIG", None)
        entries = found.pop(name, "").split(os.pathsep) if original is None else [original]
        kept = os.pathsep.join(entry for entry in entries if not _within(entry, bundle))
        if kept:
            found[name] = kept
    return found


def _within(entry: str, bundle: str) -> bool:
    return os.path.normpath(entry) == bundle or os.path.normpath(entry).startswith(bundle + os.sep)
