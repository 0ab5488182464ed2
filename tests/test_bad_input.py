"""Wrong input of every kind gets an answer or one clear error, never a traceback, and never controls a terminal.

A seeded sample always runs. KUBECTL_REFS_BAD_INPUT=10000 tries that many manifests and as many server answers, starting
at the seed KUBECTL_REFS_BAD_INPUT_SEED; a failure names its seed.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from xml.etree import ElementTree

import pytest
import yaml

from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.view.catalog import CORE_KINDS
from kubectl_refs.core.view.offline import GATEWAY_API_KINDS
from kubectl_refs.documents.reading import read_documents
from tests.support.bad_input import manifest, spoilt
from tests.support.bad_text import edited, encoded
from tests.support.every_request import CLUSTER, CRDS, annotated
from tests.support.fakes.api import Canned, FakeAPI, Request
from tests.support.fakes.writing import Writing
from tests.support.fixing import TYPO, resolved
from tests.support.hostile import harmless
from tests.support.rbac import RBAC_KINDS, account, binding, group, role, rule, user
from tests.support.running import EXAMPLE_MANIFESTS, ROOT, WORKING, Done, Program

SAMPLE = int(os.environ.get("KUBECTL_REFS_BAD_INPUT", "400"))
SEED = int(os.environ.get("KUBECTL_REFS_BAD_INPUT_SEED", "0"))
BATCH = 100
"""Inputs per test. A small batch lets a failure name a small range of seeds."""
SEEDS = range(SEED, SEED + SAMPLE, BATCH)

SOURCES = [path.read_text() for path in (*sorted(ROOT.glob("tests/scenarios/*/*/input.yaml")), *EXAMPLE_MANIFESTS)]
OBJECTS = [[obj for each in read_documents(source) if (obj := each.value)] for source in SOURCES]

ON_FILES: Sequence[Sequence[str]] = (
    ("why",),
    ("why", "-o", "wide"),
    ("why", "-o", "json"),
    ("why", "-o", "yaml"),
    ("check",),
    ("check", "-o", "wide"),
    ("check", "-o", "json"),
    ("check", "-o", "sarif"),
    ("check", "-o", "junit"),
    ("check", "--ungranted"),
    ("graph", "--only", "all"),
    ("graph", "-o", "mermaid"),
    ("graph", "-o", "dot", "--by", "namespace"),
    ("graph", "-o", "json", "--only", "all"),
    ("diff", "--base", WORKING),
    ("diff", "--base", WORKING, "-o", "markdown"),
    ("grants",),
    ("grants", "-o", "wide"),
    ("grants", "-o", "json"),
    ("grants", "--findings"),
    ("grants", "--to", "service/api", "-n", "backend"),
    ("fix",),
    ("fix", "--new"),
    ("fix", "-o", "json"),
    ("who-can",),
    ("who-can", "-o", "json"),
    ("can-i", "httproute", "-n", "frontend", "service/auth-service.shared-services"),
    ("kinds",),
)


def sound(done: Done, words: Sequence[str]) -> None:
    """Assert what holds for every answer. Half of it is that there is an answer at all, and no exception."""
    assert done.status in (0, 1, 2, 3)
    harmless(done)
    if done.status == 2 and not done.out:
        assert re.match("error: |Error |Unable to connect|The connection to the server ", done.err), done.err
    if not done.out:
        return
    if {"json", "sarif"} & set(words):
        # Python's own reader would accept NaN and infinities, which JSON does not have.
        json.loads(done.out, parse_constant=pytest.fail)
    elif "yaml" in words or words[0] == "fix":
        list(yaml.load_all(done.out, yaml.CSafeLoader))
    elif "junit" in words:
        ElementTree.fromstring(done.out.partition("\n")[2])


def names_its_place(done: Done, path: str) -> bool:
    """Whether a complaint about a file names the file, and the document or line if there are several."""
    if not re.match(r"error: (unable to decode|error parsing)", done.err):
        return True
    return path in done.err and bool(re.search(r"\(document \d+\)|line \d+|items\[|^[^(]*$", done.err))


@pytest.mark.parametrize("first", SEEDS)
def test_manifests(refs: Program, tmp_path: Path, first: int) -> None:
    path = tmp_path / "manifest.yaml"
    answered = 0
    for seed in range(first, first + BATCH):
        random = Random(seed)
        index = random.randrange(len(SOURCES))
        path.write_bytes(manifest(OBJECTS[index], SOURCES[index], random))
        words = random.choice(ON_FILES)
        try:
            done = refs(*words, "-f", str(path))
            sound(done, words)
            assert names_its_place(done, str(path)), done.err
        except BaseException as error:
            error.add_note(f"seed {seed}: {words}")
            raise
        answered += done.status != 2
    # If the input were never understood, only the reader would be tested.
    assert answered > BATCH // 4


SERVED = (
    *CLUSTER,
    {**TYPO, "metadata": {"name": "typo", "namespace": "backend"}},
    role("writer", rule("create", "update"), rule("patch", resourceNames=["one"]), namespace="backend"),
    binding("team-writes", "Role/writer", group("team"), account("bot"), user("joe"), namespace="backend"),
    role("everything", rule("*", group="*", resource="*")),
    binding("admins", "ClusterRole/everything", user("root")),
    annotated(bundle_version="v1.6.3", channel="standard"),
)
ROUTE = ("httproute/web", "-n", "frontend")
ON_A_CLUSTER: Sequence[Sequence[str]] = (
    ("why", *ROUTE),
    ("why", *ROUTE, "-o", "wide"),
    ("why", *ROUTE, "-o", "json"),
    ("check", "-A"),
    ("check", "-A", "-o", "json"),
    ("check", "-n", "frontend", "-o", "junit"),
    ("check", "-A", "--ungranted"),
    ("graph", "-A", "--only", "all"),
    ("graph", *ROUTE, "-o", "mermaid"),
    ("grants", "-A"),
    ("grants", "-A", "-o", "json"),
    ("grants", "-A", "--findings"),
    ("grants", "--to", "service/api", "-n", "backend"),
    ("grants", "g", "-n", "backend"),
    ("can-i", "httproute", "-n", "frontend", "service/api.backend"),
    ("fix", *ROUTE),
    ("fix", *ROUTE, "--dry-run=server"),
    ("fix", *ROUTE, "--apply", "--yes"),
    ("fix", *ROUTE, "--apply", "--yes", "--wait=0s"),
    ("who-can", "-A"),
    ("who-can", "-n", "backend", "-o", "json"),
    ("kinds",),
    ("version",),
    ("version", "-o", "json"),
)
REQUESTS = 8
"""The answer to spoil is one of the first so many, a number that a few runs do not reach."""


@pytest.fixture
def api(refs: Program) -> Iterator[FakeAPI]:
    """A server with everything that commands ask for; in half the runs no grant permits the route's crossing."""
    with FakeAPI(SERVED, kinds=(*CORE_KINDS, *GATEWAY_API_KINDS, *RBAC_KINDS, CRDS)) as server:
        refs.use(server)
        writing = Writing(server)
        written = server.fault
        told = Canned(body={"gitVersion": "v1.37.0"})
        server.fault = lambda request: told if request.path == "/version" else written(request)
        assert writing.allowed
        yield server


