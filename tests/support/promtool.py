"""promtool, which checks rules and metrics as Prometheus does; built once and kept in the user's cache."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.support.cluster.binaries import announce, cached, go_path, run_go

VERSION = "v0.316.0"
"""The version of the Go module of Prometheus 3.16.0."""

_PACKAGE = f"github.com/prometheus/prometheus/cmd/promtool@{VERSION}"


def promtool(*words: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run promtool on files, or on a text as standard input. Raises BinariesError if it cannot be built."""
    return subprocess.run([_built(), *words], input=text, capture_output=True, text=True, check=False)


def _built() -> Path:
    def build(folder: Path) -> None:
        go = go_path("promtool builds", "install Go (https://go.dev/dl)")
        announce("promtool", "5")
        # Leave out service discovery in clouds, which is most of the program.
        flags = ["-trimpath", "-tags", "remove_all_sd", "-ldflags", "-s -w"]
        run_go([go, "install", *flags, _PACKAGE], folder, GOBIN=str(folder))

    return cached("promtool", VERSION, build) / "promtool"
