"""graph as its users see it: what is read and drawn, in which format, and with which exit status."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kubectl_refs.render.text.style import Style
from tests.support.builders import PROPERTY, from_entry, grant, namespaces, route_to, service, to_entry
from tests.support.fakes.api import FakeAPI
from tests.support.running import EXAMPLES, WORKING, Done, Program, written
from tests.unit.conftest import Files

OBJECTS = (
    *namespaces("frontend", "backend", "team"),
    service(),
    grant([from_entry()], [to_entry(name="api")]),
    route_to(("backend", "api")),
    route_to(("backend", "api"), name="other", namespace="team"),
)
"""A route whose cross-namespace reference is permitted, and one in another namespace whose reference is refused."""


def data(done: Done) -> dict[str, Any]:
    return dict(json.loads(done.out))


def edges(done: Done) -> list[str]:
    return [f"{each['source']} {each['verdict']} {each['target']}".replace(GROUP, "") for each in data(done)["edges"]]


GROUP = "gateway.networking.k8s.io/"
WEB, OTHER = "HTTPRoute/frontend/web allowed /Service/backend/api", "HTTPRoute/team/other refused /Service/backend/api"


@pytest.mark.parametrize(
    ("words", "drawn"),
    [
        ((), [WEB]),
        (("-A",), [WEB, OTHER]),
        (("-n", "team"), [OTHER]),
        (("-n", "backend"), [WEB, OTHER]),
        (("--from", "team"), [OTHER]),
        (("--to", "backend"), [WEB, OTHER]),
        (("--to", "backend", "-n", "team"), [OTHER]),
        (("service/api", "-n", "backend"), [WEB, OTHER]),
        (("svc", "api", "-n", "backend"), [WEB, OTHER]),
        (("httproute/web",), [WEB]),
        (("-A", "--only", "refused"), [OTHER]),
    ],
)
def test_the_references_asked_for_are_drawn(live: Program, words: tuple[str, ...], drawn: list[str]) -> None:
    done = live("graph", *words, "-o", "json")
    assert edges(done) == drawn
    assert (done.status, done.err) == (0, "")


def test_manifests_are_drawn_like_a_cluster(live: Program, manifests: str) -> None:
    for words in (
        ("-A",),
        ("-n", "team"),
        ("service/api", "-n", "backend"),
        ("-A", "-o", "mermaid"),
        ("-A", "-o", "dot"),
    ):
        assert live("graph", *words, "-f", manifests, "--whole") == live("graph", *words)


def test_one_namespace_is_all_that_is_listed_where_only_its_references_are_wanted(live: Program, api: FakeAPI) -> None:
    live("graph", "--from", "team")
    assert [path for path in api.paths if path.endswith("/httproutes")] == [
        "/apis/gateway.networking.k8s.io/v1/namespaces/team/httproutes"
    ]


def test_who_may_list_one_namespace_sees_its_references_and_what_is_not_known(live: Program, api: FakeAPI) -> None:
    api.forbid("httproutes", "")
    done = live("graph", "-A", "-o", "json")
    assert (done.status, edges(done)) == (0, [WEB])
    assert not data(done)["complete"]
    effects = [gap["effect"] for gap in data(done)["gaps"]]
    assert effects == ["what the HTTPRoutes in other namespaces reference is not known"]
    for format_ in ("mermaid", "dot"):
        assert "not read: list httproutes.gateway.networking.k8s.io" in live("graph", "-A", "-o", format_).out


def test_a_reference_that_could_not_be_judged_is_drawn_as_unknown(live: Program, api: FakeAPI) -> None:
    api.forbid("referencegrants")
    done = live("graph", "-n", "frontend", "-o", "mermaid")
    assert done.status == 0
    assert "--o|" in done.out
    assert "unknown: the ReferenceGrants in backend could not be read" in done.out


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("service/nope", "-n", "backend"), 'Error from server (NotFound): services "nope" not found'),
        (("service/api", "-n", "nowhere"), 'Error from server (NotFound): namespaces "nowhere" not found'),
        (("-n", "nowhere"), 'Error from server (NotFound): namespaces "nowhere" not found'),
        (("--to", "nowhere"), 'Error from server (NotFound): namespaces "nowhere" not found'),
        (("nonsense/x",), 'error: the server doesn\'t have a resource type "nonsense"'),
        (("httproutes",), "error: resource(s) were provided, but no name was specified"),
        (("service/api", "-A"), "error: a resource cannot be retrieved by name across all namespaces"),
        (("--depth", "2"), "error: --depth counts from objects: it needs TYPE/NAME"),
        (("service/api", "--depth", "0"), "error: --depth must be at least 1"),
        (("--from", "a/b"), "error: invalid namespace for --from \"a/b\": [may not contain '/']"),
        (("-o", "png"), 'error: unable to match a printer suitable for the output format "png"'),
    ],
)
def test_what_cannot_be_asked_is_one_line_and_status_2(live: Program, words: tuple[str, ...], line: str) -> None:
    done = live("graph", *words)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(line)


def test_an_object_that_nothing_references_is_said_to_be_so(live: Program, api: FakeAPI) -> None:
    api.objects.append(service(name="spare"))
    done = live("graph", "service/spare", "-n", "backend")
    assert done.status == 0
    assert "is referenced by nothing that is shown" in done.out


def test_no_references_are_an_answer(live: Program) -> None:
    done = live("graph", "-n", "team", "--to", "frontend")
    assert (done.status, done.out) == (0, "")
    assert done.err == "No reference into another namespace found for team namespace.\n"
    assert data(live("graph", "-n", "team", "--to", "frontend", "-o", "json"))["edges"] == []


def arrows(text: str) -> Counter[tuple[str, str, str]]:
    """A flowchart's arrows: the kind and name at the start, the label, the kind and name at the end."""
    names = dict(re.findall(r'^ +(\w+)\["(.*)"\]$', text, re.MULTILINE))
    found = re.findall(r'^ +(\w+) [-.]+[>xo]\|"(.*)"\| (\w+)$', text, re.MULTILINE)
    return Counter((names[source], label, names[target]) for source, label, target in found)


