"""A watch that runs beside a test, and what it prints."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from kubectl_refs.core.model.objects import JSON
from tests.support.cluster.api_server import ADMINISTRATOR, ApiServer

WITHIN = 30
"""Seconds until an event must arrive, even on a busy machine."""


class Watching:
    """A running watch and what it has printed so far."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self._lines: queue.Queue[JSON] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        document = ""
        for line in self.process.stdout:
            document += line
            # A report is spread over several lines, an event over one.
            if line.startswith("}") or (line.endswith("}\n") and document == line):
                self._lines.put(json.loads(document))
                document = ""

    def until(self, holds: Callable[[JSON], bool]) -> list[JSON]:
        """Everything printed up to the first event for which `holds` does, which must come in time."""
        told: list[JSON] = []
        while not told or not holds(told[-1]):
            told.append(self._lines.get(timeout=WITHIN))
        return told

    def drain(self, take: Callable[[JSON], None]) -> None:
        """Hand over everything printed by now."""
        while not self._lines.empty():
            take(self._lines.get())


SCRIPT = """
import sys
from kubectl_refs.cli.main import main
from kubectl_refs.kube import polling, rediscovery, watching
polling.PERIOD = rediscovery.PERIOD = watching.LONGEST_PAUSE = 0.2
sys.exit(main(["kubectl-refs", *sys.argv[1:]]))
"""
"""The program with shorter polling periods than its own."""


@contextmanager
def watching(server: ApiServer, *words: str, user: str = ADMINISTRATOR) -> Iterator[Watching]:
    words = (sys.executable, "-c", SCRIPT, *(words or ("watch", "-A")), "-o", "json")
    env = {**os.environ, "KUBECONFIG": str(server.kubeconfig(user))}
    process = subprocess.Popen(words, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield Watching(process)
    finally:
        process.kill()
        process.communicate()


def change(kind: str, name: str) -> Callable[[JSON], bool]:
    return lambda told: told["type"] == "Change" and (told["change"], told["to"]["name"]) == (kind, name)
