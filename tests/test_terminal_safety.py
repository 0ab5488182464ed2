"""No string of a stranger controls a terminal: hostile text in every place, in every format of every command."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from kubectl_refs.cli.completion import candidates
from kubectl_refs.cli.main import refs as command
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from kubectl_refs.core.view.catalog import CORE_KINDS
from kubectl_refs.core.view.offline import GATEWAY_API_KINDS
from kubectl_refs.documents.reading import read_documents
from tests.support.builders import namespaces, service
from tests.support.every_request import CRDS, annotated
from tests.support.fakes.api import TLS, Canned, FakeAPI, Request, status
from tests.support.fakes.writing import Writing
from tests.support.fixing import TYPO, attached_route, resolved
from tests.support.hostile import HOSTILE, LIE, acts, harmless, tainted
from tests.support.rbac import RBAC_KINDS, account, binding, group, role, rule, user
from tests.support.running import REFUSED, ROOT, WORKING, Done, Program, objects_of

SCENARIOS = sorted((ROOT / "tests").glob("scenarios/*/*/input.yaml"))
EVERY = 8
"""Each test of manifests takes one scenario in eight; together the tests take every scenario four times."""
FEW = 60
"""One scenario in sixty for the table of kinds, which shows almost nothing from manifests."""

FORMATS: Mapping[str, Sequence[str]] = {
    "why": ("text", "wide", "json", "yaml"),
    "check": ("text", "wide", "name", "json", "yaml", "sarif", "junit", "openreports"),
    "graph": ("text", "mermaid", "markdown", "html", "dot", "json", "yaml"),
    "grants": ("text", "wide", "name", "json", "yaml"),
    "fix": ("yaml", "json"),
    "who-can": ("text", "wide", "json", "yaml"),
    "kinds": ("text", "wide", "name", "json", "yaml"),
}
COMMANDS: Sequence[tuple[str, ...]] = (
    *((name, "-o", format_) for name, formats in FORMATS.items() for format_ in formats),
    ("why", "--query", "references"),
    ("why", "-o", "yaml", "--query", "references[*].to"),
    ("why", "--color", "always"),
    ("check", "--severity", "info"),
    ("check", "--ungranted"),
    ("graph", "--by", "namespace", "--only", "all"),
    ("grants", "--findings", "--severity", "info", "-o", "wide"),
    ("fix", "--new"),
    *(("diff", "--base", WORKING, "-o", each) for each in ("text", "markdown", "json", "yaml")),
)
PAINT = ("\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[1m", "\x1b[2m", "\x1b[0m")


def check(done: Done, words: Sequence[str]) -> None:
    """Assert that a run is harmless, that its status has a meaning, and that its format can be parsed."""
    assert done.status in (0, 1, 2, 3)
    if "always" in words:
        # The program itself adds these colours.
        plain = done.out
        for code in PAINT:
            plain = plain.replace(code, "")
        done = replace(done, out=plain)
    harmless(done)
    if not done.out:
        return
    if {"json", "sarif"} & set(words):
        json.loads(done.out)
    elif "yaml" in words:
        list(yaml.load_all(done.out, yaml.CSafeLoader))
    elif "junit" in words:
        ElementTree.fromstring(done.out.partition("\n")[2])


def test_the_hostile_text_holds_every_control_that_names_may_hold() -> None:
    assert all(map(acts, "\x1b\x9b\u202e\u200b\u00ad\ud800\u2028"))
    assert not any(map(acts, "aä漢😀 \u00a0"))
    assert "/" not in HOSTILE
    assert "%" not in HOSTILE


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_manifests(refs: Program, tmp_path: Path, words: tuple[str, ...]) -> None:
    path = tmp_path / f"{HOSTILE.encode(errors='replace').decode()}.json".replace("\0", "")
    shown = 0
    for source in SCENARIOS[COMMANDS.index(words) % EVERY :: FEW if words[0] == "kinds" else EVERY]:
        items = [tainted(each.value) for each in read_documents(source.read_text())]
        path.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": [each for each in items if each]}))
        done = refs(*words, "-f", str(path))
        check(done, words)
        shown += LIE in done.out + done.err
    # Only the table of kinds, and an answer that no manifest is about, shows none of the hostile text.
    assert shown or words[0] in ("kinds", "who-can")


GRANT = {**TYPO, "metadata": {**TYPO["metadata"], "annotations": {"note": "n"}, "labels": {"label": "l"}}}
ROUTE: JSON = {
    **attached_route("backend", "elsewhere"),
    "status": resolved("False", "RefNotPermitted", by="example.com/gateway"),
}
OBJECTS = (
    *({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": each}} for each in ("frontend", "backend")),
    service("backend"),
    GRANT,
    ROUTE,
    role("writer", rule("create", "update"), rule("patch", resourceNames=["one"]), namespace="backend"),
    binding("team-writes", "Role/writer", group("team"), account("bot"), user("joe"), namespace="backend"),
    role("everything", rule("*", group="*", resource="*")),
    binding("admins", "ClusterRole/everything", user("root")),
)
H = HOSTILE.encode(errors="replace").decode()
"""The hostile text as JSON and URLs carry it, without a lone surrogate."""

ON_A_CLUSTER: Sequence[tuple[str, ...]] = (
    *(("why", f"httproute/web{H}", "-n", f"frontend{H}", "-o", each) for each in FORMATS["why"]),
    *(("check", "-A", "-o", each) for each in FORMATS["check"]),
    *(("graph", "-A", "-o", each) for each in FORMATS["graph"]),
    ("graph", f"service/api{H}", "-n", f"backend{H}"),
    *(("grants", "-A", "-o", each) for each in FORMATS["grants"]),
    *(
        ("diff", "--delete", f"referencegrant/g{H}", "-n", f"backend{H}", "-o", each)
        for each in ("text", "markdown", "json", "yaml")
    ),
    ("grants", f"g{H}", "-n", f"backend{H}"),
    ("grants", "--to", "service/api", "-n", "backend"),
    ("grants", "-A", "--findings", "--severity", "info", "-o", "wide"),
    ("can-i", "httproute", "-n", "frontend", "service/api", "-n", "backend"),
    ("can-i", "httproute", "-n", "frontend", "service/api", "-n", "backend", "-o", "yaml"),
    *(("fix", f"httproute/web{H}", "-n", f"frontend{H}", "-o", each) for each in FORMATS["fix"]),
    ("fix", f"httproute/web{H}", "-n", f"frontend{H}", "--apply", "--yes"),
    ("fix", f"httproute/web{H}", "-n", f"frontend{H}", "--dry-run=server"),
    *(("who-can", "-A", "-o", each) for each in FORMATS["who-can"]),
    ("who-can", "--suggest", f"team{H}", "-n", f"backend{H}"),
    *(("kinds", "-o", each) for each in FORMATS["kinds"]),
    *(("version", "-o", each) for each in ("text", "json", "yaml")),
)


NAMED: JSON = {**TYPO, "metadata": {**TYPO["metadata"], "name": f"g{H}"}}
"""A grant where the command line points. The place must exist, so only the grant's own name is hostile."""


