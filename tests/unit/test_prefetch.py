"""Many single reads are combined into lists, and refused lists are split into narrower ones."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from threading import Event

import pytest

from kubectl_refs.app.input.prefetch import (
    MOST_READS_WITHOUT_LISTING,
    MOST_REFUSED,
    MOST_SINGLE_READS,
    Prefetch,
    arriving_objects,
)
from kubectl_refs.core.model.kinds import SERVICE
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.view.reads import Answer, Get, List, Read
from kubectl_refs.core.view.store import Library
from kubectl_refs.process.errors import RefsError, unauthorized
from tests.support.builders import service
from tests.support.surveying import FORBIDDEN, Cluster


def gets(namespace: str, count: int) -> list[Get]:
    return [Get(ObjectKey("", "Service", namespace, f"s{number}")) for number in range(count)]


def reading(
    reads: Sequence[Read], refuses: Callable[[Read], bool] = lambda read: False
) -> tuple[list[str], Prefetch, Library]:
    """The reads that reached the source, in words, after asserting that every read got the right answer."""
    cluster = Cluster([service("one", "s0"), service("two", "s0")], refuses=refuses)
    library = Library()
    prefetch = Prefetch(cluster, library)
    answers = prefetch.read(reads)
    assert set(answers) == set(reads)
    for read in reads:
        if isinstance(read, Get) and answers[read].known:
            assert (answers[read].object is not None) == (read.key.name == "s0")
    shown = [
        f"get {read.key.path}" if isinstance(read, Get) else f"list {read.namespace or 'all'}" for read in cluster.reads
    ]
    return shown, prefetch, library


def test_few_reads_are_made_one_by_one() -> None:
    shown, _, _ = reading(gets("one", MOST_SINGLE_READS))
    assert len(shown) == MOST_SINGLE_READS
    assert not any(word.startswith("list") for word in shown)


def test_many_reads_of_one_namespace_become_a_list_of_it() -> None:
    assert reading(gets("one", MOST_SINGLE_READS + 1))[0] == ["list one"]


def test_many_reads_of_several_namespaces_become_one_list() -> None:
    assert reading([*gets("one", MOST_SINGLE_READS), *gets("two", 1)])[0] == ["list all"]


def test_many_names_looked_for_everywhere_become_one_list() -> None:
    named = [List(SERVICE, None, f"s{number}") for number in range(MOST_SINGLE_READS + 1)]
    assert reading(named[:-1])[0] == ["list all"] * MOST_SINGLE_READS
    shown, prefetch, _ = reading(named)
    assert shown == ["list all"]
    assert [key_of(obj).namespace for obj in prefetch.read(named[:1])[named[0]].objects] == ["one", "two"]


def test_a_list_of_all_namespaces_that_is_refused_is_followed_by_narrower_reads() -> None:
    def refuses(read: Read) -> bool:
        return isinstance(read, List) and read.namespace is None

    shown, _, _ = reading([*gets("one", MOST_SINGLE_READS + 1), *gets("two", 1)], refuses)
    assert shown == ["list all", "list one", "get two/s0"]


def test_where_every_list_is_refused_each_object_is_read() -> None:
    shown, _, _ = reading([*gets("one", MOST_SINGLE_READS + 1), *gets("two", 1)], lambda read: isinstance(read, List))
    assert shown[:2] == ["list all", "list one"]
    assert sorted(shown[2:]) == sorted(
        [*(f"get one/s{number}" for number in range(MOST_SINGLE_READS + 1)), "get two/s0"]
    )


def test_a_list_is_not_tried_twice() -> None:
    _, prefetch, library = reading(gets("one", MOST_SINGLE_READS + 1))
    before = library.get(List(SERVICE, "one"))
    prefetch.read([*gets("one", MOST_SINGLE_READS + 1), List(SERVICE, "one")])
    assert library.get(List(SERVICE, "one")) is before


def scattered(count: int) -> list[Get]:
    return [Get(ObjectKey("", "Service", f"n{number}", "s1")) for number in range(count)]


def test_no_more_is_asked_for_where_much_was_refused() -> None:
    shown, _, library = reading(scattered(3 * MOST_REFUSED), lambda read: True)
    assert MOST_REFUSED <= len(shown) < MOST_REFUSED + 50
    failures = [answer.failure for read in scattered(3 * MOST_REFUSED) if (answer := library.get(read))]
    left_out = [failure.message for failure in failures if failure and failure.http_status is None]
    assert len(left_out) == 3 * MOST_REFUSED - len(shown) + 1
    assert len(set(left_out)) == 1
    assert left_out[0].startswith("not asked for, as ")


def test_no_more_than_so_much_is_asked_for_one_by_one() -> None:
    def refuses(read: Read) -> bool:
        return isinstance(read, List)

    shown, prefetch, library = reading(scattered(MOST_READS_WITHOUT_LISTING + 100), refuses)
    assert len(shown) == MOST_READS_WITHOUT_LISTING
    failures = [
        answer.failure
        for read in scattered(MOST_READS_WITHOUT_LISTING + 100)
        if (answer := library.get(read)) and not answer.known
    ]
    message = f"not asked for, as {MOST_READS_WITHOUT_LISTING} requests for services were made before"
    assert {failure.message for failure in failures if failure} == {message}
    assert len(failures) == 101
    # Later requests for this kind are not sent either, but those for another kind are.
    later = List(SERVICE, "later")
    assert not prefetch.read([later])[later].known
    other = Get(ObjectKey("", "Secret", "later", "s1"))
    assert prefetch.read([other])[other].known


LISTS = (List(SERVICE, "one"), List(SERVICE, "two"))


def test_objects_arrive_and_their_lists_are_known_afterwards() -> None:
    cluster, library = Cluster([service("one", "a"), service("two", "b")]), Library()
    assert sorted(key_of(obj).name for obj in arriving_objects(cluster, library, LISTS)) == ["a", "b"]
    answers = [library.get(read) for read in LISTS]
    assert [answer.objects for answer in answers if answer] == [
        (obj,) for obj in arriving_objects(cluster, library, LISTS)
    ]
    assert len(cluster.reads) == len(LISTS)


def test_a_list_that_fails_on_its_way_is_a_failed_answer() -> None:
    library = Library()
    assert list(arriving_objects(Failing([]), library, LISTS[:1])) == [service("one", "a")]
    answer = library.get(LISTS[0])
    assert answer is not None
    assert (answer.known, answer.objects) == (False, ())


def test_an_error_of_the_reader_is_raised_where_objects_are_waited_for() -> None:
    interval = sys.getswitchinterval()
    with pytest.raises(RefsError, match="logged in"):
        list(arriving_objects(Refusing([]), Library(), LISTS))
    assert sys.getswitchinterval() == interval


def test_what_is_read_before_is_there_when_the_first_object_comes_and_is_read_once() -> None:
    cluster, library = Cluster([service("one", "a"), service("two", "b")]), Library()
    arriving = arriving_objects(cluster, library, LISTS, before=LISTS[:1])
    first = next(arriving)
    held = library.get(LISTS[0])
    assert held is not None
    assert held.objects == (first,)
    assert [first, *arriving] == [service("one", "a"), service("two", "b")]
    assert len(cluster.reads) == len(LISTS)


def test_what_is_to_arrive_is_asked_for_while_what_comes_before_is_read() -> None:
    assert list(arriving_objects(Waiting(), Library(), LISTS[1:], before=LISTS[:1])) == [service("two", "b")]


class Waiting(Cluster):
    """A cluster that answers the first list only once the second has been requested."""

    def __init__(self) -> None:
        super().__init__([service("one", "a"), service("two", "b")])
        self._asked = Event()

    def read(self, reads: Iterable[Read]) -> Mapping[Read, Answer]:
        wanted = tuple(reads)
        if wanted == LISTS[:1]:
            assert self._asked.wait(timeout=30)
        else:
            self._asked.set()
        return super().read(wanted)


class Failing(Cluster):
    """A cluster that hands over one object and then fails, like a list whose second page is refused."""

    def read(self, reads: Iterable[Read]) -> Mapping[Read, Answer]:
        answers: dict[Read, Answer] = {}
        for read in reads:
            assert isinstance(read, List)
            assert read.digest is not None
            read.digest(service("one", "a"))
            answers[read] = FORBIDDEN
        return answers


class Refusing(Cluster):
    def read(self, reads: Iterable[Read]) -> Mapping[Read, Answer]:
        raise unauthorized()
