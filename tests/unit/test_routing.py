"""`why URL`: from a request to a rule by the precedence of the Gateway API, in manifests and on a cluster."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from tests.support.builders import service
from tests.support.fakes.api import FakeAPI
from tests.support.longer_names import LONGEST, Longer
from tests.support.running import Done, Program, written

ALL = {"namespaces": {"from": "All"}}
PREFIX, EXACT, REGEX = "PathPrefix", "Exact", "RegularExpression"


def made(kind: str, name: str, namespace: str, spec: dict[str, Any], **metadata: str) -> JSON:
    about = {"name": name, "namespace": namespace, **metadata}
    return {"apiVersion": f"{GATEWAY_GROUP}/v1", "kind": kind, "metadata": about, "spec": spec}


def listener(name: str, port: int = 80, protocol: str = "HTTP", **fields: Any) -> JSON:
    return {"name": name, "port": port, "protocol": protocol, "allowedRoutes": ALL, **fields}


def gateway(*listeners: JSON, name: str = "public") -> JSON:
    return made("Gateway", name, "infra", {"gatewayClassName": "any", "listeners": list(listeners)})


def path(type_: str, value: str, **more: Any) -> JSON:
    return {"path": {"type": type_, "value": value}, **more}


def route(
    name: str,
    *rules: Sequence[JSON],
    hosts: Sequence[str] = (),
    kind: str = "HTTPRoute",
    parent: Any = None,
    **meta: str,
) -> JSON:
    """A route with one rule for each list of matches."""
    backends = [{"name": "api", "port": 80}]
    spec = {
        "parentRefs": [{"name": "public", "namespace": "infra", **(parent or {})}],
        **({"hostnames": list(hosts)} if hosts else {}),
        "rules": [{**({"matches": list(rule)} if rule else {}), "backendRefs": backends} for rule in rules],
    }
    return made(kind, name, "backend", spec, **meta)


HTTP = gateway(listener("web"))
CLASS = made("GatewayClass", "any", "", {"controllerName": "example.com/any"})


def asked(refs: Program, tmp_path: Path, objects: Sequence[JSON], *words: str) -> tuple[Done, Any]:
    file = tmp_path / "all.json"
    written(file, [*objects, service(), CLASS])
    done = refs("why", *words, "-f", str(file), "--whole", "-o", "json")
    return done, json.loads(done.out)


def chosen(data: Any) -> list[str | None]:
    """For each way, the rule as `route path`, or the place where the way stops."""
    return [
        f"{way['rule']['route']['name']} {way['rule']['path']}" if way["rule"] else way["stop"] for way in data["ways"]
    ]


@pytest.mark.parametrize(
    ("url", "routes", "rule"),
    [
        # An exact path takes precedence over a prefix of any length.
        ("/a/b", [route("web", [path(PREFIX, "/a/b")], [path(EXACT, "/a/b")])], "web spec.rules[1].matches[0]"),
        # The longest prefix.
        ("/a/b", [route("web", [path(PREFIX, "/")], [path(PREFIX, "/a")])], "web spec.rules[1].matches[0]"),
        # By path element: /a is no prefix of /ab, and a trailing slash does not count.
        ("/ab", [route("web", [path(PREFIX, "/a")], [path(PREFIX, "/")])], "web spec.rules[1].matches[0]"),
        ("/a", [route("web", [path(PREFIX, "/a/")])], "web spec.rules[0].matches[0]"),
        # Paths are case-sensitive.
        ("/Auth", [route("web", [path(PREFIX, "/auth")])], "rule"),
        # The method, then headers, then query parameters.
        (
            "/a?v=1",
            [route("web", [path(PREFIX, "/a")], [path(PREFIX, "/a", method="GET")])],
            "web spec.rules[1].matches[0]",
        ),
        (
            "/a?v=1",
            [
                route(
                    "web",
                    [path(PREFIX, "/a", queryParams=[{"name": "v", "value": "1"}])],
                    [path(PREFIX, "/a", headers=[{"name": "X-Team", "value": "red"}])],
                    [path(PREFIX, "/a", headers=[{"name": "x-team", "value": "blue"}])],
                )
            ],
            "web spec.rules[1].matches[0]",
        ),
        # A rule without matches takes everything, and among equal rules the first one wins.
        ("/a", [route("web", [], [])], "web spec.rules[0]"),
        # The hostname takes precedence over the path: exact, then the longer wildcard, then none.
        (
            "/a",
            [
                route("none", [path(EXACT, "/a")]),
                route("wild", [path(EXACT, "/a")], hosts=["*.example.com"]),
                route("exact", [], hosts=["app.example.com", "*.com"]),
            ],
            "exact spec.rules[0]",
        ),
        (
            "/a",
            [route("short", [path(EXACT, "/a")], hosts=["*.com"]), route("long", [], hosts=["*.example.com"])],
            "long spec.rules[0]",
        ),
        # The oldest route, then alphabetical order.
        (
            "/a",
            [
                route("a", [], creationTimestamp="2025-02-01T00:00:00Z"),
                route("b", [], creationTimestamp="2025-01-01T00:00:00Z"),
            ],
            "b spec.rules[0]",
        ),
        ("/a", [route("b", []), route("a", [])], "a spec.rules[0]"),
        # gRPC calls, by service and method.
        (
            "/shop.Cart/Add",
            [
                route(
                    "calls",
                    [{"method": {"service": "shop.Cart"}}],
                    [{"method": {"service": "shop.Cart", "method": "Add"}}],
                    [{"method": {"service": "shop.Cart", "method": "Drop"}}],
                    kind="GRPCRoute",
                )
            ],
            "calls spec.rules[1].matches[0]",
        ),
        ("/a", [route("calls", [], hosts=["api.example.com"])], "route"),
    ],
)
@pytest.mark.parametrize("live", [False, True])
def test_the_rule_is_chosen_by_the_precedence_of_the_gateway_api(
    refs: Program, tmp_path: Path, url: str, routes: list[JSON], rule: str, live: bool
) -> None:
    words = (f"http://app.example.com{url}", "-H", "X-Team: red")
    if not live:
        _, data = asked(refs, tmp_path, [HTTP, *routes], *words)
    else:
        with FakeAPI([HTTP, *routes, service()]) as api:
            api.write_kubeconfig(tmp_path / "config")
            data = json.loads(refs("why", *words, "--kubeconfig", str(tmp_path / "config"), "-o", "json").out)
    assert chosen(data) == [rule]


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://app.example.com/", "http"),
        ("https://app.example.com/", "app"),
        ("https://APP.example.com./", "app"),
        ("https://api.example.com/", "wild"),
        ("https://a.b.example.com/", "wild"),
        ("https://example.org/", "any"),
        ("https://example.org:8443/", "other-port"),
    ],
)
def test_the_listener_is_chosen_by_scheme_port_and_host(refs: Program, tmp_path: Path, url: str, name: str) -> None:
    public = gateway(
        listener("any", 443, "HTTPS"),
        listener("wild", 443, "HTTPS", hostname="*.example.com"),
        listener("app", 443, "HTTPS", hostname="app.example.com"),
        listener("other-port", 8443, "HTTPS"),
        listener("http"),
    )
    _, data = asked(refs, tmp_path, [public, route("web", [])], url)
    assert [way["listener"]["name"] for way in data["ways"]] == [name]
    assert chosen(data) == ["web spec.rules[0]"]


def test_tls_that_is_passed_through_goes_by_the_server_name_and_not_by_the_host_header(
    refs: Program, tmp_path: Path
) -> None:
    public = gateway(listener("tls", 443, "TLS", tls={"mode": "Passthrough"}))
    secure = route("secure", [], hosts=["app.example.com"], kind="TLSRoute")
    done, data = asked(refs, tmp_path, [public, secure], "https://app.example.com/a", "-H", "Host: other.example.com")
    assert (done.status, chosen(data)) == (0, ["secure spec.rules[0]"])


def test_a_host_header_is_what_routes_go_by(refs: Program, tmp_path: Path) -> None:
    routes = [route("web", [], hosts=["app.example.com"])]
    _, data = asked(refs, tmp_path, [HTTP, *routes], "http://10.0.0.1/", "-H", "Host: app.example.com:80")
    assert chosen(data) == ["web spec.rules[0]"]


def test_a_regular_expression_is_not_evaluated_unless_no_dialect_could_match(refs: Program, tmp_path: Path) -> None:
    routes = [route("web", [path(REGEX, "/au.*")], [path(PREFIX, "/")], [path(REGEX, "/shop/[0-9]+")])]
    done, data = asked(refs, tmp_path, [HTTP, *routes], "http://app.example.com/auth")
    assert (done.status, chosen(data)) == (3, ["web spec.rules[1].matches[0]"])
    assert [sentence.partition(" may ")[0] for sentence in data["ways"][0]["open"]] == [
        "HTTPRoute backend/web spec.rules[0].matches[0]"
    ]
    done, data = asked(refs, tmp_path, [HTTP, *routes], "http://app.example.com/about")
    assert (done.status, data["ways"][0]["open"]) == (0, [])


def test_a_listener_of_a_listener_set_takes_requests_for_its_gateway(refs: Program, tmp_path: Path) -> None:
    public = gateway(listener("web"))
    public["spec"]["allowedListeners"] = {"namespaces": {"from": "All"}}
    more = made(
        "ListenerSet",
        "more",
        "backend",
        {"parentRef": {"name": "public", "namespace": "infra"}, "listeners": [listener("shop", 8080)]},
    )
    web = route("web", [], parent={"kind": "ListenerSet", "name": "more", "namespace": "backend"})
    _, data = asked(refs, tmp_path, [public, more, web], "http://app.example.com:8080/")
    assert chosen(data) == ["web spec.rules[0]"]
    assert data["ways"][0]["listener"]["holder"]["kind"] == "ListenerSet"


def test_only_what_the_request_meets_is_reported(refs: Program, tmp_path: Path) -> None:
    web = route("web", [path(PREFIX, "/a")], [path(PREFIX, "/b")])
    web["spec"]["rules"][1]["backendRefs"] = [{"name": "none", "port": 80}]
    public = gateway(listener("web"), listener("tls", 443, "HTTPS", tls={"certificateRefs": [{"name": "none"}]}))
    done, data = asked(refs, tmp_path, [public, web], "http://app.example.com/a")
    assert done.status == 0
    assert [each["path"] for each in data["references"]] == ["spec.parentRefs[0]", "spec.rules[0].backendRefs[0]"]
    done, data = asked(refs, tmp_path, [public, web], "http://app.example.com/b")
    assert (done.status, data["references"][0]["path"]) == (1, "spec.rules[1].backendRefs[0]")


def test_routes_that_may_not_be_listed_leave_the_answer_open(refs: Program, tmp_path: Path) -> None:
    with FakeAPI([HTTP, route("web", []), service()]) as api:
        api.forbid("grpcroutes")
        api.write_kubeconfig(tmp_path / "config")
        done = refs("why", "http://app.example.com/", "--kubeconfig", str(tmp_path / "config"), "-o", "json")
    data = json.loads(done.out)
    assert (done.status, chosen(data)) == (3, ["web spec.rules[0]"])
    assert [gap["resource"] for gap in data["gaps"]] == ["grpcroutes"]


def seen_by_an_owner(refs: Program, tmp_path: Path, objects: Sequence[JSON], url: str, *words: str) -> Done:
    """The answer for a user who may list nothing outside the namespace infra."""
    with FakeAPI(objects) as api:
        for resource in ("gateways", "listenersets", "xlistenersets", "httproutes", "grpcroutes", "tcproutes"):
            api.forbid(resource, "")
        api.write_kubeconfig(tmp_path / "config", "infra")
        return refs("why", url, "--kubeconfig", str(tmp_path / "config"), *words)


def within_infra(*objects: JSON) -> list[JSON]:
    for each in objects:
        each["metadata"]["namespace"] = "infra"
    return [gateway(listener("web", hostname="app.example.com")), service("infra"), *objects]


@pytest.mark.parametrize("words", [(), ("-n", "infra")], ids=["of the context", "named"])
def test_who_may_list_one_namespace_is_told_the_way_through_that(
    refs: Program, tmp_path: Path, words: tuple[str, ...]
) -> None:
    objects = within_infra(route("web", []))
    done = seen_by_an_owner(refs, tmp_path, objects, "http://app.example.com/", *words, "-o", "json")
    data = json.loads(done.out)
    assert (done.status, chosen(data)) == (3, ["web spec.rules[0]"])
    assert {(gap["resource"], gap["namespace"]) for gap in data["gaps"]} >= {("gateways", None), ("httproutes", None)}


@pytest.mark.parametrize(
    ("url", "hosts", "stops"),
    [
        ("http://other.example.com/", (), "no Gateway in what could be read has a listener for http requests to"),
        (
            "http://app.example.com/",
            ("x.example.com",),
            "no route for app.example.com in what could be read is attached",
        ),
    ],
)
def test_of_one_namespace_nothing_is_concluded_about_others(
    refs: Program, tmp_path: Path, url: str, hosts: Sequence[str], stops: str
) -> None:
    done = seen_by_an_owner(refs, tmp_path, within_infra(route("web", [], hosts=hosts)), url)
    assert done.status == 3
    assert stops in " ".join(done.out.split())
    assert "404" not in done.out


def test_the_namespace_of_a_request_is_in_the_words_that_ask_for_more(refs: Program, tmp_path: Path) -> None:
    done = seen_by_an_owner(refs, tmp_path, within_infra(route("web", [])), "http://app.example.com/", "-n", "infra")
    assert "why http://app.example.com/ -n infra" in " ".join(done.out.split())


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["ftp://x/"], 'error: invalid URL "ftp://x/": the scheme must be http or https\n'),
        (["https:///auth"], 'error: invalid URL "https:///auth": it has no host\n'),
        (["http://x:99999/"], 'error: invalid URL "http://x:99999/": Port out of range 0-65535\n'),
        (["http://x/", "-H", "no colon"], "error: invalid header \"no colon\": it must be 'name: value'\n"),
        (["http://x/", "-X", "A B"], 'error: invalid method "A B"\n'),
        (["http://x/", "httproute/a"], "error: a URL cannot be combined with other arguments, -A or -l\n"),
        (["http://x/", "-A"], "error: a URL cannot be combined with other arguments, -A or -l\n"),
        (
            ["httproute/a", "-X", "GET"],
            "error: -X and -H describe a request: they need a URL, as in why https://app.example.com/auth\n",
        ),
    ],
)
def test_what_is_no_request_is_refused_in_one_line(refs: Program, words: list[str], line: str) -> None:
    done = refs("why", *words)
    assert (done.status, done.out, done.err) == (2, "", line)


def test_a_route_of_another_gateway_or_listener_is_not_near(refs: Program, tmp_path: Path) -> None:
    objects = [
        gateway(listener("web"), listener("admin", 8080)),
        gateway(listener("web"), name="other"),
        route("near", [], hosts=["api.example.com"], parent={"sectionName": "web"}),
        route("nearer", [], hosts=["app.example.con"], parent={"name": "other"}),
        route("nearest", [], hosts=["app.example.co"], parent={"sectionName": "admin"}),
    ]
    _, data = asked(refs, tmp_path, objects, "http://app.example.com/")
    assert [way["nearest"] for way in data["ways"] if way["gateway"]["name"] == "public"] == [
        ['HTTPRoute backend/near has hostname "api.example.com"']
    ]


def asked_about_two_gateways(
    refs: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: Longer
) -> list[str]:
    """The page about a request that either of two Gateways takes."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.chdir(tmp_path)
    web = route("web", [path(PREFIX, "/auth")], hosts=["app.example.com"])
    parents = [{"name": name, "namespace": "infra"} for name in ("public", "second")]
    backends = [{"name": "auth-service", "namespace": "shared-services", "port": 80}]
    web = {**web, "spec": {**web["spec"], "parentRefs": parents}}
    web["spec"]["rules"][0]["backendRefs"] = backends
    gateways = [gateway(listener("web", hostname="app.example.com"), name=each["name"]) for each in parents]
    written(tmp_path / "all.json", names.documents([*gateways, web, service("shared-services", "auth-service")]))
    return refs("why", "http://app.example.com/auth", "-f", "all.json").out.splitlines()