class Hostile(FakeAPI):
    """A server with hostile text everywhere, including in its warnings and its version."""

    def __init__(self) -> None:
        crd = annotated(bundle_version=f"v1{H}", channel=f"standard{H}")
        objects = [tainted(each, lambda text: text + H) for each in OBJECTS]
        objects += [*namespaces("frontend", "backend"), service(), NAMED]
        super().__init__([*objects, crd], kinds=(*CORE_KINDS, *GATEWAY_API_KINDS, *RBAC_KINDS, CRDS), tls=TLS)
        # A header cannot carry a line break, nor anything beyond Latin-1.
        self.warnings = ("\x1b[2J\x9b31m\x07\x08\t\x00" + LIE,)
        writing = Writing(self)
        written = self.fault

        def answer(request: Request) -> Canned | None:
            if request.path == "/version":
                return Canned(body={"gitVersion": f"v1.37{H}"})
            return written(request)

        self.fault = answer
        self.allowed = writing.allowed


@pytest.fixture
def api(refs: Program) -> Iterator[Hostile]:
    with Hostile() as server:
        refs.use(server)
        yield server


@pytest.mark.parametrize("words", ON_A_CLUSTER, ids=lambda words: " ".join(words).replace(H, "~"))
def test_a_cluster(refs: Program, api: Hostile, words: tuple[str, ...]) -> None:
    done = refs(*words)
    check(done, words)
    assert done.status != 2, done.err
    if words[0] != "kinds":
        assert LIE in done.out + done.err


@pytest.mark.parametrize("words", [("-v=9",), ("--warnings-as-errors",)])
def test_what_the_server_says_besides(refs: Program, api: Hostile, words: tuple[str, ...]) -> None:
    done = refs("why", f"httproute/web{H}", "-n", f"frontend{H}", *words)
    harmless(Done(done.status, done.out, done.err.replace("\t", "")))
    assert LIE in done.err


@pytest.mark.parametrize(
    ("words", "verb"), [(("fix", f"httproute/web{H}", "-n", f"frontend{H}"), "create"), (("who-can", "-A"), "patch")]
)
def test_what_the_caller_may_not(refs: Program, api: Hostile, words: tuple[str, ...], verb: str) -> None:
    api.allowed.discard(verb)
    check(refs(*words), words)


@pytest.mark.parametrize("code", [401, 403, 404, 409, 422, 500, 503])
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH"])
def test_what_a_server_says_when_it_refuses(refs: Program, api: Hostile, method: str, code: int) -> None:
    answer = api.fault

    def refuse(request: Request) -> Canned | None:
        refused = Canned(code, status(code, f"Reason{H}", f"no{H}", name=f"g{H}"))
        return refused if request.method == method and request.path != "/apis" else answer(request)

    api.fault = refuse
    for words in (*ON_A_CLUSTER[-9:], *ON_A_CLUSTER[0::7], ON_A_CLUSTER[-13]):
        check(refs(*words), words)
    api.fault = lambda request: Canned(code, status(code, f"Reason{H}", f"no{H}"))
    done = refs("why", "httproute/web")
    check(done, ())
    assert (done.status, LIE in done.err) == (2, True)


