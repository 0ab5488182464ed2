"""The name this program goes by, so that a rename of the plugin is one line of its krew manifest."""

from __future__ import annotations

import os
from collections.abc import Mapping

DEFAULT = "kubectl refs"


def name_from(argv0: str, environ: Mapping[str, str] = os.environ) -> str:
    """`kubectl refs` for a file kubectl-refs that kubectl runs, `kubectl-refs` where it is run by itself.

    kubectl maps dashes of the file's name to words and underscores to dashes. From 1.37 on it says in KUBECTL_PATH
    that it ran us. Before, there is only a hint: bash and zsh leave in `_` the program they started, which is
    kubectl's file or our own. Without one, a bare name was typed by somebody, and a whole path is what kubectl gives.
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
