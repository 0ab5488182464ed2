"""The name this program goes by, so that renaming the plugin takes one line in its krew manifest."""

from __future__ import annotations

import os
from collections.abc import Mapping

DEFAULT = "kubectl refs"


def name_from(argv0: str, environ: Mapping[str, str] = os.environ) -> str:
    """`kubectl refs` if kubectl runs the file kubectl-refs, `kubectl-refs` if it is run directly.

    kubectl turns dashes in the file's name into spaces and underscores into dashes. From 1.37 on, KUBECTL_PATH says
    that kubectl ran us. Before that there is only a hint: bash and zsh leave in `_` the program they started, which is
    kubectl's file or our own. Without it, a bare name was typed by a user, while kubectl gives a whole path.
    """
    stem = _stem(argv0)
    if not stem.startswith("kubectl-"):
        return DEFAULT
    plugin = stem.replace("-", " ").replace("_", "-")
    started = _stem(environ.get("_", ""))
    if "KUBECTL_PATH" in environ or started == "kubectl":
        return plugin
    typed = os.path.basename(argv0) == argv0
    return stem if started == stem or typed else plugin


def _stem(path: str) -> str:
    return os.path.basename(path).removesuffix(".exe")
