"""A listener's answer to a route: namespaces, kinds, hostnames, section name and port (docs/rules.md 5.2)."""

from __future__ import annotations

from typing import Any

import pytest

from kubectl_refs.core.attachment.listeners import (
    ListenerAnswer,
    allowed_kinds,
    ask_listener,
    needs_labels,
    refusal_reasons,
)
from kubectl_refs.core.attachment.namespace_rules import Labels
from kubectl_refs.core.fields.governing import uses_certificates
from kubectl_refs.core.model.kinds import ROUTES
from kubectl_refs.core.model.listeners import listeners_of, selects
from kubectl_refs.core.model.objects import GATEWAY_GROUP, ObjectKey
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.model.selectors import NAME_LABEL
from tests.support.builders import reference, route_with

GATEWAY = ObjectKey(GATEWAY_GROUP, "Gateway", "infra", "edge")
READ = Labels({"tenant": "a", NAME_LABEL: "frontend"})


def listener(namespaces: Any = None, protocol: str = "HTTP", **fields: Any) -> dict[str, Any]:
    rules = {} if namespaces is None else {"allowedRoutes": {"namespaces": namespaces}}
    return {"name": "web", "port": 80, "protocol": protocol, **rules, **fields}


def to_gateway(kind: str = "HTTPRoute", namespace: str = "frontend", **more: Any) -> Reference:
    return reference(GATEWAY, ObjectKey(GATEWAY_GROUP, kind, namespace, "web"), "spec.parentRefs[0]", **more)


def answer(
    offered: dict[str, Any],
    kind: str = "HTTPRoute",
    namespace: str = "frontend",
    hostnames: Any = None,
    labels: Labels = READ,
    **more: Any,
) -> ListenerAnswer:
    spec = {} if hostnames is None else {"hostnames": hostnames}
    return ask_listener(
        0, offered, "infra", to_gateway(kind, namespace, **more), route_with(spec, kind, namespace), labels
    )


def selector(**labels: str) -> dict[str, Any]:
    return {"from": "Selector", "selector": {"matchLabels": labels}}


@pytest.mark.parametrize(
    ("namespaces", "namespace", "admitted"),
    [
        pytest.param(None, "infra", True, id="the default is Same"),
        pytest.param(None, "frontend", False, id="the default refuses others"),
        ({}, "frontend", False),
        ({"from": None}, "infra", True),
        ({"from": "Same"}, "infra", True),
        ({"from": "Same"}, "frontend", False),
        ({"from": "All"}, "frontend", True),
        ({"from": "All"}, "infra", True),
        (selector(tenant="a"), "frontend", True),
        (selector(tenant="b"), "frontend", False),
        (selector(**{NAME_LABEL: "frontend"}), "frontend", True),
        ({"from": "Selector", "selector": {}}, "frontend", True),
        ({"from": "Selector", "selector": None}, "frontend", False),
        ({"from": "Selector"}, "frontend", False),
        ({"from": "None"}, "infra", False),
        ({"from": "all"}, "frontend", False),
    ],
)
def test_namespaces_are_admitted_by_from_and_selector(namespaces: Any, namespace: str, admitted: bool) -> None:
    found = answer(listener(namespaces), namespace=namespace)
    assert found.namespace is admitted
    assert found.accepts is admitted
    assert found.admits is admitted
    assert bool(found.why) is not admitted


@pytest.mark.parametrize(
    ("namespaces", "why"),
    [
        ({"from": "Same"}, "allowedRoutes.namespaces.from is Same: only routes in infra may attach"),
        (selector(tenant="b"), "it takes routes of namespaces labelled tenant=b; namespace frontend has tenant=a"),
        (
            {"from": "Selector"},
            "allowedRoutes.namespaces.from is Selector, but there is no selector, so it selects nothing",
        ),
        ({"from": "None"}, 'allowedRoutes.namespaces.from is "None", which admits nothing'),
        (
            {"from": "all"},
            'allowedRoutes.namespaces.from is "all", which admits nothing; expected "All" (names are case-sensitive)',
        ),
        (
            {"from": "Selecter"},
            'allowedRoutes.namespaces.from is "Selecter", which admits nothing; expected "Selector" (typo)',
        ),
        (
            {"selector": {"matchLabels": {"tenant": "a"}}},
            "allowedRoutes.namespaces.from is missing, which means Same, so the selector beside it has no effect: only "
            "routes in infra may attach",
        ),
        (
            {"from": "Same", "selector": {}},
            "allowedRoutes.namespaces.from is Same, so the selector beside it has no effect: only routes in infra may "
            "attach",
        ),
    ],
)
def test_a_refused_namespace_is_told_why(namespaces: Any, why: str) -> None:
    assert answer(listener(namespaces)).why == why


