"""Of many grants, the right ones are compared, few are shown and the rest are counted. Work that many references share
is done once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_refs.core.grants.differences import Lookups
from kubectl_refs.core.grants.from_comparisons import LookupMemo
from kubectl_refs.core.grants.grant import permitting
from kubectl_refs.core.grants.index import COMPARED, Grants
from kubectl_refs.core.grants.near_miss import nearest_of
from kubectl_refs.core.grants.near_miss_search import (
    MOST_NEAR_MISSES,
    NearestMisses,
    nearest_misses,
)
from kubectl_refs.core.grants.other_permissions import other_permissions
from kubectl_refs.core.grants.third_namespaces import MOST_EXACT
from kubectl_refs.core.model.hints import Hint
from kubectl_refs.core.model.kinds import REFERENCE_GRANT
from kubectl_refs.core.model.objects import JSON, GroupKind
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.records import replace
from kubectl_refs.core.view.reads import Answer, Failure, List, Read
from kubectl_refs.core.view.view import View
from tests.support.builders import (
    API,
    CATALOG,
    PROPERTY,
    REFERENCES,
    ROUTE,
    from_entry,
    grant,
    manifests,
    parsed,
    reference,
    surroundings,
    to_entry,
)

MANY = 15 * COMPARED
"""More grants than are even looked at."""


class Known:
    """Grants by namespace, and nothing else; those in `late` are not read yet."""

    def __init__(self, *grants: JSON, late: Read | None = None) -> None:
        self.answers: dict[Read, Answer] = {List(REFERENCE_GRANT, None): Answer(grants)}
        for namespace in ("backend", "frontend", "other"):
            here = tuple(each for each in grants if each["metadata"]["namespace"] == namespace)
            self.answers[List(REFERENCE_GRANT, namespace)] = Answer(here)
        self.late = late

    def get(self, read: Read, /) -> Answer | None:
        return None if read == self.late else self.answers.get(read, Answer())


def asked(*grants: JSON, wanted: Reference | None = None, view: View | None = None) -> NearestMisses:
    return nearest_misses(view or View(CATALOG, Known(*grants)), wanted or reference())


def named(number: int) -> JSON:
    return grant([from_entry(namespace=f"team-{number}")], [to_entry(name="api")], name=f"g{number:04}")


def test_the_nearest_are_told_and_the_others_counted() -> None:
    slip = grant([from_entry(namespace="fronted")], [to_entry(name="api")], name="slip")
    found = asked(*(named(number) for number in range(2 * MOST_NEAR_MISSES)), slip)
    assert (found.nearest[0].grant.name, len(found.nearest), found.omitted) == (
        "slip",
        MOST_NEAR_MISSES,
        MOST_NEAR_MISSES + 1,
    )


def test_few_are_all_told() -> None:
    found = asked(*(named(number) for number in range(MOST_NEAR_MISSES)))
    assert (len(found.nearest), found.omitted) == (MOST_NEAR_MISSES, 0)


@pytest.mark.parametrize(
    ("slip", "hint"),
    [
        (grant([from_entry(namespace="fronted")], [to_entry(name="api")], name="slip"), Hint.TYPO),
        (grant([from_entry(namespace="Frontend")], [to_entry(name="api")], name="slip"), Hint.CASE),
        (grant([from_entry()], [to_entry(name="apii")], name="slip"), Hint.TYPO),
        (grant([from_entry(kind="HTTPRoutes")], [to_entry()], name="slip"), Hint.PLURAL),
        (grant([from_entry()], [to_entry(group="core", name="api")], name="slip"), Hint.CORE_ALIAS),
    ],
)
@pytest.mark.parametrize("among", ["the target", "the namespace", "neither"])
def test_a_slip_is_found_among_more_grants_than_are_compared(slip: JSON, hint: Hint, among: str) -> None:
    alike: Callable[[int], JSON] = {
        "the target": named,
        "the namespace": lambda number: grant([from_entry()], [to_entry(name=f"db-{number}")], name=f"g{number:04}"),
        "neither": lambda number: grant(
            [from_entry(namespace=f"team-{number}")], [to_entry(name=f"db-{number}")], name=f"g{number:04}"
        ),
    }[among]
    found = asked(*(alike(number) for number in range(5 * COMPARED)), slip)
    assert (found.nearest[0].grant.name, found.nearest[0].differences[0].hint) == ("slip", hint)


def for_another(number: int) -> JSON:
    return grant([from_entry(namespace=f"team-{number}")], [to_entry()], name=f"g{number:04}")


@pytest.mark.parametrize(
    "other",
    [
        grant([from_entry(namespace="fronted")], [to_entry()], name="other"),
        grant([from_entry(namespace="FRONTEND")], [to_entry()], name="other"),
        grant([from_entry(namespace="backend")], [to_entry()], name="other"),
        grant([from_entry(namespace="*")], [to_entry()], name="other"),
        grant([from_entry(kind="GRPCRoute", namespace="team-a")], [to_entry()], name="other"),
        grant([from_entry(namespace="team-a")], [to_entry(name="api")], name="other"),
        grant(
            [from_entry(namespace="team-a"), from_entry(group="", kind="Service", namespace="team-a")],
            [to_entry()],
            name="other",
        ),
    ],
)
def test_of_those_that_are_right_but_for_other_namespaces_as_many_are_compared_as_are_told(other: JSON) -> None:
    alike = [for_another(number) for number in range(2 * MOST_NEAR_MISSES)]
    compared = Grants(parsed(*alike, other)).worth_comparing(reference(), MOST_NEAR_MISSES, LookupMemo(surroundings()))
    assert [each.source for each in compared] == [*alike[:MOST_NEAR_MISSES], other]


@pytest.mark.parametrize(
    ("around", "is_compared"),
    [
        (surroundings(existing=["fronted"]), False),
        (surroundings(), True),
        (surroundings(unreadable=["fronted"]), True),
    ],
)
def test_one_for_a_namespace_of_a_like_name_is_right_for_that_one_where_it_exists(
    around: Lookups, is_compared: bool
) -> None:
    alike = [for_another(number) for number in range(MOST_NEAR_MISSES)]
    other = grant([from_entry(namespace="fronted")], [to_entry()], name="other")
    compared = Grants(parsed(*alike, other)).worth_comparing(reference(), MOST_NEAR_MISSES, LookupMemo(around))
    assert (other in [each.source for each in compared]) is is_compared


def test_of_very_many_those_that_name_either_end_are_looked_at() -> None:
    slip = grant([from_entry(namespace="fronted")], [to_entry(name="api")], name="slip")
    others = [grant([from_entry(namespace="x")], [to_entry(name="y")], name=f"g{number}") for number in range(MANY)]
    found = asked(*others, slip)
    assert (found.nearest[0].grant.name, len(found.nearest) + found.omitted) == ("slip", MANY + 1)


def test_the_same_question_is_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Reference] = []

    def counted(wanted: Reference, *rest: Any) -> Any:
        calls.append(wanted)
        return nearest_of(wanted, *rest)

    monkeypatch.setattr("kubectl_refs.core.grants.near_miss_search.nearest_of", counted)
    slip = grant([from_entry(namespace="fronted")], [to_entry(name="api")])
    view = View(CATALOG, Known(slip))
    others = [reference(referrer=ROUTE._replace(name=f"web-{number}")) for number in range(5)]
    assert len({asked(slip, wanted=each, view=view) for each in others}) == 1
    assert len(calls) == 1
    asked(slip, wanted=reference(to=API._replace(name="web")), view=view)
    assert len(calls) > 1


def test_where_no_grant_names_a_target_all_targets_of_a_kind_ask_the_same() -> None:
    meant = grant([from_entry(namespace="fronted")], [to_entry()], name="meant")
    other = grant([from_entry(namespace="elsewhere")], [to_entry()], name="other")
    half, half_too = grant([from_entry()], [to_entry(kind="Secret")], name="from"), other
    for grants in ([meant, other], [half, half_too]):
        view = View(CATALOG, Known(*grants))
        for name in ("api", "web"):
            wanted = reference(to=API._replace(name=name))
            assert asked(*grants, wanted=wanted, view=view) == asked(*grants, wanted=wanted)


def without_names(objects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for obj in objects:
        for entry in obj["spec"]["to"]:
            entry.pop("name", None)
    return objects


@PROPERTY
@given(
    st.lists(st.tuples(REFERENCES, st.sampled_from(("backend", "other"))), min_size=2, max_size=6),
    st.one_of(manifests(), manifests().map(without_names)),
)
def test_what_is_kept_for_one_reference_is_not_told_of_others(
    wanted: list[tuple[Reference, str]], objects: list[dict[str, Any]]
) -> None:
    view = View(CATALOG, Known(*objects))
    for each, namespace in wanted:
        moved = replace(each, to=each.to._replace(namespace=namespace))
        assert asked(wanted=moved, view=view) == asked(*objects, wanted=moved)


def test_what_permits_references_of_others_is_told_of_those_that_it_names() -> None:
    kind = GroupKind("configuration.konghq.com", "KongReferenceGrant")
    of_kong = grant([from_entry()], [to_entry(name="api")])
    answers = Known()
    answers.answers[List(kind, "backend")] = Answer(({**of_kong, "apiVersion": f"{kind.group}/v1", "kind": kind.kind},))
    view = View(CATALOG, answers)
    targets = API, API._replace(name="web"), API._replace(namespace="other")
    assert [len(other_permissions(view, reference(to=each))) for each in targets] == [1, 0, 0]


def test_a_referrer_whose_name_a_grant_has_asks_a_question_of_its_own() -> None:
    exchanged = grant(
        [from_entry("", "Service", "backend")], [to_entry(ROUTE.group, ROUTE.kind, ROUTE.name)], name="exchanged"
    )
    view = View(CATALOG, Known(exchanged))
    other = asked(exchanged, wanted=reference(referrer=ROUTE._replace(name="other")), view=view)
    own = asked(exchanged, view=view)
    assert {each.hint for each in own.nearest[0].differences} == {Hint.SWAPPED}
    assert Hint.SWAPPED not in {each.hint for each in other.nearest[0].differences}


@pytest.mark.parametrize("count", [1, MOST_EXACT, MOST_EXACT + 1])
def test_a_grant_that_stands_everywhere_is_a_habit(count: int) -> None:
    elsewhere = [grant([from_entry()], [to_entry(name="api")], namespace=f"team-{number}") for number in range(count)]
    found = asked(*elsewhere)
    assert len(found.nearest) + found.omitted == (count if count <= MOST_EXACT else 0)


def test_what_could_not_be_read_is_a_gap_of_everyone_who_asks() -> None:
    answers = Known()
    answers.answers[List(REFERENCE_GRANT, ROUTE.namespace)] = Answer(failure=Failure(403, "you may not"))
    memo: dict[Any, Any] = {}
    views = [View(CATALOG, answers, memo) for _ in range(2)]
    for view in views:
        assert asked(view=view) == NearestMisses()
    assert [[gap.message for gap in view.gaps] for view in views] == [["you may not"]] * 2


def test_what_is_not_read_yet_is_a_need_of_everyone_who_asks_and_no_answer() -> None:
    slip = grant([from_entry()], [to_entry(name="api")], namespace="other")
    everywhere = List(REFERENCE_GRANT, None)
    answers = Known(slip, late=everywhere)
    memo: dict[Any, Any] = {}
    views = [View(CATALOG, answers, memo) for _ in range(2)]
    for view in views:
        assert (asked(view=view), [*view.needs]) == (NearestMisses(), [everywhere])
    answers.late = None
    view = View(CATALOG, answers, memo)
    assert [miss.grant.namespace for miss in asked(view=view).nearest] == ["other"]
    assert not view.needs


@PROPERTY
@given(REFERENCES, manifests(), st.booleans())
def test_the_index_finds_what_permits(wanted: Reference, objects: list[dict[str, Any]], by_name: bool) -> None:
    grants = Grants(each for each in parsed(*objects) if each.grant.namespace == "backend")
    exact = [
        each
        for each in grants
        if permitting(wanted, [each])
        and (not by_name or any(entry.matches(wanted) and entry.name is not None for entry in each.to))
    ]
    assert [*grants.matching(wanted, by_name=by_name)] == exact


def test_grants_of_all_namespaces_that_may_not_be_listed_are_no_gap() -> None:
    answers = Known()
    answers.answers[List(REFERENCE_GRANT, None)] = Answer(failure=Failure(403, "you may not"))
    view = View(CATALOG, answers)
    assert asked(view=view) == NearestMisses()
    assert view.gaps == ()
