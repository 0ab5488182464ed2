"""The commands that are run against a misbehaving cluster, each on a server of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pytest

from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.view.catalog import CORE_KINDS
from kubectl_refs.core.view.offline import GATEWAY_API_KINDS
from tests.support.claims import claims
from tests.support.every_request import CLUSTER, CRDS, annotated
from tests.support.fakes.api import Canned, FakeAPI, Request
from tests.support.fakes.writing import Writing
from tests.support.faults import Fault, in_place_of
from tests.support.fixing import TYPO
from tests.support.rbac import RBAC_KINDS, account, binding, group, role, rule, user
from tests.support.running import Done, Program

KINDS = (*CORE_KINDS, *GATEWAY_API_KINDS, *RBAC_KINDS, CRDS)
WRITERS = (
    role("writer", rule("create", "update"), rule("patch", resourceNames=["one"]), namespace="backend"),
    binding("team-writes", "Role/writer", group("team"), account("bot"), user("joe"), namespace="backend"),
    role("everything", rule("*", group="*", resource="*")),
    binding("admins", "ClusterRole/everything", user("root")),
)
NEARLY: JSON = {**TYPO, "metadata": {"name": "typo", "namespace": "backend"}}
CRD = annotated(bundle_version="v1.6.3", channel="standard")
PERMITTED = (*CLUSTER, NEARLY, *WRITERS, CRD)
"""A cluster in which one grant permits the only cross-namespace reference, and another grant nearly does."""
REFUSED = tuple(obj for obj in CLUSTER if obj["kind"] != "ReferenceGrant")
"""CLUSTER without its grant."""
REPAIRABLE = (*REFUSED, NEARLY)
ROUTE = ("httproute/web", "-n", "frontend")


@dataclass(frozen=True)
class Case:
    """A command on a cluster."""

    words: Sequence[str]
    objects: Sequence[JSON]


CASES: Mapping[str, Case] = {
    "check": Case(("check", "-A", "-o", "json"), PERMITTED),
    "check -n": Case(("check", "-n", "frontend", "-o", "json"), PERMITTED),
    "check refused": Case(("check", "-A", "--ungranted", "-o", "json"), REFUSED),
    "grants": Case(("grants", "-A", "-o", "json"), PERMITTED),
    "grants NAME": Case(("grants", "g", "-n", "backend", "-o", "json"), PERMITTED),
    "grants --to": Case(("grants", "--to", "service/api", "-n", "backend", "-o", "json"), PERMITTED),
    "can-i yes": Case(("can-i", "httproute", "-n", "frontend", "service/api.backend", "-o", "json"), PERMITTED),
    "can-i no": Case(("can-i", "httproute", "-n", "frontend", "service/api.backend", "-o", "json"), REPAIRABLE),
    "fix nothing": Case(("fix", *ROUTE, "-o", "json"), PERMITTED),
    "fix": Case(("fix", *ROUTE, "-o", "json"), REFUSED),
    "fix repair": Case(("fix", *ROUTE, "-o", "json"), REPAIRABLE),
    "fix --dry-run": Case(("fix", *ROUTE, "--dry-run=server", "-o", "json"), REFUSED),
    "fix --apply": Case(("fix", *ROUTE, "--apply", "--yes"), REFUSED),
    "fix repair --apply": Case(("fix", *ROUTE, "--apply", "--yes", "--wait=0s"), REPAIRABLE),
    "who-can": Case(("who-can", "-n", "backend", "-o", "json"), PERMITTED),
    "kinds": Case(("kinds", "-o", "json"), PERMITTED),
    "version": Case(("version", "-o", "json"), PERMITTED),
}

Answer = Callable[[Request], Canned | None]
_SOUND: dict[str, tuple[Done, list[tuple[str, str]], frozenset[Hashable]]] = {}
"""Each command's answer, requests and claims when nothing is wrong, free of server addresses so runs can share them."""


class Run:
    """A command on a server of its own, run as often as needed, and its answer when nothing is wrong."""

    def __init__(self, refs: Program, api: FakeAPI, name: str) -> None:
        self.case = CASES[name]
        self.command = self.case.words[0]
        self._refs, self.api = refs, api
        refs.use(api)
        writing = Writing(api)
        written = api.fault
        told = Canned(body={"gitVersion": "v1.37.0"})
        self.sound: Answer = lambda request: told if request.path == "/version" else written(request)
        self.writing = writing
        if name not in _SOUND:
            answer = self(self.sound)
            requests = list(dict.fromkeys((each.method, each.path) for each in api.requests))
            _SOUND[name] = (answer, requests, claims(self.command, answer))
        self.answer, self.requests, self.claims = _SOUND[name]

    def __call__(self, fault: Answer, *flags: str) -> Done:
        self.api.objects = json.loads(json.dumps([*self.case.objects]))
        self.api.fault = fault
        self.api.clear()
        return self._refs(*self.case.words, *flags)

    def with_fault(self, fault: Fault, method: str, path: str) -> Done:
        wanted = in_place_of(lambda request: (request.method, request.path) == (method, path), fault, self.sound)
        return self(wanted, *fault.flags)


def run_of(refs: Program, request: pytest.FixtureRequest) -> Iterator[Run]:
    """The fixture `run`: the case named by the test's parameter, on a server of its own."""
    with FakeAPI(CASES[request.param].objects, kinds=KINDS) as api:
        yield Run(refs, api, request.param)