@pytest.mark.parametrize("first", SEEDS)
def test_answers_of_a_server(refs: Program, api: FakeAPI, first: int) -> None:
    for seed in range(first, first + BATCH):
        random = Random(seed)
        api.discovery = random.choice(("v2", "v2", "v2beta1", "legacy"))
        api.objects = [obj for obj in SERVED if random.random() < 0.5 or obj["kind"] != "ReferenceGrant"]
        api.objects = [_reported(obj, random) for obj in api.objects]
        words = random.choice(ON_A_CLUSTER)
        api.change = _spoil_one(random.randrange(REQUESTS), seed)
        try:
            sound(refs(*words), words)
        except BaseException as error:
            error.add_note(f"seed {seed}: {words}")
            raise


def _spoil_one(wrong: int, seed: int) -> Callable[[Request, Canned], Canned]:
    """Spoil the answer with this number, counted from 0."""
    count = iter(range(1_000_000))
    return lambda request, canned: _spoilt_answer(canned, Random(seed)) if next(count) == wrong else canned


def _reported(obj: JSON, random: Random) -> JSON:
    """The object; if it is a route, often with a controller's status."""
    if obj["kind"] != "HTTPRoute" or random.random() < 0.5:
        return obj
    return {**obj, "status": resolved(random.choice(("True", "False")), "RefNotPermitted")}