@pytest.mark.parametrize(
    ("namespaces", "admitted"),
    [
        (selector(tenant="a"), None),
        (selector(**{NAME_LABEL: "frontend"}), True),
        (selector(**{NAME_LABEL: "shop"}), False),
        (selector(**{NAME_LABEL: "shop", "tenant": "a"}), False),
        ({"from": "Selector", "selector": {}}, True),
        ({"from": "Selector"}, False),
        ({"from": "All"}, True),
        ({"from": "Same"}, False),
    ],
)
@pytest.mark.parametrize("labels", [Labels(None), Labels({}, complete=False)])
def test_unread_labels_matter_only_to_selectors_that_ask_for_them(
    namespaces: Any, admitted: bool | None, labels: Labels
) -> None:
    found = answer(listener(namespaces), labels=labels)
    assert found.accepts is admitted
    assert ("are not known" in found.why) == (admitted is None)


def test_a_refusal_for_another_cause_wins_over_unread_labels() -> None:
    found = answer(
        listener(selector(tenant="a"), hostname="a.example.com"), hostnames=["b.example.com"], labels=Labels(None)
    )
    assert found.accepts is False
    assert answer(listener(selector(tenant="a"), "TCP"), labels=Labels(None)).accepts is False


@pytest.mark.parametrize(
    ("namespaces", "section", "asked"),
    [
        (selector(tenant="a"), None, True),
        (selector(tenant="a"), "web", True),
        (selector(tenant="a"), "other", False),
        ({"from": "All"}, None, False),
        (None, None, False),
    ],
)
def test_labels_are_asked_for_only_where_a_selected_listener_has_a_selector(
    namespaces: Any, section: str | None, asked: bool
) -> None:
    gateway = {"spec": {"listeners": [listener({"from": "All"}, name="first"), listener(namespaces)]}}
    assert needs_labels(gateway, to_gateway(section_name=section)) is asked


PROTOCOLS = {
    "HTTP": {"HTTPRoute", "GRPCRoute"},
    "HTTPS": {"HTTPRoute", "GRPCRoute"},
    "TLS": {"TLSRoute"},
    "TCP": {"TCPRoute"},
    "UDP": {"UDPRoute"},
}


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_kinds_follow_from_the_protocol(protocol: str) -> None:
    offered = listener({"from": "All"}, protocol, tls={"mode": "Passthrough"})
    accepted = {kind.kind for kind in ROUTES if answer(offered, kind.kind).accepts}
    assert accepted == PROTOCOLS[protocol]


@pytest.mark.parametrize("tls", [None, {}, {"mode": "Terminate"}])
def test_a_terminating_tls_listener_takes_tcp_routes_too(tls: Any) -> None:
    offered = listener({"from": "All"}, "TLS", tls=tls)
    assert {kind.kind for kind in ROUTES if answer(offered, kind.kind).accepts} == {"TLSRoute", "TCPRoute"}


def kinds(*entries: Any, protocol: str = "HTTP") -> dict[str, Any]:
    return listener(protocol=protocol, allowedRoutes={"namespaces": {"from": "All"}, "kinds": list(entries)})


@pytest.mark.parametrize(
    ("offered", "kind", "accepted"),
    [
        (kinds(), "HTTPRoute", True),
        (kinds({"kind": "HTTPRoute"}), "HTTPRoute", True),
        (kinds({"kind": "HTTPRoute"}), "GRPCRoute", False),
        (kinds({"group": GATEWAY_GROUP, "kind": "GRPCRoute"}), "GRPCRoute", True),
        (kinds({"group": None, "kind": "HTTPRoute"}), "HTTPRoute", True),
        pytest.param(kinds({"group": "", "kind": "HTTPRoute"}), "HTTPRoute", False, id="the core group is no default"),
        (kinds({"group": "example.org", "kind": "HTTPRoute"}), "HTTPRoute", False),
        (kinds({"kind": "httproute"}), "HTTPRoute", False),
        pytest.param(kinds({"kind": "TCPRoute"}), "TCPRoute", False, id="a kind the protocol cannot carry"),
        (kinds({"kind": "TCPRoute"}), "HTTPRoute", False),
        (kinds({"kind": "HTTPRoute"}, protocol="example.org/quic"), "HTTPRoute", True),
        (kinds({"kind": "HTTPRoute"}, protocol="example.org/quic"), "GRPCRoute", False),
        (kinds(protocol="example.org/quic"), "HTTPRoute", None),
        (kinds("HTTPRoute", None), "HTTPRoute", False),
    ],
)
def test_listed_kinds_narrow_what_the_protocol_carries(
    offered: dict[str, Any], kind: str, accepted: bool | None
) -> None:
    assert answer(offered, kind).accepts is accepted


def test_what_a_listener_takes_instead_is_told() -> None:
    assert answer(kinds(protocol="TCP")).why == "it takes TCPRoute, not HTTPRoute"
    none = "its allowedRoutes.kinds lists {}, which protocol HTTP does not carry"
    assert answer(kinds({"kind": "TCPRoute"})).why == none.format("TCPRoute")
    assert answer(kinds({"group": "", "kind": "HTTPRoute"})).why == none.format('HTTPRoute of group ""')
    quic = answer(kinds(protocol="example.org/quic"))
    assert quic.why == 'which kinds its protocol "example.org/quic" carries is up to its implementation'
    assert allowed_kinds(kinds(protocol="example.org/quic")) is None


