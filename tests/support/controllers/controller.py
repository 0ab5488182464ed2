"""A running Gateway API controller with an API server of its own, and the statuses that it writes."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from kubectl_refs.core.model.objects import JSON
from tests.support.cluster.api_server import ApiServer, die_with_parent
from tests.support.cluster.objects import path_of

DECIDED_WITHIN = 60
"""Seconds until a controller must have written what a test waits for. It takes about one."""

LOG_TAIL = 15
"""Lines of a controller's log shown when it fails."""


_CLONE_NEWUSER = 0x10000000


class ControllerError(Exception):
    """A controller ended, or did not write what a test waits for in time."""


@dataclass
class Controller:
    """A controller, as a context manager. `name` is its controllerName, `gateway_class` the class that it serves."""

    server: ApiServer
    name: str
    gateway_class: str
    command: Sequence[str | Path]
    env: dict[str, str]
    root: Path | None = None
    """The folder that the program sees as the root of the file system; None for the real root."""
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def __enter__(self) -> Controller:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self.command,
                cwd=self.server.folder,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,
                preexec_fn=self._before_exec(),
            )
        return self

    def __exit__(self, *_: object) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()

    @property
    def _log(self) -> Path:
        return self.server.folder / "controller.log"

    def _before_exec(self) -> Callable[[], None]:
        tied, root, libc = die_with_parent(), self.root, ctypes.CDLL(None)

        def before_exec() -> None:
            if root is not None:
                if os.geteuid() != 0:
                    # Any process may change its root within a user namespace of its own.
                    libc.unshare(_CLONE_NEWUSER)
                os.chroot(root)
                os.chdir("/")
            if tied:
                tied()

        return before_exec

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Stop the controller for the length of the block, so that it notices nothing."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def read(self, obj: JSON) -> JSON:
        """An object as the server holds it now."""
        status, body = self.server.get(path_of(obj))
        found: JSON = json.loads(body)
        assert status == 200, body
        return found

    def wait(self, holds: Callable[[], bool], what: Callable[[], str], seconds: float = DECIDED_WITHIN) -> None:
        """Wait until `holds` does. Raises ControllerError, with the log's end, on timeout or if the controller ends."""
        deadline = time.monotonic() + seconds
        while not holds():
            assert self._process
            ended = self._process.poll() is not None
            if ended or time.monotonic() > deadline:
                reason = "ended" if ended else f"did not within {seconds} s"
                tail = "\n".join(self._log.read_text(errors="replace").splitlines()[-LOG_TAIL:])
                raise ControllerError(f"{self.name} was to {what()}, but {reason}\n{tail}")
            time.sleep(0.1)
