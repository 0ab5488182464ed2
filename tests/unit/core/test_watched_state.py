"""The answers of a watched state if a kind cannot be listed."""

from __future__ import annotations

from kubectl_refs.core.model.kinds import NAMESPACE, namespace_key
from kubectl_refs.core.view.reads import Answer, Failure, Get, List
from kubectl_refs.core.watching.state import WatchedScope, WatchedState
from tests.support.builders import namespaces
from tests.support.surveying import LIVE

FORBIDDEN = Failure(403, "forbidden")
ALL = WatchedScope(NAMESPACE, None, metadata_only=True)
SHOP = Get(namespace_key("shop"), metadata_only=True)
ALONE = ALL._replace(name="shop")
(OBJECT,) = namespaces("shop")


def refused(*, everywhere: bool) -> WatchedState:
    state = WatchedState(LIVE, everywhere=everywhere)
    assert state.wanted(SHOP) == ALL
    state.fail(ALL, FORBIDDEN)
    return state


def test_an_object_of_no_namespace_is_watched_by_itself_where_its_kind_cannot_be_listed() -> None:
    state = refused(everywhere=False)
    assert (state.get(SHOP), state.wanted(SHOP)) == (None, ALONE)
    state.fail(ALONE, FORBIDDEN)
    assert state.get(SHOP) == Answer(failure=FORBIDDEN)
    state.fill(ALONE, [OBJECT])
    assert state.get(SHOP) == Answer((OBJECT,))
    # These are not all objects of the kind.
    assert state.get(List(NAMESPACE, None, metadata_only=True)) == Answer(failure=FORBIDDEN)
    assert state.answers[SHOP] == Answer((OBJECT,))


def test_a_kind_that_can_be_listed_at_last_answers_for_all() -> None:
    state = refused(everywhere=False)
    state.fail(ALONE, FORBIDDEN)
    state.fill(ALL, [OBJECT])
    assert state.get(SHOP) == Answer((OBJECT,))


def test_of_all_namespaces_none_is_watched_by_itself() -> None:
    assert refused(everywhere=True).get(SHOP) == Answer(failure=FORBIDDEN)


def test_what_cannot_be_listed_any_more_answers_nothing_and_its_objects_are_kept_for_comparison() -> None:
    state = WatchedState(LIVE, everywhere=True)
    state.fill(ALL, [OBJECT])
    state.fail(ALL, FORBIDDEN)
    assert state.get(SHOP) == Answer(failure=FORBIDDEN)
    assert state.answers == {List(NAMESPACE, None, metadata_only=True): Answer(failure=FORBIDDEN)}
    assert list(state.objects(ALL).values()) == [OBJECT]
    state.recover(ALL)
    assert state.get(SHOP) == Answer((OBJECT,))
