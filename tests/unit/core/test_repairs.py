"""Repairs turn near misses into grants that permit, say what else they permit, and fail if the grant has changed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_refs.core.fixes.grant_remedies import recommended
from kubectl_refs.core.fixes.repair import repair
from kubectl_refs.core.grants.differences import Lookups
from kubectl_refs.core.grants.entry_mistakes import from_mistake, to_mistake
from kubectl_refs.core.grants.grant import FromEntry, Grant, ToEntry
from kubectl_refs.core.grants.index import Grants
from kubectl_refs.core.grants.needed_pairs import ReferenceIndex
from kubectl_refs.core.model.fixes import Confidence, Fix
from kubectl_refs.core.model.objects import GATEWAY_GROUP, ObjectKey
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.text.language import several
from tests.support.builders import (
    API,
    CATALOG,
    PROPERTY,
    REFERENCES,
    ROUTE,
    PatchError,
    from_entry,
    grant,
    manifests,
    parsed,
    patched,
    permission_of,
    permissions,
    reference,
    surroundings,
    to_entry,
)
from tests.support.near_misses import near_misses


def services(*names: str) -> list[Reference]:
    return [reference(ObjectKey("", "Service", "backend", name)) for name in names]


def repair_of(
    manifest: dict[str, Any],
    *others: Reference,
    wanted: Reference | None = None,
    around: Lookups | None = None,
    permitted: Sequence[Reference] = (),
    beside: Sequence[dict[str, Any]] = (),
) -> Fix | None:
    wanted = wanted or reference()
    (entry,) = parsed(manifest)
    (miss,) = near_misses(wanted, [entry], around or surroundings())
    existing = Grants([entry, *parsed(*beside)])
    return repair(miss, entry, ReferenceIndex([wanted, *others]), ReferenceIndex(permitted), existing, CATALOG)


def test_a_repair_changes_the_one_wrong_field_and_nothing_if_the_grant_has_changed() -> None:
    manifest = grant([from_entry(namespace="fronted")], [to_entry(name="api")])
    fix = repair_of(manifest)
    assert fix is not None
    assert fix.action == "patch"
    assert fix.object == ObjectKey(GATEWAY_GROUP, "ReferenceGrant", "backend", "g")
    assert fix.title == "repair spec.from[0].namespace of ReferenceGrant backend/g"
    assert fix.patch == (
        {"op": "test", "path": "/spec", "value": manifest["spec"]},
        {"op": "replace", "path": "/spec/from/0/namespace", "value": "frontend"},
    )
    assert fix.widens == ()
    assert fix.confidence is Confidence.LIKELY


@pytest.mark.parametrize(
    ("manifest", "user"),
    [
        (grant(to=[to_entry(name="paymnts")]), reference(ObjectKey("", "Service", "backend", "paymnts"))),
        (
            grant([from_entry(namespace="fronted")]),
            reference(referrer=ObjectKey(GATEWAY_GROUP, "HTTPRoute", "fronted", "web")),
        ),
    ],
)
def test_no_repair_takes_a_permission_that_is_in_use(manifest: dict[str, Any], user: Reference) -> None:
    """A slip for one reference may be intended for another one, even if nothing with that name exists yet."""
    (wanted,) = services("payments")
    assert repair_of(manifest, wanted=wanted) is not None
    assert repair_of(manifest, wanted=wanted, permitted=[user]) is None
    assert repair_of(manifest, wanted=wanted, permitted=services("else")) is not None


def test_what_is_permitted_within_the_namespace_of_a_grant_is_no_widening() -> None:
    fix = repair_of(grant([from_entry(), from_entry(namespace="backend")], [to_entry(kind="services")]))
    assert fix is not None
    assert fix.widens == ("HTTPRoutes in frontend to reference any Service",)


def test_several_slips_in_one_entry_are_repaired_together() -> None:
    manifest = grant(
        [from_entry("networking.gateway.k8s.io", "httproutes", "fronted")], [to_entry("core", "service", "API")]
    )
    fix = repair_of(manifest)
    assert fix is not None
    assert patched(manifest, fix.patch) == grant([from_entry()], [to_entry(name="api")])


def test_a_missing_group_is_added() -> None:
    manifest = grant([from_entry(group=None)], [to_entry(group=None)])
    fix = repair_of(manifest)
    assert fix is not None
    assert [operation["op"] for operation in fix.patch] == ["test", "add", "add"]
    assert patched(manifest, fix.patch) == grant()


@pytest.mark.parametrize(
    "manifest",
    [
        pytest.param(grant([from_entry(namespace="shop")]), id="another namespace"),
        pytest.param(grant([from_entry(namespace="backend")]), id="the target's namespace"),
        pytest.param(grant([from_entry(kind="GRPCRoute")]), id="another kind"),
        pytest.param(grant(to=[to_entry(name="shop")]), id="another name"),
        pytest.param(grant([from_entry(kind="httproute", namespace="shop")]), id="a slip and another namespace"),
        pytest.param(grant([from_entry("", "Service")], [to_entry(GATEWAY_GROUP, "HTTPRoute")]), id="swapped"),
        pytest.param(grant(namespace="frontend"), id="misplaced"),
    ],
)
def test_a_grant_that_may_be_meant_for_something_else_is_not_repaired(manifest: dict[str, Any]) -> None:
    assert repair_of(manifest) is None


@pytest.mark.parametrize(
    ("manifest", "existing"),
    [
        (grant([from_entry(namespace="fronted")]), "fronted"),
        (grant(to=[to_entry(name="apii")]), "apii"),
    ],
)
def test_a_value_that_names_something_existing_is_never_replaced(manifest: dict[str, Any], existing: str) -> None:
    wanted = reference(ObjectKey("", "Service", "backend", "apis"))
    assert repair_of(manifest, wanted=wanted, around=surroundings([existing])) is None


@pytest.mark.parametrize(
    ("manifest", "around"),
    [
        pytest.param(
            grant([from_entry(namespace="fronted")]), surroundings((), ["fronted"]), id="namespace unreadable"
        ),
        pytest.param(grant([from_entry(namespace="frontend2")]), surroundings(), id="a number on purpose"),
        pytest.param(grant(to=[to_entry("serving.knative.dev")]), surroundings(), id="a group not known here"),
        pytest.param(
            grant(to=[to_entry("serving.knative.dev")]),
            surroundings(unknown=["Service.serving.knative.dev"]),
            id="kinds unreadable",
        ),
        pytest.param(
            grant(to=[to_entry(kind="Servicee")]), surroundings(unknown=["Servicee"]), id="a kind that may be served"
        ),
    ],
)
def test_replacing_what_may_be_meant_is_a_guess(manifest: dict[str, Any], around: Lookups) -> None:
    fix = repair_of(manifest, around=around)
    assert fix is not None
    assert fix.confidence is Confidence.GUESS


def test_names_with_a_number_or_a_letter_at_the_end_are_only_guessed_at() -> None:
    referrer = ObjectKey(GATEWAY_GROUP, "HTTPRoute", "team-a", "web")
    fix = repair_of(grant([from_entry(namespace="team-b")]), wanted=reference(referrer=referrer))
    assert fix is not None
    assert fix.confidence is Confidence.GUESS


def test_a_repair_without_a_name_says_that_it_permits_every_target() -> None:
    fix = repair_of(grant([from_entry(namespace="fronted")]))
    assert fix is not None
    assert fix.widens == ("HTTPRoutes in frontend to reference any Service",)


def test_every_new_combination_is_told_once() -> None:
    manifest = grant(
        [from_entry(kind="httproute"), from_entry(kind="GRPCRoute")],
        [to_entry(name="api"), to_entry(name="tls"), to_entry(name="tls")],
    )
    fix = repair_of(manifest)
    assert fix is not None
    assert fix.widens == ('HTTPRoutes in frontend to reference Service "tls"',)


def test_what_other_references_of_the_object_need_is_no_widening() -> None:
    manifest = grant([from_entry(kind="httproute")], [to_entry(name="api"), to_entry(name="web")])
    alone, both = repair_of(manifest), repair_of(manifest, *services("web"))
    assert alone is not None
    assert both is not None
    assert alone.widens == ('HTTPRoutes in frontend to reference Service "web"',)
    assert both.widens == ()


def test_what_a_reference_into_another_namespace_needs_is_widening_all_the_same() -> None:
    manifest = grant([from_entry(kind="httproute")], [to_entry(name="api"), to_entry(name="web")])
    fix = repair_of(manifest, reference(ObjectKey("", "Service", "other", "web")))
    assert fix is not None
    assert fix.widens == ('HTTPRoutes in frontend to reference Service "web"',)


def test_a_kind_of_another_group_is_told_with_its_group() -> None:
    manifest = grant([from_entry(kind="httproute")], [to_entry(name="api"), to_entry("example.org", "Service", "api")])
    fix = repair_of(manifest)
    assert fix is not None
    assert fix.widens == ('HTTPRoutes in frontend to reference Service.example.org "api"',)


def test_an_entry_that_permits_nothing_is_no_widening() -> None:
    manifest = grant(
        [from_entry(kind="httproute"), from_entry(kind=None)],
        [to_entry(name="api"), to_entry(group=None), to_entry(name="")],
    )
    fix = repair_of(manifest)
    assert fix is not None
    assert fix.widens == ()


def test_what_another_grant_permits_already_is_no_widening() -> None:
    manifest = grant([from_entry(kind="httproute")], [to_entry(name="api"), to_entry(name="web"), to_entry(name="b")])
    one = repair_of(
        manifest, beside=[grant([from_entry(), from_entry(namespace="x")], [to_entry(name="web")], name="h")]
    )
    every = repair_of(manifest, beside=[grant([from_entry()], [to_entry("example.org"), to_entry()], name="h")])
    too_many = repair_of(manifest, beside=[grant([from_entry()] * 17, [to_entry()], name="h")])
    assert one is not None
    assert every is not None
    assert too_many is not None
    assert one.widens == ('HTTPRoutes in frontend to reference Service "b"',)
    assert every.widens == ()
    assert len(too_many.widens) == 2


@pytest.mark.parametrize(
    ("never", "to"),
    [
        (from_entry(kind="httproutes", namespace="other"), []),
        (from_entry(kind="Nonsense", namespace="other"), []),
        (from_entry(namespace="*"), []),
        (
            from_entry(namespace="backend"),
            [to_entry("core", "Service", "web"), to_entry(kind="services"), to_entry(name="*")],
        ),
    ],
    ids=["plural", "no such kind", "no such namespace", "targets"],
)
def test_entries_that_never_match_are_not_permitted_by_a_repair(
    never: dict[str, Any], to: list[dict[str, Any]]
) -> None:
    fix = repair_of(grant([from_entry(kind="httproute"), never], [to_entry(name="api"), *to]))
    assert fix is not None
    assert fix.widens == ()
    assert recommended(fix)


def described(phrase: str) -> re.Pattern[str]:
    """What a phrase in `widens` covers, as a pattern for the spelled-out form of one permission."""
    return re.compile(re.escape(phrase).replace(r"any\ ", "").rstrip() + (r' "[^"]*"' if " any " in phrase else ""))


def spelled(group: str, kind: str, words: str = "") -> str:
    words = words or kind
    if group == "" and kind in ("HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute", "Gateway", "ListenerSet"):
        return f"{words} of the core group"
    usual = group == "" or (group == GATEWAY_GROUP and kind not in ("Service", "Secret", "ConfigMap"))
    return words if usual else f"{words}.{group}"


def phrase_of(each: tuple[str, ...]) -> str:
    return f'{spelled(each[0], each[1], several(each[1]))} in {each[2]} to reference {spelled(*each[3:5])} "{each[6]}"'


def may_match(each: tuple[str, ...], within: Grant) -> bool:
    group, kind, namespace, of, target, _, name = each
    mistakes = (
        from_mistake("", FromEntry(group, kind, namespace), within, CATALOG),
        to_mistake("", ToEntry(of, target, name), within, CATALOG),
    )
    return mistakes == (None, None)


@PROPERTY
@given(REFERENCES, manifests(("backend",)), st.sampled_from((True, False, None)), st.lists(REFERENCES, max_size=3))
def test_a_repair_permits_the_reference_and_says_exactly_what_else_it_permits(
    wanted: Reference, objects: list[dict[str, Any]], exists: bool | None, others: list[Reference]
) -> None:
    by_name = {each.grant: (each, obj) for each, obj in zip(parsed(*objects), objects, strict=True)}
    around = Lookups(
        lambda key: exists,
        lambda kind: CATALOG.served(kind) is not None,
        CATALOG.table.may_need_grant,
        CATALOG.short_names,
        lambda key: None,
    )
    existing = Grants(each for each, _ in by_name.values())
    for miss in near_misses(wanted, [each for each, _ in by_name.values()], around):
        entry, manifest = by_name[miss.grant]
        fix = repair(miss, entry, ReferenceIndex([wanted, *others]), ReferenceIndex(), existing, CATALOG)
        if fix is None:
            continue
        after = patched(manifest, fix.patch)
        assert permission_of(wanted) in permissions(after)
        needed = {permission_of(each) for each in (wanted, *others)}
        already = {each for _, other in by_name.values() for each in permissions(other)}
        gained = [each for each in permissions(after) - already - needed if each[2] != "backend"]
        news = {phrase_of(each) for each in gained if may_match(each, Grant.parse(after))}
        assert bool(fix.widens) == bool(news)
        for new in news:
            assert any(described(phrase).fullmatch(new) for phrase in fix.widens)
        for phrase in fix.widens:
            assert any(described(phrase).fullmatch(new) for new in news)


@PROPERTY
@given(REFERENCES, manifests(("backend",)), manifests(("backend",)))
def test_a_repair_fails_where_the_grant_has_changed_since(
    wanted: Reference, objects: list[dict[str, Any]], later: list[dict[str, Any]]
) -> None:
    around = surroundings()
    for manifest in objects:
        (entry,) = parsed(manifest)
        for miss in near_misses(wanted, [entry], around):
            fix = repair(miss, entry, ReferenceIndex([wanted]), ReferenceIndex(), Grants([entry]), CATALOG)
            for changed in later:
                if fix and changed["spec"] != manifest["spec"]:
                    with pytest.raises(PatchError):
                        patched(changed, fix.patch)


def test_an_entry_put_in_front_in_between_is_not_repaired_in_its_place() -> None:
    manifest = grant([from_entry(kind="httproute")], [to_entry(name="api")])
    fix = repair_of(manifest)
    assert fix is not None
    moved = grant(
        [from_entry(kind="httproute", namespace="shop"), from_entry(kind="httproute")], [to_entry(name="api")]
    )
    with pytest.raises(PatchError):
        patched(moved, fix.patch)


def test_the_builders_speak_of_the_same_reference() -> None:
    assert (reference().referrer, reference().to) == (ROUTE, API)
