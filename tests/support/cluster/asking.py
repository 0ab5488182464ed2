"""A user at a terminal, who asks `why`, reads the answer, and pastes the commands that it prints."""

from __future__ import annotations

import gc
import io
import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from unittest.mock import patch

from kubectl_refs.cli.main import main
from kubectl_refs.core.model.objects import JSON
from tests.support.cluster.api_server import ADMINISTRATOR, ApiServer


@dataclass(frozen=True, slots=True)
class Finished:
    """How a run of the program ended."""

    status: int
    stdout: str
    stderr: str


class Program(Protocol):
    """Runs the program with a kubeconfig, in an environment without any of the caller's variables."""

    def __call__(self, kubeconfig: Path, *args: str, input: str | None = None) -> Finished: ...


@dataclass(frozen=True, slots=True)
class Within:
    """The program within this process, which saves a test the start of an interpreter."""

    path: Path
    """The only folder on PATH besides the usual ones."""
    home: Path

    def __call__(self, kubeconfig: Path, *args: str, input: str | None = None) -> Finished:
        stdin, stdout, stderr = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(3))
        stdin.write(input or "")
        stdin.seek(0)
        with (
            patch.dict(os.environ, environment([self.path], self.home, kubeconfig), clear=True),
            patch.multiple(sys, stdin=stdin, stdout=stdout, stderr=stderr),
            # `check` leaves cleaning up to the end of its process. This process goes on.
            patch.object(gc, "freeze", lambda: None),
        ):
            status = main(["kubectl-refs", *args])
        return Finished(status, _written(stdout), _written(stderr))


def _written(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


def environment(path: Sequence[Path], home: Path, kubeconfig: Path) -> dict[str, str]:
    """An environment without any of the caller's variables."""
    return {
        "HOME": str(home),
        "KUBECONFIG": str(kubeconfig),
        "LC_ALL": "C.UTF-8",
        "PATH": os.pathsep.join([*map(str, path), os.defpath]),
    }


def commands_in(text: str) -> list[str]:
    """The commands a user would copy from a text, apart from those of this program: from each line that begins with
    `kubectl` to the next empty line, and each indented line."""
    commands: list[list[str]] = []
    copying = False
    for line in text.splitlines():
        if re.match(" +kubectl (?!refs )", line):
            commands.append([line.strip()])
            copying = False
        if line.startswith("kubectl "):
            commands.append([])
            copying = True
        copying = copying and bool(line)
        if copying:
            commands[-1].append(line)
    return ["\n".join(lines) for lines in commands]


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question, as data."""

    report: JSON
    status: int

    @property
    def references(self) -> dict[str, JSON]:
        """The references by their paths, or by `name path` if they belong to several objects."""
        references = self.report["references"]
        names = {reference["from"]["name"] for reference in references}
        return {
            reference["path"] if len(names) == 1 else f"{reference['from']['name']} {reference['path']}": reference
            for reference in references
        }

    @property
    def verdicts(self) -> dict[str, str]:
        return {path: reference["verdict"] for path, reference in self.references.items()}

    @property
    def hints(self) -> dict[str, str]:
        """The fields that differ in the nearest miss of each reference, with their hints."""
        nearest = [reference["nearMisses"][0] for reference in self.references.values() if reference["nearMisses"]]
        return {each["path"]: each["hint"] for miss in nearest for each in miss["differences"]}


@dataclass(frozen=True, slots=True)
class Shown(Answer):
    """The answer both as data and as text."""

    text: str

    @property
    def commands(self) -> list[str]:
        return commands_in(self.text)


@dataclass(frozen=True, slots=True)
class Terminal:
    """A terminal with the program, kubectl and one cluster."""

    server: ApiServer
    refs: Program
    shell: Program

    def ask(self, *args: str, user: str = ADMINISTRATOR) -> Shown:
        """Ask for all details as text and as data, which must contain the same commands."""
        answer = self.ask_for_data(*args, user=user)
        text = self.refs(self.server.kubeconfig(user), "why", *args, "-o", "wide")
        shown = Shown(answer.report, answer.status, text.stdout)
        assert (text.status, text.stderr) == (answer.status, "")
        assert shown.commands == list(dict.fromkeys(_commands(answer.report)))
        return shown

    def ask_for_data(self, *args: str, user: str = ADMINISTRATOR) -> Answer:
        """Ask for the data only; the exit status must be the one that the contract specifies for its verdicts."""
        data = self.refs(self.server.kubeconfig(user), "why", *args, "-o", "json")
        assert data.stderr == ""
        answer = Answer(json.loads(data.stdout), data.status)
        assert answer.status == _status(answer)
        return answer

    def paste(self, *commands: str) -> None:
        """Run printed commands as they are; each must succeed."""
        for command in commands:
            done = self.run(command)
            assert (done.status, done.stderr) == (0, "")

    def run(self, command: str) -> Finished:
        return self.shell(self.server.kubeconfig(), command)


def _commands(report: JSON) -> Iterator[str]:
    for reference in report["references"]:
        for fix in reference["fixes"]:
            yield fix["command"]


def _status(answer: Answer) -> int:
    """The exit status that the contract specifies for verdicts and for conditions that controllers report as False."""
    verdicts = set(answer.verdicts.values())
    if verdicts & {"refused", "broken"} or answer.report["summary"]["reportedFalse"]:
        return 1
    return 3 if "unknown" in verdicts else 0
