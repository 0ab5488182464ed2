"""A real kube-apiserver with its etcd on 127.0.0.1, for tests and benchmarks.

Nothing else of a cluster runs: no controller writes statuses, fills in service accounts or finishes the deletion of a
namespace. Both processes keep everything in one temporary folder and are killed when the test run ends, however it
ends, since nothing of theirs is worth keeping.
"""

from __future__ import annotations

import atexit
import ctypes
import http.client
import json
import os
import secrets
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from kubectl_refs.core.model.objects import JSON
from tests.support.cluster.binaries import Binaries
from tests.support.cluster.objects import path_of

ADMINISTRATOR = "administrator"
USERS = ("app-dev", "grant-owner", "gateway-admin", "cluster-reader", "auditor", "nobody")
"""Users who may do nothing but discovery until tests/support/cluster/access.py gives them rights."""

READY_WITHIN = 60
"""Seconds until the servers must answer. They take about two."""

LOG_TAIL = 30
"""Lines of a server's log shown when it fails."""

_PR_SET_PDEATHSIG = 1
_APPLY = "fieldManager=tests&force=true&fieldValidation=Strict"

_AUDIT_POLICY = {
    "apiVersion": "audit.k8s.io/v1",
    "kind": "Policy",
    # The other stages are logged after the answer has gone out, too late for tests that count requests.
    "omitStages": ["ResponseStarted", "ResponseComplete", "Panic"],
    "rules": [{"level": "Metadata", "users": USERS}, {"level": "None"}],
}


class ServerError(Exception):
    """A server did not start, or something failed that a test takes for granted."""


