"""Runs of kubectl and kubectl-refs with the same words and kubeconfig files, and the requests that each server saw."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from kubectl_refs.cli.main import main
from tests.support.fakes.api import TLS, TLS_NAME, FakeAPI, Request

NAME = "web"
Config = Mapping[str, Any] | str


@dataclass(frozen=True)
class Seen:
    """A request for the object as a server saw it: which server, in which namespace, by whom.

    `credentials` are the sorted headers that identify the caller; `certificate` is the name in the client certificate.
    """

    server: str
    namespace: str
    credentials: tuple[tuple[str, str], ...] = ()
    certificate: str | None = None


@dataclass(frozen=True)
class Side:
    """What one program did: the requests for the object, its exit status, and what it said on standard error."""

    seen: frozenset[Seen]
    status: int
    complaint: str


def config(
    name: str,
    server: str,
    *,
    current: bool = True,
    context: Mapping[str, Any] | None = None,
    cluster: Mapping[str, Any] | None = None,
    user: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A kubeconfig whose context, cluster and user share one name; the token identifies the user."""
    trust = {"certificate-authority": str(TLS[0]), "tls-server-name": TLS_NAME} if server.startswith("https") else {}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        **({"current-context": name} if current else {}),
        "contexts": [{"name": name, "context": {"cluster": name, "user": name, **(context or {})}}],
        "clusters": [{"name": name, "cluster": {"server": server, **trust, **(cluster or {})}}],
        "users": [{"name": name, "user": {"token": f"token-{name}"} if user is None else user}],
    }


class Sides:
    """Both programs against the same servers, A and B. `folder` is their home, empty except for what a test writes."""

    def __init__(
        self,
        kubectl: Path,
        servers: Mapping[str, FakeAPI],
        folder: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        self._kubectl = kubectl
        self._servers = servers
        self._capsys = capsys
        self._monkeypatch = monkeypatch
        self.folder = folder
        for name in [name for name in os.environ if name.lower().endswith("_proxy") or name.startswith("KUBE")]:
            monkeypatch.delenv(name)
        monkeypatch.setenv("HOME", str(folder))
        monkeypatch.chdir(folder)

    def url(self, server: str) -> str:
        return self._servers[server].url

    def write(self, path: str, content: Config) -> str:
        """Write a file below the home; return its path."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content if isinstance(content, str) else yaml.safe_dump(dict(content)), encoding="utf-8")
        return str(file)

    def __call__(self, *words: str, environ: Mapping[str, str] | None = None) -> tuple[Side, Side]:
        """Ask with kubectl, then with kubectl-refs."""
        for name, value in (environ or {}).items():
            self._monkeypatch.setenv(name, value)
        done = subprocess.run(
            [self._kubectl, "get", f"httproute/{NAME}", "-o", "name", *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        kubectl = Side(self._seen(), done.returncode, _complaint(done.stderr))
        self._capsys.readouterr()
        status = main(["kubectl-refs", "why", f"httproute/{NAME}", *words])
        return kubectl, Side(self._seen(), status, _complaint(self._capsys.readouterr().err))

    def _seen(self) -> frozenset[Seen]:
        found = set()
        for name, server in self._servers.items():
            found |= {_shown(name, request) for request in server.requests if f"/httproutes/{NAME}" in request.path}
            server.clear()
        return frozenset(found)


def files(*paths: str) -> dict[str, str]:
    """An environment that lists kubeconfig files."""
    return {"KUBECONFIG": os.pathsep.join(paths)}


def _complaint(stderr: str) -> str:
    """The lines that both programs must print, without kubectl's log of retries and its pointer to its own help."""
    plain = re.sub(r"^[EIW]\d{4} .*?(=<\n(.*\n)*? >)?\n", "", stderr, flags=re.MULTILINE)
    return "\n".join(line for line in plain.splitlines() if not line.startswith("See 'kubectl"))


def _shown(server: str, request: Request) -> Seen:
    who = sorted(pair for pair in request.headers if pair[0] == "authorization" or pair[0].startswith("impersonate-"))
    namespace = request.path.partition("/namespaces/")[2].partition("/")[0]
    return Seen(server, namespace, tuple(who), request.certificate)
