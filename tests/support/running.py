"""Runs of the program for tests: within this process, or as the installed script if the process itself matters."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kubectl_refs.cli.main import main
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.manifests.source import load
from tests.support.fakes.api import FakeAPI

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
EXAMPLE_MANIFESTS = [path for path in sorted(EXAMPLES.glob("*/*.yaml")) if path.parent.name not in ("ci", "monitoring")]
"""Manifests of the Gateway API. The files in examples/ci and examples/monitoring run the program instead."""
SCRIPT = Path(sys.prefix) / "bin" / "kubectl-refs"

REFUSED = str(EXAMPLES / "shared-services" / "from-does-not-match.yaml")
"""A cluster in one file: one reference of HTTPRoute frontend/frontend-routes is refused, due to a typo in a grant."""
WORKING = str(EXAMPLES / "shared-services" / "working.yaml")
"""The same cluster with a grant that permits the reference."""


@dataclass(frozen=True)
class Done:
    """The result of a run: its exit status, and both streams as text."""

    status: int
    out: str
    err: str


def written(path: Path, objects: Iterable[JSON]) -> str:
    """Write objects to a file, and return its path as a word for the command line."""
    path.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)}), encoding="utf-8")
    return str(path)


def objects_of(path: str) -> list[JSON]:
    """The objects of a manifest file, completed as the API server would."""
    return list(load([path], recursive=False, default_namespace="default", stdin=None, whole=True).objects)


def script(*words: str, stdin: str = "", environ: Mapping[str, str] | None = None) -> Done:
    """Run the installed script; `environ` is added to this process's environment."""
    done = subprocess.run(
        [SCRIPT, *words],
        input=stdin.encode(),
        capture_output=True,
        env={**os.environ, **(environ or {})},
        timeout=60,
        check=False,
    )
    return Done(done.returncode, done.stdout.decode(errors="surrogateescape"), done.stderr.decode())


class Program:
    """The program within this process, with its streams captured and a kubeconfig of the test's own."""

    def __init__(
        self,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
        folder: Path,
        name: str = "/usr/local/bin/kubectl-refs",
    ) -> None:
        self._capsys = capsys
        self._monkeypatch = monkeypatch
        self._folder = folder
        self._name = name
        monkeypatch.setenv("HOME", str(folder))
        monkeypatch.setenv("KUBECONFIG", str(folder / "none"))
        # `check` leaves cleaning up to the end of its process. This process goes on, and would keep lost connections.
        monkeypatch.setattr(gc, "freeze", lambda: None)

    def __call__(self, *words: str) -> Done:
        self._capsys.readouterr()
        status = main([self._name, *words])
        out, err = self._capsys.readouterr()
        return Done(status, out, err)

    def use(self, api: FakeAPI, namespace: str | None = None, **user: Any) -> None:
        """Make a server the cluster of the current context; keywords are fields of the user."""
        path = api.write_kubeconfig(self._folder / "config", namespace, **user)
        self._monkeypatch.setenv("KUBECONFIG", str(path))