def frames(text: str) -> dict[str, list[str]]:
    found = re.findall(r'^    subgraph \w+\["(.*)"\]\n((?:        .*\n)*)    end$', text, re.MULTILINE)
    return {name: re.findall(r'^ +\w+\["(.*)"\]$', inner, re.MULTILINE) for name, inner in found}


def test_shared_services_are_drawn_as_the_guide_draws_them(refs: Program) -> None:
    text = refs("graph", "-f", WORKING, "--to", "shared-services", "-o", "mermaid").out
    grant, api = "ReferenceGrant<br/>allow-app-routes", "Service<br/>auth-service"
    routes = ["HTTPRoute<br/>api-routes", "HTTPRoute<br/>frontend-routes"]
    assert text.startswith("graph LR\n")
    assert frames(text) == {
        "api-backend": routes[:1],
        "frontend": routes[1:],
        "shared-services": [grant, api],
    }
    expected = [(each, "backendRef", api) for each in routes] + [(grant, "allows", each) for each in routes]
    assert arrows(text) == Counter(expected)
    assert text.count("-.->") == 2


def test_the_central_gateway_is_drawn_as_the_guide_draws_it(refs: Program) -> None:
    """The Gateway's allowedRoutes admit the routes, not a ReferenceGrant, so they are drawn in the grant's place."""
    manifest = str(EXAMPLES / "central-gateway" / "working.yaml")
    text = refs("graph", "-f", manifest, "--direction", "TB", "-o", "mermaid").out
    permit, gateway = "allowedRoutes of<br/>Gateway pingora-gateway", "Gateway<br/>pingora-gateway"
    routes = ["HTTPRoute<br/>tenant-a-routes", "HTTPRoute<br/>tenant-b-routes"]
    assert text.startswith("graph TB\n")
    assert frames(text) == {"pingora-system": [permit, gateway], "tenant-a": routes[:1], "tenant-b": routes[1:]}
    expected = [(each, "parentRef", gateway) for each in routes] + [(permit, "allows", each) for each in routes]
    assert arrows(text) == Counter(expected)


