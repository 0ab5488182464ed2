"""The name this program goes by, so that a rename of the plugin is one line of its krew manifest."""

from __future__ import annotations

from pathlib import PurePath


def name_from(argv0: str) -> str:
    """`kubectl refs` for a file called kubectl-refs: kubectl maps dashes to words, and underscores to dashes."""
    stem = PurePath(argv0).name.removesuffix(".exe")
    if not stem.startswith("kubectl-"):
        return "kubectl refs"
    return stem.replace("-", " ").replace("_", "-")