def _spoilt_answer(canned: Canned, random: Random) -> Canned:
    """An answer that is wrong in its values or, as bytes, in its text."""
    if not isinstance(canned.body, dict):
        return canned
    try:
        text = json.dumps(spoilt(canned.body, random), skipkeys=True)
    except RecursionError:
        text = '{"kind":' * 5000
    return replace(canned, body=encoded(text, random))


V1 = "client.authentication.k8s.io/v1"
CLUSTERS: Sequence[JSON] = (
    {
        "server": "https://127.0.0.1:1",
        "tls-server-name": "x",
        "proxy-url": "http://127.0.0.1:1",
        "extensions": [{"name": V1}],
    },
    {"server": "https://127.0.0.1:1", "certificate-authority-data": "aGVsbG8=", "insecure-skip-tls-verify": False},
    {"server": "http://127.0.0.1:1"},
)
USERS: Sequence[JSON] = (
    {"token": "t", "as": "x", "as-groups": ["g"], "as-user-extra": {"k": ["v"]}},
    {"username": "a", "password": "b"},
    {"client-certificate-data": "aGVsbG8=", "client-key-data": "aGVsbG8="},
    {
        "exec": {
            "apiVersion": V1,
            "command": "echo",
            "args": ["{}"],
            "env": [{"name": "A", "value": "B"}],
            "interactiveMode": "Never",
            "provideClusterInfo": True,
        }
    },
)


@pytest.mark.parametrize("first", SEEDS[::4])
def test_kubeconfigs(refs: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: int) -> None:
    path = tmp_path / "config"
    monkeypatch.setenv("KUBECONFIG", str(path))
    for seed in range(first, first + BATCH):
        random = Random(seed)
        config = {
            "current-context": "a",
            "contexts": [{"name": "a", "context": {"cluster": "c", "user": "u", "namespace": "n"}}],
            "clusters": [{"name": "c", "cluster": random.choice(CLUSTERS)}],
            "users": [{"name": "u", "user": random.choice(USERS)}],
        }
        try:
            text = yaml.safe_dump(json.loads(json.dumps(spoilt(config, random), skipkeys=True).replace("\\ud800", "?")))
        except RecursionError:
            text = "[" * 5000
        path.write_bytes(encoded(edited(text, random) if random.random() < 0.2 else text, random))
        try:
            done = refs("why", "httproute/x", "--request-timeout=1s")
            sound(done, ("why",))
            # No server listens there, whatever the kubeconfig says.
            assert done.status == 2
        except BaseException as error:
            error.add_note(f"seed {seed}")
            raise


# Found by such runs.

MESH_ROUTE = """
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: site, namespace: frontend}
spec:
  parentRefs: [{group: '', kind: Service, name: app}]
  rules: [{backendRefs: [{namespace: backend, port: 80}]}]
"""


@pytest.mark.parametrize(
    ("words", "text", "status"), [(("check", "--ungranted"), MESH_ROUTE, 0)], ids=["no name in a mesh"]
)
def test_what_was_found(refs: Program, tmp_path: Path, words: Sequence[str], text: str, status: int) -> None:
    path = tmp_path / "manifest.yaml"
    path.write_text(text)
    done = refs(*words, "-f", str(path))
    sound(done, words)
    assert done.status == status