@pytest.mark.parametrize(
    ("own", "hostnames", "fits"),
    [
        (None, ["a.example.com"], True),
        ("", ["a.example.com"], True),
        ("a.example.com", None, True),
        ("a.example.com", [], True),
        ("a.example.com", ["b.example.com", "a.example.com"], True),
        ("a.example.com", ["b.example.com"], False),
        ("*.example.com", ["example.com"], False),
    ],
)
@pytest.mark.parametrize("kind", ["HTTPRoute", "GRPCRoute", "TLSRoute"])
def test_a_listener_and_a_route_need_one_common_hostname(
    kind: str, own: str | None, hostnames: list[str] | None, fits: bool
) -> None:
    protocol = "TLS" if kind == "TLSRoute" else "HTTPS"
    found = answer(listener({"from": "All"}, protocol, hostname=own), kind, hostnames=hostnames)
    assert found.hostname is fits
    assert found.accepts is fits
    assert found.admits is True


def test_a_hostname_without_anything_in_common_is_told() -> None:
    found = answer(listener({"from": "All"}, hostname="a.example.com"), hostnames=["b.example.com", "c.example.com"])
    assert found.why == 'its hostname "a.example.com" does not match "b.example.com", "c.example.com"'


def test_behind_a_namespace_that_is_not_admitted_the_hostname_is_called_the_listeners() -> None:
    found = answer(listener({"from": "Same"}, hostname="a.example.com"), hostnames=["b.example.com"])
    assert found.why.endswith('; the listener\'s hostname "a.example.com" does not match "b.example.com"')


def test_listeners_that_give_the_same_reason_are_named_together() -> None:
    same = [answer(listener({"from": "Same"}, name=name)) for name in ("any", "wild")]
    none = answer(listener({"from": "None"}, name="none"))
    assert refusal_reasons([same[0], none, same[1]]) == (
        f'each of the listeners "any" and "wild": {same[0].why}; listener "none": {none.why}'
    )


@pytest.mark.parametrize("kind", ["TCPRoute", "UDPRoute"])
def test_routes_without_hostnames_are_not_asked_for_them(kind: str) -> None:
    offered = listener({"from": "All"}, kind.removesuffix("Route"), hostname="a.example.com")
    assert answer(offered, kind, hostnames=["b.example.com"]).accepts is True


@pytest.mark.parametrize(
    ("section", "port", "selected"),
    [
        (None, None, True),
        ("web", None, True),
        ("other", None, False),
        ("Web", None, False),
        (None, 80, True),
        (None, 81, False),
        ("web", 80, True),
        ("web", 81, False),
        ("other", 80, False),
    ],
)
def test_section_name_and_port_must_both_fit(section: str | None, port: int | None, selected: bool) -> None:
    wanted = to_gateway(section_name=section, port=port)
    assert selects(wanted, listener()) is selected
    found = answer(listener({"from": "All"}), section_name=section, port=port)
    assert found.selected is selected
    assert found.accepts is selected


def test_every_refusal_is_told_and_the_answer_names_the_listener() -> None:
    found = ask_listener(
        3,
        listener(protocol="TCP", hostname="a.example.com"),
        "infra",
        to_gateway(),
        route_with({"hostnames": ["b.example.com"]}),
        READ,
    )
    assert (found.index, found.name) == (3, "web")
    assert found.why.count(";") == 2


@pytest.mark.parametrize("odd", [None, 1, "x", [], ["x"], {"from": 1}, {"namespaces": []}, {"kinds": {}}])
def test_malformed_listeners_are_read_without_an_exception(odd: Any) -> None:
    for fields in ({"allowedRoutes": odd}, {"allowedRoutes": {"namespaces": odd, "kinds": odd}}, {"hostname": odd}):
        offered = {"name": odd, "port": odd, "protocol": odd, **fields}
        assert answer(offered, hostnames=odd).accepts in (True, False, None)
    assert len(listeners_of({"spec": {"listeners": odd}})) in (0, 1)


@pytest.mark.parametrize(
    ("protocol", "tls", "used"),
    [
        ("HTTPS", {"mode": "Terminate"}, True),
        pytest.param("HTTPS", {}, True, id="the default is Terminate"),
        ("TLS", {"mode": "Terminate"}, True),
        ("TLS", {"mode": "Passthrough"}, False),
        ("HTTP", {"mode": "Terminate"}, False),
        ("TCP", {"mode": "Terminate"}, False),
        ("UDP", {"mode": "Terminate"}, False),
        pytest.param("example.com/quic", {"mode": "Terminate"}, True, id="an implementation's own protocol"),
    ],
)
def test_certificates_are_used_where_a_listener_ends_tls(protocol: str, tls: dict[str, str], used: bool) -> None:
    assert uses_certificates(listener(protocol=protocol, tls=tls)) is used
