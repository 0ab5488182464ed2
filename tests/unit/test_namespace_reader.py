"""A user who may read only one namespace: controllers' reports on an object are shown beside what was not checked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from kubectl_refs.core.model.objects import JSON
from tests.support.builders import from_entry, grant, namespaces, route_to, service
from tests.support.fakes.api import FakeAPI
from tests.support.running import Program

BY = "example.com/c"


def condition(type_: str, status: str, reason: str) -> JSON:
    return {"type": type_, "status": status, "reason": reason, "observedGeneration": 1, "message": reason}


def route(*conditions: JSON) -> JSON:
    parent = {"name": "gate", "namespace": "infra"}
    made = dict(route_to(("backend", "api"), ("frontend", "own"), parents=[parent]))
    made["metadata"] = {**made["metadata"], "generation": 1}
    return {**made, "status": {"parents": [{"parentRef": parent, "controllerName": BY, "conditions": conditions}]}}


KINDS = ("HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute")
OBJECTS: tuple[JSON, ...] = (*namespaces("frontend", "backend", "infra"), service("frontend", "own"))


def answer(refs: Program, api: FakeAPI, *conditions: JSON) -> tuple[int, str, str]:
    """The exit status, the text, and the summary line."""
    for resource in ("gateways", "referencegrants", "services"):
        for namespace in ("infra", "backend", ""):
            api.forbid(resource, namespace)
    api.objects = [*OBJECTS, route(*conditions)]
    refs.use(api, "frontend")
    done = refs("why", "httproute/web")
    (summary,) = (line for line in done.out.splitlines() if line.startswith("3 references"))
    return done.status, done.out, summary


def test_what_a_controller_refuses_is_told_as_its_report(refs: Program, api: FakeAPI) -> None:
    reported = condition("Accepted", "True", "Accepted"), condition("ResolvedRefs", "False", "RefNotPermitted")
    status, text, summary = answer(refs, api, *reported)
    assert status == 1
    assert summary == ("3 references: 1 allowed, 2 unknown (1 reported refused, 1 reported allowed)")
    assert "unknown: HTTPRoute frontend/web -> Service backend/api:80  (reported refused)\n" in text
    assert (
        f"  cause:   {BY} reports ResolvedRefs=False (RefNotPermitted); the ReferenceGrants in backend could not be read"
        in text
    )
    data = json.loads(refs("why", "httproute/web", "-o", "json").out)
    assert (data["summary"]["refused"], data["summary"]["unknown"]) == (0, 2)


def test_a_reference_that_needs_no_grant_is_not_refused_for_want_of_one(refs: Program, api: FakeAPI) -> None:
    api.forbid("services", "frontend")
    reported = condition("Accepted", "True", "Accepted"), condition("ResolvedRefs", "False", "RefNotPermitted")
    _, text, summary = answer(refs, api, *reported)
    assert summary == "3 references: 3 unknown (1 reported refused, 1 reported allowed)"
    crossing, own = text.partition("unknown: HTTPRoute frontend/web -> Service frontend/own")[::2]
    assert f"  cause:   {BY} reports ResolvedRefs=False (RefNotPermitted); the ReferenceGrants in backend" in crossing
    assert '  message: "RefNotPermitted"\n' in crossing
    assert own
    assert "RefNotPermitted" not in own
    assert "for this or another reference" not in text


def test_the_page_of_what_a_controller_refuses_fits_a_screen(
    refs: Program, api: FakeAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    reported = condition("Accepted", "True", "Accepted"), condition("ResolvedRefs", "False", "RefNotPermitted")
    _, text, _ = answer(refs, api, *reported)
    assert len(text.splitlines()) <= 22
    assert "ask:     the owner of backend to create this ReferenceGrant:" in text


def test_what_is_asked_and_done_fits_what_a_controller_reports_broken(refs: Program, api: FakeAPI) -> None:
    reported = condition("Accepted", "True", "Accepted"), condition("ResolvedRefs", "False", "BackendNotFound")
    status, text, summary = answer(refs, api, *reported)
    assert (status, summary) == (1, "3 references: 1 allowed, 2 unknown (1 reported broken, 1 reported allowed)")
    assert "  ask:     the owner of backend: Does Service backend/api exist, with port 80?\n" in text
    assert '  message: "BackendNotFound"\n' in text
    assert "ReferenceGrant that" not in text
    assert refs("fix", "httproute/web").out == ""
    (each,) = (
        each
        for each in json.loads(refs("why", "httproute/web", "-o", "json").out)["references"]
        if each["reported"] and each["reported"][0]["verdict"] == "broken"
    )
    assert (each["fixes"], each["reported"][0]["message"]) == ([], "BackendNotFound")


def test_conditions_of_one_older_generation_are_told_together(refs: Program, api: FakeAPI) -> None:
    outdated = {"observedGeneration": 1}
    reported = [condition("Accepted", "True", "Accepted"), condition("ResolvedRefs", "False", "RefNotPermitted")]
    made = route(*({**each, **outdated} for each in reported))
    made["metadata"]["generation"] = 2
    answer(refs, api)
    api.objects[-1] = made
    told = refs("why", "httproute/web").out.partition("stale:")[2].partition("not read")[0]
    assert "Accepted=True (Accepted), ResolvedRefs=False (RefNotPermitted)" in told
    assert 'the controller says of ResolvedRefs: "RefNotPermitted"' in told
    assert [told.count(each) for each in ("stale:", "written for generation 1", "advice:")] == [0, 1, 1]


def test_each_reference_that_could_not_be_checked_is_told_with_its_cause(
    refs: Program, api: FakeAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    answer(refs, api)
    api.objects[-1] = {**api.objects[-1], "status": {}}
    done = refs("why", "httproute/web")
    lines = done.out.splitlines()
    told = [lines[number + 1] for number, line in enumerate(lines) if "unknown:" in line]
    assert (done.status, len(told)) == (3, 2)
    assert told[0].startswith("  cause:   the ReferenceGrants in backend could not be read")
    assert told[1].startswith("  cause:   Gateway infra/gate could not be read")
    parent = next(number for number, line in enumerate(lines) if "unknown:" in line and "Gateway" in line)
    assert lines[parent + 2] == "  at:      spec.parentRefs[0]"
    assert lines[parent + 3].startswith("  ask:     the owner of infra: Does a listener of Gateway infra/gate admit")
    # Two references, each with somebody to ask; the usual limit is for one reference.
    assert len(lines) <= 25


def test_what_a_controller_accepts_stays_unknown(refs: Program, api: FakeAPI) -> None:
    reported = condition("Accepted", "True", "Accepted"), condition("ResolvedRefs", "True", "ResolvedRefs")
    status, text, summary = answer(refs, api, *reported)
    assert status == 3
    assert summary == "3 references: 1 allowed, 2 unknown (2 reported allowed)"
    assert "impact" not in text


def test_a_parent_that_a_controller_does_not_admit(refs: Program, api: FakeAPI) -> None:
    status, text, summary = answer(refs, api, condition("Accepted", "False", "NotAllowedByListeners"))
    assert status == 1
    assert "2 unknown (1 reported refused)" in summary
    assert "unknown: HTTPRoute frontend/web -> Gateway infra/gate  (reported refused)\n" in text


def test_a_reason_about_something_else_says_nothing_of_a_reference(refs: Program, api: FakeAPI) -> None:
    status, _, summary = answer(refs, api, condition("Accepted", "False", "UnsupportedValue"))
    assert status == 1
    assert summary == "3 references: 1 allowed, 2 unknown; 1 condition reported False"


def test_controllers_that_do_not_report_the_same_are_told_apart(refs: Program, api: FakeAPI) -> None:
    answer(refs, api, condition("ResolvedRefs", "False", "RefNotPermitted"))
    served = dict(api.objects[-1])
    (entry,) = served["status"]["parents"]
    other = {
        **entry,
        "controllerName": "example.com/other",
        "conditions": [condition("ResolvedRefs", "True", "Resolved")],
    }
    api.objects[-1] = {**served, "status": {"parents": [entry, other]}}
    text = refs("why", "httproute/web").out
    assert f"  impact:  where {BY} serves it, all requests of spec.rules[0] get HTTP 500\n" in text


@pytest.mark.parametrize(
    ("accepted", "when"),
    [
        ((), "if a parent admits the route, "),
        ((condition("Accepted", "True", "Accepted"),), ""),
    ],
)
def test_the_effect_depends_on_a_parent_that_could_not_be_read(
    refs: Program, api: FakeAPI, accepted: Sequence[JSON], when: str
) -> None:
    api.forbid("gateways", "infra")
    api.objects = [*OBJECTS, route(*accepted)]
    refs.use(api, "frontend")
    text = refs("why", "httproute/web").out
    assert f"  impact:  {when}all requests of spec.rules[0] get HTTP 500\n" in text


def test_who_may_list_nothing_is_not_told_that_there_is_nothing(refs: Program, api: FakeAPI) -> None:
    for kind in api.kinds:
        api.forbid(kind.plural)
    refs.use(api, "frontend")
    said = "No resources with references found in frontend namespace in what could be read.\n"
    done = refs("fix")
    assert (done.status, done.err.endswith(said)) == (3, True)


def test_what_is_reported_of_a_listener_set_is_told_of_its_routes(refs: Program, api: FakeAPI) -> None:
    api.forbid("gateways")
    refused = {"conditions": [condition("Accepted", "False", "NotAllowed")]}
    listener_set: dict[str, Any] = {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "ListenerSet",
        "metadata": {"name": "own", "namespace": "frontend", "generation": 1},
        "spec": {
            "parentRef": {"name": "gate", "namespace": "infra"},
            "listeners": [{"name": "http", "port": 8080, "protocol": "HTTP"}],
        },
        "status": refused,
    }
    attached = route_to(("frontend", "own"), parents=[{"kind": "ListenerSet", "name": "own"}])
    api.objects = [*OBJECTS, listener_set, attached]
    refs.use(api, "frontend")
    done = refs("why", "httproute/web")
    assert done.status == 1
    assert "unknown: HTTPRoute frontend/web -> ListenerSet frontend/own  (reported broken)\n" in done.out
    assert "its controller reports Accepted=False (NotAllowed) of ListenerSet frontend/own; " in done.out
    question = "allowedListeners of Gateway infra/gate admit ListenerSet frontend/own?"
    assert f"  ask:     the owner of infra: Could {question}\n" in done.out
    del listener_set["status"]
    for asked in ("httproute/web", "listenerset/own"):
        done = refs("why", asked)
        assert done.status == 3
        assert f"  ask:     the owner of infra: Does {question}\n" in done.out


@pytest.mark.parametrize("command", [("why",), ("check",), ("grants", "-n", "backend")], ids=["why", "check", "grants"])
def test_wide_and_data_tell_each_request_that_was_refused(
    refs: Program, api: FakeAPI, command: tuple[str, ...]
) -> None:
    refused = ("grpcroutes", "httproutes", "tlsroutes", "tcproutes", "udproutes", "backendtlspolicies")
    for resource in refused:
        api.forbid(resource)
    api.objects = [*OBJECTS, route(), grant([from_entry(kind=each) for each in KINDS])]
    refs.use(api, "frontend")
    gaps = [gap["resource"] for gap in json.loads(refs(*command, "-o", "json").out)["gaps"]]
    wide, text = (refs(*command, *more).out for more in (("-o", "wide"), ()))
    assert len(gaps) > 3
    assert [resource for resource in gaps if f"{resource}.gateway.networking.k8s.io, so " not in wide] == []
    assert "so what depends on them is not known" in text


@pytest.mark.parametrize("words", [("why", "httproute/web"), ("why",)])
@pytest.mark.parametrize("ending", ["", "-production-eu-west-1"])
def test_the_page_of_an_owner_who_may_list_routes_alone_fits_a_screen(
    refs: Program, api: FakeAPI, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], ending: str
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    own, other, edge = (f"{name}{ending}" for name in ("storefront", "payments", "infra"))
    for kind in api.kinds:
        for namespace in ("", own, other, edge):
            if namespace != own or kind.plural not in ("httproutes", "services"):
                api.forbid(kind.plural, namespace)
    parent = {"name": "public-edge-gateway", "namespace": edge}
    made = route_to((other, "payments-authorization-backend"), namespace=own, parents=[parent])
    api.objects = [*namespaces(own, other, edge), made]
    refs.use(api, own)
    lines = refs(*words).out.splitlines()
    # Two references are unknown, and the owners of two namespaces are to be asked.
    assert sum(-(-max(len(line), 1) // 80) for line in lines) <= 22, "\n".join(lines)
    assert [line for line in lines if len(line) > 80 and not line.startswith("kubectl ")] == []
    asked = [line.removeprefix("  ask:     the owner of ").partition(":")[0] for line in lines if "  ask: " in line]
    assert asked in ([other, edge], ["the namespace of the Service", edge])


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("why", "httproute/web"), "the ReferenceGrant that"),
        (("can-i", "httproute", "service/api.backend"), "this ReferenceGrant:"),
    ],
)
def test_a_grant_that_the_asker_may_hardly_create_is_told_as_one_for_whoever_may(
    refs: Program, api: FakeAPI, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], what: str
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    answer(refs, api)
    lines = refs(*words).out.splitlines()
    assert f"  if not:  someone who can write in backend must create {what}" in lines
    assert len(lines) <= 22


def test_where_no_reference_could_be_read_none_is_said_to_fail_or_not(refs: Program, api: FakeAPI) -> None:
    for resource in ("httproutes", "grpcroutes", "tlsroutes", "tcproutes", "udproutes", "gateways", "listenersets"):
        api.forbid(resource, "frontend")
    refs.use(api, "frontend")
    done = refs("why", "-n", "frontend")
    assert (done.status, done.out.splitlines()[0]) == (3, "No reference in namespace frontend could be read.")


def test_the_effects_of_one_cause_on_several_routes_name_each(refs: Program, api: FakeAPI) -> None:
    routes = [dict(route_to(("backend", "api"), name=name)) for name in ("shop", "blog")]
    for made in routes:
        matches = [{"path": {"type": "PathPrefix", "value": f"/{made['metadata']['name']}"}}]
        made["spec"] = {**made["spec"], "rules": [{**made["spec"]["rules"][0], "matches": matches}]}
    api.objects = [*OBJECTS, service("backend", "api"), *routes]
    refs.use(api, "frontend")
    out = refs("why", "-n", "frontend").out
    for name in ("shop", "blog"):
        assert f"HTTPRoute frontend/{name}: all requests of spec.rules[0] (path /{name}) get HTTP 500" in out
