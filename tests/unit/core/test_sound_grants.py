"""A sound grant for others is not called wrong: the cause says what the grant has, not what it should have."""

from __future__ import annotations

from pathlib import Path

import pytest

from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from kubectl_refs.core.queries.check import check
from kubectl_refs.core.references.cause import cause_of
from kubectl_refs.core.view.store import Library
from tests.support.builders import from_entry, grant, namespaces, route_to, service, to_entry
from tests.support.running import Program, written
from tests.support.surveying import Cluster

REFUSED = "no ReferenceGrant in namespace backend permits HTTPRoutes in frontend to reference Service api; the nearest, g, has "
ROUTE = route_to(("backend", "api"))
OBJECTS = (*namespaces("frontend", "backend", "team-a", "frontends"), service(), service(name="mail"), ROUTE)


def cause(from_: JSON, *to: JSON) -> str:
    report = check(Cluster([*OBJECTS, grant([from_], to)]), Library(), [ROUTE])
    (evaluated,) = report.objects[0].references
    assert evaluated.code is Code.NEAR_MISS
    return cause_of(evaluated)


@pytest.mark.parametrize(
    ("from_", "to", "has"),
    [
        (from_entry(namespace="team-a"), to_entry(), 'spec.from[0].namespace "team-a"'),
        (from_entry(), to_entry(name="mail"), 'spec.to[0].name "mail"'),
        (from_entry(), to_entry(kind="Secret"), 'spec.to[0].kind "Secret"'),
        (from_entry(kind="GRPCRoute"), to_entry(), 'spec.from[0].kind "GRPCRoute"'),
        (
            from_entry(kind="TLSRoute", namespace="team-a"),
            to_entry(),
            'spec.from[0].kind "TLSRoute" and namespace "team-a"',
        ),
    ],
)
def test_a_grant_for_something_that_exists_is_told_as_it_is(from_: JSON, to: JSON, has: str) -> None:
    assert cause(from_, to) == REFUSED + has


def test_too_many_entries_are_not_what_keeps_a_grant_for_others_from_permitting() -> None:
    assert cause(from_entry(namespace="team-a"), *[to_entry()] * 17) == f'{REFUSED}spec.from[0].namespace "team-a"'
    too_many = "spec.to has 17 entries, expected 16 at most, in ReferenceGrant backend/g (no API server accepts more)"
    assert cause(from_entry(), *[to_entry(name="mail")] * 16, to_entry()) == too_many


@pytest.mark.parametrize(
    ("from_", "to", "differs"),
    [
        (from_entry(namespace="elsewhere"), to_entry(), 'spec.from[0].namespace is "elsewhere", expected "frontend"'),
        (from_entry(namespace="frontends"), to_entry(), 'spec.from[0].namespace is "frontends", expected "frontend"'),
        (from_entry(namespace="backend"), to_entry(), 'spec.from[0].namespace is "backend", expected "frontend"'),
        (from_entry(namespace="*"), to_entry(), 'spec.from[0].namespace is "*", expected "frontend"'),
        (from_entry(), to_entry(name="gone"), 'spec.to[0].name is "gone", expected "api"'),
        (from_entry(), to_entry(name="*"), 'spec.to[0].name is "*", expected "api"'),
        (from_entry(), to_entry(kind="Sevrice"), 'spec.to[0].kind is "Sevrice", expected "Service"'),
        (
            from_entry(namespace="team-a"),
            to_entry(group="core"),
            'spec.from[0].namespace is "team-a", expected "frontend", and spec.to[0].group is "core", expected ""',
        ),
        (
            from_entry(namespace="team-a"),
            to_entry(name="gone"),
            'spec.from[0].namespace is "team-a", expected "frontend", and spec.to[0].name is "gone", expected "api"',
        ),
    ],
)
def test_a_grant_with_something_that_may_be_a_slip_is_told_with_what_is_expected(
    from_: JSON, to: JSON, differs: str
) -> None:
    assert cause(from_, to).startswith(f"{differs}, in ReferenceGrant backend/g")


@pytest.mark.parametrize(("whole", "sound"), [(["--whole"], False), ([], True)])
def test_what_a_part_of_a_cluster_does_not_show_is_taken_to_exist(
    refs: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: list[str], sound: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    written(Path("all.json"), [*OBJECTS, grant([from_entry(namespace="elsewhere")], [to_entry()])])
    out = refs("can-i", "httproute", "-n", "frontend", "service/api.backend", "-f", "all.json", *whole).out
    assert ('has spec.from[0].namespace "elsewhere"' in out) is sound
    assert ('spec.from[0].namespace is "elsewhere", expected "frontend"' in out) is not sound


def test_a_grant_of_a_kind_with_a_group_of_its_own_has_both_fields() -> None:
    assert cause(from_entry(), to_entry(group=GATEWAY_GROUP, kind="Gateway")) == (
        f'{REFUSED}spec.to[0].group "{GATEWAY_GROUP}" and kind "Gateway"'
    )


def test_many_references_beside_grants_of_others_have_one_cause(
    refs: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names = [f"svc-{number}" for number in range(12)]
    services = [service(name=name) for name in names]
    routes = [route_to(*(("backend", name) for name in names), name=f"web-{number}") for number in range(3)]
    others = grant([from_entry(namespace="team-a")], [to_entry()])
    written(Path("all.json"), [*namespaces("frontend", "backend", "team-a"), *services, *routes, others])
    out = refs("check", "-f", "all.json", "--whole", "--severity", "error").out
    assert "no grant in backend permits HTTPRoutes in frontend to reference Service svc-0, " in out
    assert "team-a" not in out.split("\n\n")[0]
