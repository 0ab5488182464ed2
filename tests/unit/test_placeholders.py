"""A name with a placeholder is a name not known yet: in a part of a cluster, in a whole one, and laid over a cluster."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from kubectl_refs.core.model.values import may_be
from tests.support.builders import from_entry, gateway, grant, namespaces, route_with, service, to_entry, with_field
from tests.support.fakes.api import FakeAPI
from tests.support.running import Done, Program
from tests.unit.conftest import Files

SAME = {"allowedRoutes": {"namespaces": {"from": "Same"}}}
BY_NAME = {
    "namespaces": {"from": "Selector", "selector": {"matchLabels": {"kubernetes.io/metadata.name": "${ADMITTED}"}}}
}
OBJECTS: tuple[JSON, ...] = (
    *namespaces("frontend", "backend", "infra"),
    service(),
    gateway(),
    gateway("own", SAME),
    grant([from_entry(namespace="web")], [to_entry(name="api")]),
)
WAYS: dict[str, tuple[str, ...]] = {"part": (), "whole": ("--whole",), "live": ("--live",)}
"""The manifests alone, with OBJECTS among them, or laid over a cluster that has OBJECTS."""
Ask = Callable[..., Done]


@pytest.fixture(params=WAYS)
def ask(request: pytest.FixtureRequest, live: Program, files: Files) -> Ask:
    def run(command: str, *objects: JSON, shape: str = "json") -> Done:
        held = objects if request.param == "live" else (*OBJECTS, *objects)
        return live(command, "-f", files(*held), "-A", *WAYS[request.param], "-o", shape)

    return run


def route(namespace: str = "frontend", into: str = "backend", parent: JSON | None = None, **backend: Any) -> JSON:
    """An HTTPRoute with a parentRef and a backendRef, which needs a grant."""
    to = {"name": "api", "namespace": into, "port": 80, **backend}
    parents = [{"name": "public", "namespace": "infra", **(parent or {})}]
    return route_with({"parentRefs": parents, "rules": [{"backendRefs": [to]}]}, namespace=namespace)


def judged(done: Done, kind: str) -> tuple[str, str]:
    (found,) = [each for each in json.loads(done.out)["references"] if each["to"]["kind"] == kind]
    assert not [fix for fix in found["fixes"] if "${" in json.dumps(fix)]
    return found["verdict"], found["because"]


GRANTED = grant(name="h")
IS_OPEN = "which is not substituted yet"
LISTENER_SET: JSON = {
    "apiVersion": f"{GATEWAY_GROUP}/v1",
    "kind": "ListenerSet",
    "metadata": {"name": "more", "namespace": "${FRONTEND}"},
    "spec": {
        "parentRef": {"name": "joined", "namespace": "infra"},
        "listeners": [{"name": "http", "port": 80, "protocol": "HTTP"}],
    },
}


@pytest.mark.parametrize(
    ("objects", "kind", "because"),
    [
        (
            [route(into="${BACKEND}")],
            "Service",
            'it needs a ReferenceGrant in namespace "${BACKEND}", a name that is not substituted yet',
        ),
        (
            [route("w${STAGE}")],
            "Service",
            f'whether ReferenceGrant backend/g permits it depends on "w${{STAGE}}", {IS_OPEN}',
        ),
        (
            [route(), grant([from_entry(namespace="${FRONTEND}")], name="h")],
            "Service",
            f'whether ReferenceGrant backend/h permits it depends on "${{FRONTEND}}", {IS_OPEN}',
        ),
        (
            [route(name="${API}"), grant(to=[to_entry(name="auth")], name="h")],
            "Service",
            f'whether ReferenceGrant backend/h permits it depends on "${{API}}", {IS_OPEN}',
        ),
        ([route(port="{{ .Values.port }}"), GRANTED], "Service", f'port is "{{{{ .Values.port }}}}", {IS_OPEN}'),
        ([route(parent={"sectionName": "${WEB}"}), GRANTED], "Gateway", f'sectionName is "${{WEB}}", {IS_OPEN}'),
        (
            [route("${FRONTEND}", parent={"name": "own"})],
            "Gateway",
            'listener "http": allowedRoutes.namespaces.from is Same, and namespace "${FRONTEND}" is not substituted yet',
        ),
        (
            [route(parent={"name": "named"}), gateway("named", {"allowedRoutes": BY_NAME}), GRANTED],
            "Gateway",
            'listener "http": it takes routes of namespaces labelled kubernetes.io/metadata.name=${ADMITTED}, and the '
            "labels of namespace frontend are not known",
        ),
        (
            [with_field(gateway("joined"), "spec.allowedListeners", SAME["allowedRoutes"]), LISTENER_SET],
            "Gateway",
            'allowedListeners.namespaces.from is Same, and namespace "${FRONTEND}" is not substituted yet',
        ),
    ],
)
def test_what_depends_on_a_name_that_is_not_substituted_yet_is_unknown(
    ask: Ask, objects: list[JSON], kind: str, because: str
) -> None:
    done = ask("why", *objects)
    assert judged(done, kind) == ("unknown", because)
    assert done.status == 3
    checked = ask("check", *objects, shape="json")
    assert (judged(checked, kind), checked.status) == (("unknown", because), 3)


@pytest.mark.parametrize(
    ("objects", "kind"),
    [
        ([route(name="${API}"), GRANTED], "Service"),
        ([route(parent={"name": "${PUBLIC}"}), GRANTED], "Gateway"),
        ([route(into="${BACKEND}"), grant(namespace="${BACKEND}")], "Service"),
    ],
)
def test_an_object_of_such_a_name_is_assumed(ask: Ask, objects: list[JSON], kind: str) -> None:
    done = ask("why", *objects)
    verdict, because = judged(done, kind)
    assert (verdict, "has a name that is not substituted yet; assumed: it" in because) == ("allowed", True)
    assert done.status == 0


def test_what_no_substitution_permits_is_refused(ask: Ask) -> None:
    """The only grant is from another namespace, whatever the name of the Service will be."""
    assert judged(ask("why", route(name="${API}")), "Service")[0] == "refused"
    assert judged(ask("why", route("x-${STAGE}")), "Service")[0] == "refused"


def test_the_owner_of_a_grant_is_not_told_that_such_a_namespace_does_not_exist(ask: Ask) -> None:
    done = ask("check", grant([from_entry(namespace="${FRONTEND}")], [to_entry(name="${API}")], name="h"))
    assert not [each for each in json.loads(done.out)["findings"] if each["object"]["name"] == "h"]


def test_a_change_is_judged_alike_on_a_cluster_and_on_manifests(live: Program, files: Files) -> None:
    own = files(*OBJECTS, name="before.json")
    after = files(*OBJECTS, route(into="${BACKEND}"), name="after.json")
    added = files(route(into="${BACKEND}"))
    for words in (("-f", added), ("--base", own, "-f", after), ("--base", own, "-f", after, "--whole")):
        done = live("diff", *words, "-o", "json")
        by_kind = {each["to"]["kind"]: each["after"]["verdict"] for each in json.loads(done.out)["changes"]}
        assert (by_kind, done.status) == ({"Gateway": "allowed", "Service": "unknown"}, 3)
    done = live("diff", "--base", after, "-f", own, "--whole", "-o", "json")
    assert {each["before"]["verdict"] for each in json.loads(done.out)["changes"]} == {"allowed", "unknown"}


def test_a_cluster_is_not_asked_about_such_names(live: Program, files: Files, api: FakeAPI) -> None:
    objects = route(into="${BACKEND}", parent={"name": "${PUBLIC}"}), service("${FRONTEND}", "${API}")
    live("check", "-f", files(*objects), "--live", "-A")
    live("why", "-f", files(*objects), "--live")
    assert not [path for path in api.paths if "%24" in path or "$" in path]


def test_in_a_cluster_alone_such_a_name_is_a_name(refs: Program) -> None:
    with FakeAPI([*OBJECTS, route(name="${API}"), grant(name="h")]) as api:
        refs.use(api, "frontend")
        assert judged(refs("why", "httproute/web", "-o", "json"), "Service")[0] == "broken"


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("api", "api", True),
        ("api", "web", False),
        ("${A}", "web", True),
        ("web", "{{ a }}", True),
        ("a-${A}", "a-web", True),
        ("a-${A:-${B}}-z", "a-web-z", True),
        ("a-${A}", "b-web", False),
        ("${A}-b", "web-c", False),
        ("${A}-b", "${B}-c", True),
    ],
)
def test_names_that_may_be_the_same(one: str, other: str, alike: bool) -> None:
    assert may_be(one, other) is may_be(other, one) is alike


def test_a_group_that_is_not_substituted_yet_may_be_any_in_a_part_of_a_cluster(refs: Program, files: Files) -> None:
    done = refs(
        "why", "-A", "-f", files(*OBJECTS, route(into="frontend", group="${GROUP}", kind="Backend")), "-o", "json"
    )
    verdict, because = judged(done, "Backend")
    assert (verdict, "assumed" in because) == ("allowed", True)