PLACES = st.sampled_from(["frontend", "backend", "team"])
ROUTES = st.lists(
    st.builds(
        route_to,
        st.tuples(PLACES, st.sampled_from(["api", "gone"])),
        namespace=PLACES,
        name=st.sampled_from(["a", "b", "c"]),
        kind=st.sampled_from(["HTTPRoute", "GRPCRoute"]),
    ),
    max_size=6,
)
GRANTS = st.lists(
    st.builds(lambda of, to: grant([from_entry(namespace=of)], [to_entry()], to), PLACES, PLACES), max_size=3
)


@settings(PROPERTY, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROUTES, GRANTS)
def test_nodes_and_edges_are_what_check_counts(refs: Program, tmp_path: Path, routes: Any, grants: Any) -> None:
    path = tmp_path / "random.json"
    items = [*namespaces("frontend", "backend", "team"), service(), *routes, *grants]
    written(path, items)

    def told(*words: str) -> dict[str, Any]:
        return data(refs(*words, "-f", str(path), "--whole", "-o", "json"))

    def id_of(key: dict[str, str]) -> str:
        return "/".join(key[part] for part in ("group", "kind", "namespace", "name"))

    references = told("check")["references"]
    counted = Counter((id_of(each["from"]), id_of(each["to"]), each["path"], each["verdict"]) for each in references)
    whole = told("graph", "--only", "all", "--by", "object")
    assert counted == Counter((e["source"], e["target"], e["path"], e["verdict"]) for e in whole["edges"])
    assert {end for source, target, _, _ in counted for end in (source, target)} == {n["id"] for n in whole["nodes"]}
    summed = told("graph", "--only", "all", "--by", "namespace")
    between = Counter((each["from"]["namespace"], each["to"]["namespace"], each["verdict"]) for each in references)
    found = Counter[tuple[str, str, str]]()
    for edge in summed["edges"]:
        found[edge["source"].rpartition("/")[2], edge["target"].rpartition("/")[2], edge["verdict"]] += edge["count"]
    assert found == between
    crossing = [each for each in references if each["from"]["namespace"] != each["to"]["namespace"]]
    drawn = told("graph", "--by", "object")
    assert (len(drawn["edges"]), drawn["summary"]["referencesNotShown"]) == (
        len(crossing),
        len(references) - len(crossing),
    )


TYPO = str(EXAMPLES / "shared-services" / "from-does-not-match.yaml")


def test_the_document_says_of_each_namespace_who_may_reference_what_and_who_does(refs: Program) -> None:
    done = refs("graph", "-f", TYPO, "-o", "markdown")
    _, *parts = re.split("^## ", done.out, flags=re.MULTILINE)
    sections = {part.partition("\n")[0]: part.splitlines() for part in parts}
    assert list(sections) == ["`api-backend`", "`frontend`", "`pingora-system`", "`shared-services`"]
    shared = sections["`shared-services`"]
    assert '| `allow-app-routes` | HTTPRoutes in fronted | Service "auth-service" | no known user |' in shared
    assert (
        '| `allow-app-routes` | HTTPRoutes in api-backend | Service "auth-service" | `HTTPRoute api-routes` |' in shared
    )
    refused = (
        "| `HTTPRoute frontend/frontend-routes` | backendRef | `Service shared-services/auth-service` | **refused** | no "
        "ReferenceGrant in namespace shared-services permits HTTPRoutes in frontend to reference Service auth-service |"
    )
    assert refused in shared
    assert refused in sections["`frontend`"]
    chart = refs("graph", "-f", TYPO, "-o", "mermaid").out
    assert f"```mermaid\n{chart}```\n" in done.out


def test_who_uses_a_grant_is_not_denied_where_not_everything_is_drawn(refs: Program) -> None:
    done = refs("graph", "-f", WORKING, "--from", "frontend", "-o", "markdown")
    assert '| HTTPRoutes in api-backend | Service "auth-service" | no user that is shown |' in done.out


def test_the_document_leaves_out_entries_that_never_match_and_denies_no_unknown_user(
    refs: Program, files: Files
) -> None:
    plugin = to_entry("configuration.konghq.com", "KongPlugin", "p")
    froms = [from_entry(), from_entry(kind="httproutes"), from_entry("acme.org", "Thing")]
    file = files(
        grant(froms, [plugin, to_entry(), to_entry("core")]),
        grant([from_entry(kind="httproutes")], name="never"),
        grant([from_entry()] * 17, name="too-long"),
    )
    document = refs("graph", "-f", file, "-o", "markdown").out
    assert [line for line in document.splitlines() if line.startswith("| `")] == [
        f'| `g` | {who} in frontend | KongPlugin.configuration.konghq.com "p", any Service | no known user |'
        for who in ("HTTPRoutes", "Things.acme.org")
    ]
    page = refs("graph", "-f", file, "-o", "html").out
    assert ("too-long" in page, "httproutes" in page) == (False, False)