def test_a_rule_that_several_gateways_lead_to_is_told_once(
    refs: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = asked_about_two_gateways(refs, tmp_path, monkeypatch, Longer("", ""))
    assert lines[1:3] == [
        f'  gateway: Gateway infra/{name}, listener "web" (HTTP, port 80)' for name in ("public", "second")
    ]
    assert sum(line.startswith("  route: ") for line in lines) == 1
    assert len(lines) <= 22


def test_where_names_are_long_the_first_of_several_gateways_is_named(
    refs: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = asked_about_two_gateways(refs, tmp_path, monkeypatch, replace(LONGEST, longest=50))
    assert sum(max(-(-len(line) // 80), 1) for line in lines) <= 22, "\n".join(lines)
    assert sum(line.startswith("  gateway: ") for line in lines) == 1
    assert "  note:    which of 2 Gateways it reaches depends on the address of the host" in lines
    assert "refused: the same HTTPRoute" in lines


def test_a_request_to_a_gateway_without_its_class_fails(refs: Program, tmp_path: Path) -> None:
    misspelt = {**HTTP, "spec": {**HTTP["spec"], "gatewayClassName": "ayn"}}
    objects = [misspelt, route("web", [])]
    done, data = asked(refs, tmp_path, objects, "http://app.example.com/")
    assert (done.status, chosen(data)) == (1, ["web spec.rules[0]"])
    file = str(tmp_path / "all.json")
    assert refs("why", "http://app.example.com/", "-f", file, "--whole", "--exit-zero").status == 0


@pytest.mark.parametrize("host", ["", "app.example.com"])
def test_a_listener_set_apart_is_told_where_its_listener_would_take_the_request(
    refs: Program, tmp_path: Path, host: str
) -> None:
    own = listener("own", hostname=host) if host else listener("own")
    parent = {"name": "public", "namespace": "infra"}
    apart = made("ListenerSet", "extra", "backend", {"parentRef": parent, "listeners": [own]})
    _, alone = asked(refs, tmp_path, [gateway(listener("other", 81)), apart], "http://app.example.com/")
    (way,) = alone["ways"]
    assert way["nearest"] == ['listener "own" of ListenerSet backend/extra, which is not part of Gateway infra/public']
    assert [(each["route"]["kind"], each["path"]) for each in way["unattached"]] == [("ListenerSet", "spec.parentRef")]
    assert [each["code"] for each in alone["references"]] == ["REF016"]
    # Beside a listener for all hosts, it only comes first if it has a hostname.
    done, beside = asked(refs, tmp_path, [HTTP, apart, route("web", [])], "http://app.example.com/")
    assert done.status == int(bool(host))
    assert [each["route"]["kind"] for each in beside["ways"][0]["unattached"]] == (["ListenerSet"] if host else [])


def test_of_rules_that_are_equally_near_the_first_are_told(refs: Program, tmp_path: Path) -> None:
    rules = [[path(PREFIX, f"/{number:02}")] for number in (*range(10, 22), *range(10))]
    _, data = asked(refs, tmp_path, [HTTP, route("web", *rules)], "http://app.example.com/no")
    places = [sentence.split()[2] for sentence in data["ways"][0]["nearest"]]
    assert places == ["spec.rules[0].matches[0]:", "spec.rules[1].matches[0]:"]


def test_many_references_of_one_object_are_in_order_and_one_line(refs: Program, tmp_path: Path) -> None:
    rules = [[path(EXACT, f"/{number}")] for number in range(12)]
    file = tmp_path / "all.json"
    written(file, [HTTP, route("web", *rules), route("few", *rules[:3]), service(), CLASS])
    words = ("why", "service/api", "-n", "backend", "-f", str(file), "--whole")
    told, wide = refs(*words).out.splitlines(), refs(*words, "-o", "wide").out.splitlines()
    assert [line.split("   ")[1] for line in told[1:]] == [
        *(f"spec.rules[{number}].backendRefs[0]" for number in range(3)),
        "spec.rules[0].backendRefs[0] and 11 more",
    ]
    fields = [line.split()[1] for line in wide[1:] if "web.backend" in line]
    assert fields == [f"spec.rules[{number}].backendRefs[0]" for number in range(12)]


@pytest.mark.parametrize("prefix", ["/a", "/a/"])
def test_a_prefix_that_ends_within_a_name_is_not_described_as_a_beginning(
    refs: Program, tmp_path: Path, prefix: str
) -> None:
    objects = [HTTP, route("web", [path(PREFIX, prefix)])]
    _, data = asked(refs, tmp_path, objects, "http://app.example.com/ab")
    assert data["ways"][0]["nearest"] == [
        "HTTPRoute backend/web spec.rules[0].matches[0]: the path is /ab, expected /a or a path below it"
    ]
    for url in ("http://app.example.com/a", "http://app.example.com/a/b"):
        _, data = asked(refs, tmp_path, objects, url)
        assert data["ways"][0]["rule"]["asks"] == "path is /a or below it"


def test_the_prefix_of_all_paths_is_any_path(refs: Program, tmp_path: Path) -> None:
    _, data = asked(refs, tmp_path, [HTTP, route("web", [path(PREFIX, "/")])], "http://app.example.com/ab")
    assert data["ways"][0]["rule"]["asks"] == "any path"


def test_a_route_that_asks_for_another_listener_is_not_told(refs: Program, tmp_path: Path) -> None:
    admin = {**listener("admin", 8080), "allowedRoutes": {"namespaces": {"from": "Same"}}}
    objects = [
        gateway(listener("web"), admin),
        route("lost", [], parent={"sectionName": "admin"}),
        route("lost-by-port", [], parent={"port": 8080}),
        route("web", []),
    ]
    done, data = asked(refs, tmp_path, objects, "http://app.example.com/")
    assert (done.status, chosen(data)) == (0, ["web spec.rules[0]"])
    assert {each["from"]["name"] for each in data["references"]} == {"web"}
    # No listener has this scheme, so a route's failure to join another listener changes nothing.
    _, data = asked(refs, tmp_path, objects, "https://app.example.com/")
    assert (chosen(data), data["references"]) == (["listener"], [])
    # For that listener's port, the failures are reported.
    done, data = asked(refs, tmp_path, objects, "http://app.example.com:8080/")
    assert [each["route"]["name"] for each in data["ways"][0]["unattached"]] == ["lost", "lost-by-port"]


@pytest.mark.parametrize("parent", [{"sectionName": "wbe"}, {"name": "pulbic"}], ids=["a listener", "a Gateway"])
def test_a_route_that_asks_for_what_does_not_exist_is_told_where_it_would_go_first(
    refs: Program, tmp_path: Path, parent: JSON
) -> None:
    objects = [HTTP, route("lost", [], parent=parent), route("web", [])]
    done, _ = asked(refs, tmp_path, objects, "http://app.example.com/")
    assert done.status == 1
    page = refs("why", "http://app.example.com/", "-f", str(tmp_path / "all.json"), "--whole").out
    assert "but:     HTTPRoute backend/lost would take it first and is not attached here; see below" in page


@pytest.mark.parametrize(
    "parent",
    [{"name": "internal"}, {"name": "public", "namespace": "elsewhere"}, {"sectionName": "amdin"}],
    ids=["another Gateway", "the same name in another namespace", "a slip of another listener"],
)
def test_a_route_that_is_not_meant_for_this_listener_takes_nothing_first(
    refs: Program, tmp_path: Path, parent: JSON
) -> None:
    public = gateway(listener("web"), listener("admin", 8080))
    lost = route("lost", [], parent=parent)
    done, data = asked(refs, tmp_path, [public, lost, route("web", [])], "http://app.example.com/")
    assert (done.status, chosen(data), data["ways"][0]["unattached"]) == (0, ["web spec.rules[0]"], [])
    assert {each["from"]["name"] for each in data["references"]} == {"web"}


@pytest.mark.parametrize("other", [True, False], ids=["attached to another Gateway", "attached to nothing"])
def test_a_route_that_means_this_gateway_by_a_slip_would_go_first(refs: Program, tmp_path: Path, other: bool) -> None:
    lost = route("lost", [], parent={"namespace": "infar"})
    inner = gateway(listener("web", 8080), name="inner")
    lost["spec"]["parentRefs"] += [{"name": "inner", "namespace": "infra"}] if other else []
    done, data = asked(refs, tmp_path, [HTTP, inner, lost, route("web", [])], "http://app.example.com/")
    assert (done.status, chosen(data)) == (1, ["web spec.rules[0]"])
    assert [each["route"]["name"] for each in data["ways"][0]["unattached"]] == ["lost"]


def test_a_route_to_a_gateway_that_does_not_exist_is_told_only_if_nothing_takes_the_request(
    refs: Program, tmp_path: Path
) -> None:
    lost = route("lost", [], parent={"name": "internal"})
    _, data = asked(refs, tmp_path, [HTTP, lost], "http://app.example.com/")
    assert [each["route"]["name"] for each in data["ways"][0]["unattached"]] == ["lost"]
    objects = [HTTP, lost, gateway(listener("web"), name="second"), route("web", [])]
    _, data = asked(refs, tmp_path, objects, "http://app.example.com/")
    assert [(way["gateway"]["name"], way["unattached"]) for way in data["ways"]] == [("public", []), ("second", [])]
    assert "lost" not in refs("why", "http://app.example.com/", "-f", str(tmp_path / "all.json"), "--whole").out


def test_beside_a_gateway_that_leads_on_another_is_told_in_a_line(refs: Program, tmp_path: Path) -> None:
    inner = gateway({**listener("web"), "allowedRoutes": {}}, name="inner")
    inner["spec"]["gatewayClassName"] = "none"
    objects = [HTTP, route("web", []), inner, route("apart", [], parent={"name": "inner"})]
    done, data = asked(refs, tmp_path, objects, "http://app.example.com/")
    assert (done.status, chosen(data)) == (0, ["web spec.rules[0]", "route"])
    assert {each["from"]["name"] for each in data["references"]} == {"web"}
    page = refs("why", "http://app.example.com/", "-f", str(tmp_path / "all.json"), "--whole").out
    assert (
        "1 more Gateway with such a listener has no rule for it: HTTPRoute backend/apart would take it there but is not "
        "attached" in page
    )


def seen_by_a_member(refs: Program, tmp_path: Path, objects: Sequence[JSON], *forbidden: tuple[str, ...]) -> Any:
    """The answer for a user who may list routes in the namespace backend, but no Gateways."""
    with FakeAPI(objects) as api:
        for resource in ("listenersets", "xlistenersets", "httproutes", "grpcroutes", "tcproutes"):
            api.forbid(resource, "")
        api.forbid("gateways", verbs=["list"])
        for more in forbidden:
            api.forbid(*more)
        api.write_kubeconfig(tmp_path / "config", "backend")
        words = ("why", "http://app.example.com/", "--kubeconfig", str(tmp_path / "config"))
        return refs(*words).out, json.loads(refs(*words, "-o", "json").out)


def test_gateways_that_may_not_be_listed_are_read_by_the_names_that_routes_have_for_them(
    refs: Program, tmp_path: Path
) -> None:
    _, data = seen_by_a_member(refs, tmp_path, [HTTP, route("web", []), service(), CLASS])
    assert (chosen(data), data["ways"][0]["gateway"]["name"]) == (["web spec.rules[0]"], "public")


def test_of_a_route_to_a_gateway_that_may_not_be_read_it_is_open_whether_it_is_attached(
    refs: Program, tmp_path: Path
) -> None:
    objects = [HTTP, route("api", []), route("web", []), service(), CLASS]
    page, data = seen_by_a_member(refs, tmp_path, objects, ("gateways",))
    (way,) = data["ways"]
    assert way["open"] == [
        "whether HTTPRoute backend/api and HTTPRoute backend/web take it through Gateway infra/public"
    ]
    assert way["unattached"] == []
    assert {each["verdict"] for each in data["references"]} == {"unknown"}
    assert "not attached" not in page


def test_a_route_to_another_gateway_that_may_not_be_read_leaves_the_answer_open(refs: Program, tmp_path: Path) -> None:
    objects = [
        HTTP,
        gateway(listener("web"), name="hidden"),
        route("api", [], hosts=["api.example.com"]),
        route("web", [], parent={"name": "hidden", "namespace": "elsewhere"}),
        service(),
    ]
    _, data = seen_by_a_member(refs, tmp_path, objects, ("gateways", "elsewhere"))
    (way,) = data["ways"]
    assert (way["gateway"]["name"], way["stop"]) == ("public", "route")
    assert way["open"] == ["whether HTTPRoute backend/web takes it through Gateway elsewhere/hidden"]
