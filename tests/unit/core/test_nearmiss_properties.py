"""Properties of every near miss: following it helps, and none is missing, duplicated or out of order."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kubectl_refs.core.grants.differences import Lookups
from kubectl_refs.core.grants.from_comparisons import LookupMemo
from kubectl_refs.core.grants.grant import permitting
from kubectl_refs.core.grants.index import Grants
from kubectl_refs.core.grants.near_miss import nearest_of
from kubectl_refs.core.grants.near_miss_search import is_plainly_meant
from kubectl_refs.core.model.hints import Hint
from kubectl_refs.core.model.near_misses import Difference, NearMiss
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.text.vocabulary import Vocabulary
from tests.support.builders import (
    CATALOG,
    NAMES,
    NAMESPACES,
    PROPERTY,
    REFERENCES,
    from_entry,
    grant,
    manifests,
    parsed,
    permission_of,
    permissions,
    to_entry,
    with_field,
)
from tests.support.near_misses import near_misses


@st.composite
def views(draw: st.DrawFn) -> Lookups:
    """Lookups with any answer about any name or kind: it exists, it does not, or it could not be read."""
    answers = st.sampled_from((True, False, None))
    exists = {name: draw(answers) for name in (*NAMES, *NAMESPACES)}
    served = draw(answers)
    return Lookups(
        lambda key: exists.get(key.name),
        lambda kind: served and kind.group != "core",
        CATALOG.table.may_need_grant,
        CATALOG.short_names,
        lambda key: Vocabulary(name for name, there in exists.items() if there).nearest(key.name),
    )


def repaired(manifest: dict[str, Any], miss: NearMiss) -> dict[str, Any]:
    """The grant after doing all that a near miss says; a split names whole entries, so it asks for no field."""
    for each in miss.differences:
        if each.hint is not Hint.SPLIT:
            manifest = with_field(manifest, each.path, each.wanted)
    return manifest


@PROPERTY
@given(REFERENCES, manifests(), views())
def test_doing_what_a_near_miss_says_makes_its_grant_permit(
    wanted: Reference, objects: list[dict[str, Any]], around: Lookups
) -> None:
    by_name = {obj["metadata"]["name"]: obj for obj in objects}
    for miss in near_misses(wanted, parsed(*objects), around):
        manifest = by_name[miss.grant.name]
        after = repaired(manifest, miss)
        assert permission_of(wanted) in permissions(after)
        spec = after["spec"]
        pair = grant([spec["from"][miss.from_]], [spec["to"][miss.to]], after["metadata"]["namespace"])
        assert permission_of(wanted) in permissions(pair)
        for each in miss.differences:
            if each.hint is not Hint.SPLIT:
                assert each.wanted != each.found
                left_out = repaired(manifest, replace_differences(miss, without=each))
                spec = left_out["spec"]
                pair = grant([spec["from"][miss.from_]], [spec["to"][miss.to]], left_out["metadata"]["namespace"])
                assert permission_of(wanted) not in permissions(pair)


def replace_differences(miss: NearMiss, without: Difference) -> NearMiss:
    kept = tuple(each for each in miss.differences if each is not without)
    return NearMiss(miss.grant, miss.from_, miss.to, kept, miss.distance)


@PROPERTY
@given(REFERENCES, manifests(("backend",)), views())
def test_the_entry_that_a_split_names_is_the_missing_half(
    wanted: Reference, objects: list[dict[str, Any]], around: Lookups
) -> None:
    by_path = {f"backend/{obj['metadata']['name']}": obj for obj in objects}
    for miss in near_misses(wanted, parsed(*objects), around):
        for each in miss.differences:
            if each.hint is Hint.SPLIT:
                assert each.found is not None
                other, entry = each.found.split(" ")
                half, index = entry.removeprefix("spec.").removesuffix("]").split("[")
                combined = by_path[str(miss.grant)]["spec"] | {half: [by_path[other]["spec"][half][int(index)]]}
                assert each.path == f"spec.{half}"
                assert permission_of(wanted) in permissions(grant(combined["from"], combined["to"]))


@PROPERTY
@given(REFERENCES, manifests(), views())
def test_every_grant_of_the_targets_namespace_either_permits_or_is_a_near_miss(
    wanted: Reference, objects: list[dict[str, Any]], around: Lookups
) -> None:
    grants = parsed(*objects)
    found = near_misses(wanted, grants, around)
    assert all(miss.differences for miss in found)
    told = [miss.grant for miss in found]
    assert len(told) == len(set(told))
    permitted = {match.grant for match in permitting(wanted, grants)}
    placed = {each.grant for each in grants if each.grant.namespace == wanted.to.namespace}
    assert {name for name in told if name.namespace == wanted.to.namespace} == placed - permitted


@PROPERTY
@given(REFERENCES, manifests(), views(), st.randoms(use_true_random=False))
def test_near_misses_are_sorted_and_do_not_depend_on_the_order_of_grants(
    wanted: Reference, objects: list[dict[str, Any]], around: Lookups, random: Any
) -> None:
    found = near_misses(wanted, parsed(*objects), around)
    assert [miss.distance for miss in found] == sorted(miss.distance for miss in found)
    assert near_misses(wanted, parsed(*random.sample(objects, len(objects))), around) == found


@PROPERTY
@given(REFERENCES, manifests(), views(), st.integers(1, 3))
def test_where_only_some_matter_those_are_the_same_and_none_that_was_meant_is_left_out(
    wanted: Reference, objects: list[dict[str, Any]], around: Lookups, most: int
) -> None:
    grants = parsed(*objects)
    every = near_misses(wanted, grants, around)
    some = nearest_of(wanted, grants, around, LookupMemo(around), most)
    assert some.nearest[:most] == every[:most]
    assert len(some.nearest) + some.beyond == len(every)
    assert {each.grant for each in some.nearest} >= {each.grant for each in every if is_plainly_meant(each, wanted)}


OF_MANY_NAMESPACES = st.lists(
    st.builds(
        grant,
        st.lists(
            st.builds(
                from_entry,
                kind=st.sampled_from(("HTTPRoute", "HTTPRoute", "GRPCRoute", "Service")),
                namespace=st.sampled_from(("other", "team-b", "payments", "frontend", "fronted", "backend", "*", None)),
            ),
            min_size=1,
            max_size=2,
        ),
        st.lists(st.sampled_from((to_entry(), to_entry(name="api"), to_entry(kind="Secret"))), min_size=1, max_size=2),
        st.sampled_from(("backend", "backend", "frontend")),
        st.sampled_from([f"g{number}" for number in range(20)]),
    ),
    min_size=4,
    max_size=10,
    unique_by=lambda obj: obj["metadata"]["name"],
)


@PROPERTY
@given(REFERENCES, OF_MANY_NAMESPACES, views(), st.integers(1, 3))
def test_what_is_not_worth_comparing_changes_nothing(
    wanted: Reference, objects: list[dict[str, Any]], around: Lookups, most: int
) -> None:
    places = wanted.to.namespace, wanted.referrer.namespace
    here, own = (Grants(each for each in parsed(*objects) if each.grant.namespace == place) for place in places)
    every = nearest_of(wanted, (*here, *own), around, LookupMemo(around), most)
    foremost = here.worth_comparing(wanted, most, LookupMemo(around))
    some = nearest_of(
        wanted, (*foremost, *own.worth_comparing(wanted, most, LookupMemo(around))), around, LookupMemo(around), most
    )
    assert some.nearest == every.nearest
    assert some.beyond + len(here) - len(foremost) == every.beyond