@pytest.mark.parametrize(
    ("start", "line"),
    [
        (
            "namespace/backend",
            "no field references a Namespace: -n backend draws the references from and to it, --from and --to those of one direction",
        ),
        ("grant/g", "no field references a ReferenceGrant: 'grants' shows who uses one"),
    ],
)
def test_what_no_reference_leads_to_is_not_drawn_as_unused(refs: Program, files: Files, start: str, line: str) -> None:
    file = files(grant(), route_to(("backend", "api")))
    assert refs("graph", start, "-n", "backend", "-f", file) == Done(2, "", f"error: {start}: {line}\n")


def test_grants_that_may_not_be_read_are_told_as_not_known(live: Program, api: FakeAPI) -> None:
    api.forbid("referencegrants")
    done = live("graph", "-A", "-o", "markdown")
    assert "Which ReferenceGrants there are in it is not known." in done.out
    assert "list referencegrants.gateway.networking.k8s.io" in done.out.partition("## Not read")[2]


def test_no_name_is_markup_in_the_document(refs: Program, tmp_path: Path) -> None:
    """Parse the document as GitHub's Markdown does, by its rules for code and for backslashes."""
    hostile = [
        "a|b",
        "`x`",
        "``",
        "<img src=x>",
        "[l](http://x.y)",
        "**b**",
        "a\n# b",
        "$$x$$",
        "@user",
        "#1",
        "\\|",
        "~~s~~",
    ]
    objects = [
        route_to((place, name), namespace=f"{place}x", name=f"r{name}") for place in hostile for name in hostile[:3]
    ] + [grant([from_entry(namespace=each)], [to_entry(name=each)], each, each) for each in hostile]
    path = tmp_path / "hostile.json"
    written(path, objects)
    text = refs("graph", "-f", str(path), "-o", "markdown").out
    document = re.sub(r"^```mermaid$.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    for line in document.splitlines():
        if line.startswith("|"):
            cells = re.sub(r"\\\|", "", line).count("|")
            assert cells in (5, 6), line
        plain = re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", line)
        plain = re.sub(r"\\[!-/:-@[-`{-~]", "", plain)
        assert not re.search(r"[<>`\[\]~$@]|://", plain.replace("**", "")), line


@pytest.mark.parametrize("there", [True, False])
def test_svg_is_graphvizs_where_it_is_there(
    refs: Program, monkeypatch: pytest.MonkeyPatch, there: bool, tmp_path: Path
) -> None:
    if there:
        program = tmp_path / "dot"
        program.write_text("#!/bin/sh\necho '<svg/>'; grep -c digraph\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin" if there else str(tmp_path))
    done = refs("graph", "-f", WORKING, "--to", "shared-services", "-o", "svg")
    if there:
        assert (done.status, done.out) == (0, "<svg/>\n1\n")
    else:
        assert (done.status, done.out) == (2, "")
        assert done.err.startswith("error: -o svg needs Graphviz's program dot on the PATH")


def test_graphviz_that_fails_is_one_line(refs: Program, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "dot"
    program.write_text("#!/bin/sh\necho 'out of memory' >&2; exit 3\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    done = refs("graph", "-f", WORKING, "--to", "shared-services", "-o", "svg")
    assert (done.status, done.out) == (2, "")
    assert done.err == f"error: {program} failed with status 3: out of memory\n"


def test_the_tree_fits_the_terminal(refs: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = refs("graph", "-f", TYPO, "--whole").out
    monkeypatch.setattr("kubectl_refs.app.output.style_for", lambda *_: Style(0, width=80))
    fitted = refs("graph", "-f", TYPO, "--whole").out
    assert max(map(len, whole.splitlines())) > 80
    assert max(map(len, fitted.splitlines())) <= 80
    assert fitted.split() == whole.split()