class ApiServer:
    """One API server. Use it as a context manager, or call start() and stop()."""

    def __init__(self, binaries: Binaries) -> None:
        self._binaries = binaries
        self._temporary = tempfile.TemporaryDirectory(prefix="kubectl-refs-server-")
        self.folder = Path(self._temporary.name)
        self._tokens = {user: secrets.token_hex(16) for user in (ADMINISTRATOR, *USERS)}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self.port = 0
        self._etcd_port = 0

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start both processes and wait until the API server says that it is ready."""
        atexit.register(self.stop)
        self._etcd_port, peer_port, self.port = free_ports(3)
        self._write_tokens()
        (self.folder / "audit-policy.json").write_text(json.dumps(_AUDIT_POLICY))
        (self.folder / "audit.log").touch()
        self._start_etcd(self._etcd_port, peer_port)
        self._start_apiserver(self._etcd_port)
        self.wait_until(self._ready, "answer /readyz", READY_WITHIN)
        for user in self._tokens:
            self._write_kubeconfig(user)

    def restart(self, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Kill the API server, run `meanwhile`, and start the server again with what it has stored."""
        process = self._processes.pop("kube-apiserver")
        process.kill()
        process.wait()
        meanwhile()
        self._start_apiserver(self._etcd_port)
        self.wait_until(self._ready, "answer /readyz", READY_WITHIN)

    def stop(self) -> None:
        """Kill both processes and remove the folder; does nothing the second time."""
        atexit.unregister(self.stop)
        for process in reversed(self._processes.values()):
            process.kill()
            process.wait()
        self._processes.clear()
        self._temporary.cleanup()

    @property
    def address(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    @property
    def certificate_authority(self) -> Path:
        return self.folder / "certificates" / "apiserver.crt"

    def kubeconfig(self, user: str = ADMINISTRATOR) -> Path:
        """The kubeconfig file of the administrator or of one of USERS."""
        return self.folder / f"{user}.kubeconfig"

    def bearer(self, user: str = ADMINISTRATOR) -> dict[str, str]:
        """The header that authenticates a user."""
        return {"Authorization": f"Bearer {self._tokens[user]}"}

    def connection(self) -> http.client.HTTPSConnection:
        """A connection that stays open between requests, for reading and writing without kubectl."""
        trusting_only_it = ssl.create_default_context(cafile=str(self.certificate_authority))
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=60, context=trusting_only_it)

    def get(self, path: str, accept: str = "application/json") -> tuple[int, str]:
        """One GET as the administrator: the status and the body."""
        return self._exchange("GET", path, {"Accept": accept})

    def read(self, path: str) -> JSON:
        """The object or list at a path, as the administrator sees it. Raises ServerError if there is none."""
        return self._answer("GET", path)

    def post(self, path: str, obj: JSON) -> JSON:
        """POST an object as the administrator and return the answer. Raises ServerError if it is not created."""
        return self._answer("POST", path, obj)

    def delete(self, *objects: JSON) -> None:
        """Delete objects that have no finalizers. Raises ServerError if one is not there."""
        for each in objects:
            self._answer("DELETE", path_of(each))

    def write_status(self, obj: JSON, status: JSON) -> None:
        """Write an object's status as a controller would; only the object's name and namespace are used."""
        self._answer("PATCH", f"{path_of(obj)}/status", {"status": status}, "application/merge-patch+json")

    def _answer(self, method: str, path: str, body: JSON | None = None, kind: str = "application/json") -> JSON:
        """Send a request without kubectl, which would fetch discovery each time and take longer than most tests."""
        status, text = self._exchange(method, path, {"Content-Type": kind}, body)
        if status not in (200, 201, 202):
            raise ServerError(f"{method} {path}: {status} {text}")
        answer: JSON = json.loads(text)
        return answer

    def _exchange(self, method: str, path: str, headers: dict[str, str], body: JSON | None = None) -> tuple[int, str]:
        connection = self.connection()
        try:
            connection.request(method, path, None if body is None else json.dumps(body), self.bearer() | headers)
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def kubectl(
        self, *args: str, input: str | None = None, kubeconfig: Path | None = None, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Run kubectl as the administrator, or with another kubeconfig. With `check` a failure raises ServerError."""
        done = subprocess.run(
            [self._binaries.kubectl, *args],
            input=input,
            capture_output=True,
            text=True,
            env={"HOME": str(self.folder), "KUBECONFIG": str(kubeconfig or self.kubeconfig()), "LC_ALL": "C.UTF-8"},
            check=False,
        )
        if check and done.returncode:
            raise ServerError(f"kubectl {' '.join(args)} exited with {done.returncode}: {done.stderr.strip()}")
        return done

    @contextmanager
    def requests(self, user: str) -> Iterator[list[str]]:
        """The requests of one of USERS, as in `list /api/v1/namespaces?limit=500`, filled in when the block ends."""
        requests: list[str] = []
        with (self.folder / "audit.log").open() as log:
            log.seek(0, os.SEEK_END)
            yield requests
            events = [json.loads(line) for line in log]
        requests += [f"{event['verb']} {event['requestURI']}" for event in events if event["user"]["username"] == user]

    def apply(self, *objects: JSON) -> None:
        """Create or change objects by server-side apply. Raises ServerError if one is not admitted.

        kubectl would first fetch all schemas each time, which takes longer than everything else in most tests.
        """
        headers = self.bearer() | {"Content-Type": "application/apply-patch+yaml"}
        connection = self.connection()
        try:
            for each in objects:
                connection.request("PATCH", f"{path_of(each)}?{_APPLY}", json.dumps(each).encode(), headers)
                response = connection.getresponse()
                answer = response.read().decode()
                if response.status not in (200, 201):
                    raise ServerError(f"{each['kind']} {each['metadata']['name']} was not applied: {answer}")
        finally:
            connection.close()

    def wait_until(self, holds: Callable[[], bool], what: str, seconds: float) -> None:
        """Wait until `holds` does. Raises ServerError, with the logs' ends, on timeout or if a process has died."""
        deadline = time.monotonic() + seconds
        while not holds():
            dead = [name for name, process in self._processes.items() if process.poll() is not None]
            if dead or time.monotonic() > deadline:
                reason = f"{' and '.join(dead)} ended" if dead else f"it did not within {seconds} s"
                raise ServerError(f"the API server was to {what}, but {reason}\n{self._log_tails()}")
            time.sleep(0.05)

    def _ready(self) -> bool:
        try:
            return self.get("/readyz")[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def _log_tails(self) -> str:
        tails = []
        for name in self._processes:
            lines = (self.folder / f"{name}.log").read_text(errors="replace").splitlines()[-LOG_TAIL:]
            tails.append("\n".join([f"--- end of the log of {name}", *lines]))
        return "\n".join(tails)

    def _write_tokens(self) -> None:
        groups = {ADMINISTRATOR: "system:masters"}
        rows = [f'{token},{user},{user},"{groups.get(user, "")}"' for user, token in self._tokens.items()]
        (self.folder / "tokens.csv").write_text("\n".join(rows) + "\n")

    def _start_etcd(self, port: int, peer_port: int) -> None:
        client, peer = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{peer_port}"
        self._spawn(
            "etcd",
            self._binaries.etcd,
            "--unsafe-no-fsync",
            f"--data-dir={self.folder / 'etcd'}",
            f"--listen-client-urls={client}",
            f"--advertise-client-urls={client}",
            f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}",
            f"--initial-cluster=default={peer}",
        )

    def _start_apiserver(self, etcd_port: int) -> None:
        # The server writes a key for its own certificate before it reads the one for service accounts. One key serves
        # for both, so no program to make keys is needed.
        key = self.certificate_authority.with_suffix(".key")
        self._spawn(
            "kube-apiserver",
            self._binaries.apiserver,
            f"--etcd-servers=http://127.0.0.1:{etcd_port}",
            "--bind-address=127.0.0.1",
            # Without an address to advertise, the server looks for a default route, which a sandbox may lack.
            "--advertise-address=127.0.0.1",
            "--endpoint-reconciler-type=none",
            f"--secure-port={self.port}",
            f"--cert-dir={self.certificate_authority.parent}",
            f"--service-account-issuer={self.address}",
            f"--service-account-key-file={key}",
            f"--service-account-signing-key-file={key}",
            "--service-cluster-ip-range=10.0.0.0/12",
            "--authorization-mode=RBAC",
            f"--token-auth-file={self.folder / 'tokens.csv'}",
            "--disable-admission-plugins=ServiceAccount",
            f"--audit-policy-file={self.folder / 'audit-policy.json'}",
            f"--audit-log-path={self.folder / 'audit.log'}",
        )

    def _spawn(self, name: str, program: Path, *args: str) -> None:
        with (self.folder / f"{name}.log").open("wb") as log:
            self._processes[name] = subprocess.Popen(
                [program, *args],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # A process group of its own, so that Ctrl-C at the terminal does not end it before the tests do.
                process_group=0,
                preexec_fn=die_with_parent(),
            )

    def _write_kubeconfig(self, user: str) -> None:
        cluster = {"server": self.address, "certificate-authority": str(self.certificate_authority)}
        config: dict[str, Any] = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "real", "cluster": cluster}],
            "users": [{"name": user, "user": {"token": self._tokens[user]}}],
            "contexts": [{"name": user, "context": {"cluster": "real", "user": user}}],
            "current-context": user,
        }
        self.kubeconfig(user).touch(mode=0o600)
        self.kubeconfig(user).write_text(json.dumps(config, indent=2))


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now, all different because they are held at the same time."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [held.getsockname()[1] for held in sockets]
    for held in sockets:
        held.close()
    return ports


def die_with_parent() -> Callable[[], None] | None:
    """Return what a child runs before exec so that the kernel kills it with this process; None except on Linux."""
    if sys.platform != "linux":
        return None
    libc, parent = ctypes.CDLL(None), os.getpid()

    def before_exec() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)

    return before_exec