def test_completion(refs: Program, api: Hostile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECTL_REFS_COMPLETION_TIMEOUT", "30")
    for words in (
        ["why", "-n", ""],
        ["grants", "-A", ""],
        ["why", "--context", ""],
        ["why", "-n", f"frontend{H}", "httproute", ""],
    ):
        lines = candidates(command, words[:-1], words[-1])
        harmless(Done(0, "\n".join(lines).replace("\t", " "), ""))


PLUGIN: Mapping[str, Any] = {
    "apiVersion": "client.authentication.k8s.io/v1",
    "command": f"/nowhere{H}".replace("\0", ""),
    "installHint": f"install it{HOSTILE}\nhere",
    "interactiveMode": "Never",
}


@pytest.mark.parametrize(
    "user",
    [
        {"exec": PLUGIN},
        {"exec": {**PLUGIN, "command": f"no{H}"}},
        {"exec": {**PLUGIN, "interactiveMode": H}},
        {"exec": {**PLUGIN, "apiVersion": H}},
        {
            "exec": {
                **PLUGIN,
                "command": sys.executable,
                "args": ["-c", f"print('{{\"apiVersion\": {json.dumps(H)}}}')"],
            }
        },
        {"tokenFile": f"/nowhere{H}".replace("\0", "")},
        {"client-certificate": f"/nowhere{H}".replace("\0", ""), "client-key": "x"},
        {"auth-provider": {"name": H}},
        {"token": [H]},
    ],
)
def test_a_kubeconfig(refs: Program, user: Mapping[str, Any]) -> None:
    with FakeAPI(tls=TLS) as api:
        refs.use(api, **user)
        done = refs("why", "httproute/web")
    check(done, ())
    assert done.status == 2


ASKED: Sequence[tuple[str, ...]] = (
    ("why", f"httproute/{H}"),
    ("why", f"{H}/x"),
    ("why", H),
    ("why", f"--{H}"),
    (H,),
    ("why", "-o", H),
    ("why", "--query", H),
    ("why", "--query", f"'{H}'"),
    ("why", "-o", "yaml", "--query", f"'{H}'"),
    ("why", "-n", H, "httproute/x"),
    ("why", "--kinds", f"/nowhere{H}".replace("\0", "")),
    ("grants", "-l", H),
    ("grants", "--sort-by", H),
    ("grants", "--to", H),
    ("grants", "--to", f"service/{H}"),
    ("grants", "--ignore", H),
    ("grants", H),
    ("grants", "-n", H),
    ("check", H),
    ("check", "--code", H),
    ("check", "--ignore", f"R001={H}"),
    ("check", "--severity", H),
    ("check", "-n", H),
    ("check", "--baseline", f"/nowhere{H}".replace("\0", "")),
    ("check", "--write-baseline", f"/nowhere/{H}".replace("\0", "")),
    ("can-i", H, H),
    ("can-i", f"httproute/{H}", f"service/{H}"),
    ("fix", "--name", H),
    ("fix", "--into", H),
    ("fix", f"httproute/{H}"),
    ("who-can", H),
    ("who-can", "--suggest", H, "-n", H),
    ("kinds", H),
    ("kinds", "--implementation", H),
    ("version", H),
    ("completion", H),
)


@pytest.mark.parametrize("words", ASKED, ids=lambda words: " ".join(words).replace(H, "~"))
def test_the_command_line(refs: Program, words: tuple[str, ...]) -> None:
    files = () if words[0] in ("version", "completion", H) else ("-f", REFUSED)
    check(refs(*words, *files), ())
    with FakeAPI(objects_of(REFUSED)) as api:
        refs.use(api)
        check(refs(*words), ())
        check(refs(*words, "--context", H), ())
        check(refs(*words, "--server", f"http://{H}"), ())


@pytest.mark.parametrize("content", [H, json.dumps({"findings": [{"fingerprint": H, "message": H}]}), json.dumps([H])])
@pytest.mark.parametrize("flag", ["--kinds", "--baseline", "-f"])
def test_a_file(refs: Program, tmp_path: Path, flag: str, content: str) -> None:
    path = tmp_path / f"{H}.yaml".replace("\0", "")
    path.write_text(content)
    check(refs("check", "-f", REFUSED, flag, str(path)), ())


def test_rows_of_the_users_own(refs: Program, tmp_path: Path) -> None:
    row = {
        "referrer": {"group": GATEWAY_GROUP, "kind": "HTTPRoute"},
        "path": "spec.x",
        "governedBy": "ReferenceGrant",
        "implementation": f"Acme{H}",
    }
    path = tmp_path / "kinds.yaml"
    path.write_text(json.dumps([row]))
    for format_ in FORMATS["kinds"]:
        words = ("kinds", "-f", REFUSED, "--kinds", str(path), "-o", format_)
        check(refs(*words), words)
    for field in row:
        path.write_text(json.dumps([{**row, field: H, H: H}]))
        check(refs("kinds", "-f", REFUSED, "--kinds", str(path)), ())
