"""Runs printed commands as kubectl does, but over an open connection, since starting kubectl for each would take
minutes. An unknown word fails the test, so that no printed command goes untried."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.support.cluster.asking import Program
from tests.support.cluster.stage import MERGE, Stage

JSON_PATCH = "application/json-patch+json"


@dataclass(frozen=True, slots=True)
class Pasted:
    """The answer of the server or of the program."""

    done: bool
    says: str


class Shell:
    """Runs printed commands on one server."""

    def __init__(self, stage: Stage, refs: Program, kubeconfig: Path, parameters: str = "") -> None:
        self._stage = stage
        self._refs = refs
        self._kubeconfig = kubeconfig
        self._parameters = parameters

    def try_out(self, command: str) -> Pasted:
        """The server's answer with --dry-run=server; commands of the program itself are not run."""
        return Shell(self._stage, self._refs, self._kubeconfig, "dryRun=All").paste(command)

    def paste(self, command: str) -> Pasted:
        line, _, document = command.partition("\n") if "<<'EOF'\n" in command else (command, "", "")
        match shlex.split(line):
            case ["kubectl", "create", "-f", "-", "<<EOF"]:
                return self._create(document.removesuffix("EOF"))
            case ["kubectl", "patch", resource, *within, "--type=json", "-p", patch]:
                return self._send("PATCH", self._path(resource, within), json.loads(patch), JSON_PATCH)
            case ["kubectl", "label", resource, *within] if within:
                labels = dict(word.split("=", 1) for word in within)
                return self._send("PATCH", self._path(resource, ()), {"metadata": {"labels": labels}}, MERGE)
            case ["kubectl", "delete", resource, *within]:
                return self._send("DELETE", self._path(resource, within))
            case ["kubectl", "edit", resource, *within]:
                # There is no editor to write with, but the object must exist.
                return self._send("GET", self._path(resource, within))
            case ["kubectl", "refs", *words]:
                return self._ask(words)
        raise AssertionError(f"a command of a form that is not known: {command}")

    def _create(self, document: str) -> Pasted:
        obj = yaml.load(document, yaml.CSafeLoader)
        collection = self._stage.collection(obj)
        assert collection is not None, document
        return self._send("POST", collection, obj)

    def _path(self, resource: str, within: Sequence[str]) -> str:
        type_, _, name = resource.partition("/")
        assert name
        namespace = {0: "default", 2: within[-1] if within else ""}[len(within)]
        assert not within or within[0] == "-n", within
        return self._stage.path(type_, name, namespace)

    def _send(self, method: str, path: str, body: object = None, type: str = "application/json") -> Pasted:
        status, answer = self._stage.ask(method, f"{path}?{self._parameters}", body, type)
        return Pasted(status < 300, str(answer.get("message", "")))

    def _ask(self, words: Sequence[str]) -> Pasted:
        if self._parameters:
            return Pasted(True, "")
        finished = self._refs(self._kubeconfig, *words)
        return Pasted(finished.status != 2, finished.stderr)
