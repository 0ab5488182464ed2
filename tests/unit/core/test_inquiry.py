"""An analysis is repeated until it needs nothing that has not been read."""

from __future__ import annotations

from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.view.inquiry import inquire, inquire_each
from kubectl_refs.core.view.reads import Get
from kubectl_refs.core.view.store import Library, library_of
from kubectl_refs.core.view.view import View
from kubectl_refs.manifests.source import Manifests
from tests.support.builders import service
from tests.support.surveying import Cluster


def test_questions_that_build_on_each_other_are_read_round_by_round() -> None:
    source = Cluster([service(name="one"), service(name="two")])

    def think(view: View) -> list[str]:
        seen: list[str] = []
        for name in ("one", "two"):
            answer = view.get(ObjectKey("", "Service", "backend", name), effect="")
            if answer.object is None:
                break
            seen.append(name)
        return seen

    assert inquire(source, think) == ["one", "two"]
    assert [read.key.name for read in source.reads if isinstance(read, Get)] == ["one", "two"]


def test_a_reading_that_failed_is_not_tried_again() -> None:
    source = Cluster([], refuses=lambda read: True)
    key = ObjectKey("", "Service", "backend", "one")

    gaps = inquire(source, lambda view: (view.get(key, effect="so"), view.gaps)[1])

    assert [(gap.http_status, gap.effect) for gap in gaps] == [(403, "so")]
    assert source.reads == [Get(key)]


def test_manifests_are_looked_at_once() -> None:
    source = Manifests([service(name="one"), service(name="two")], "default")
    runs: list[int] = []

    def think(view: View, number: int = 0) -> list[bool]:
        runs.append(number)
        answers = (view.get(ObjectKey("", "Service", "backend", name), effect="") for name in ("one", "two", "three"))
        return [answer.absent for answer in answers]

    assert inquire(source, think) == [False, False, True]
    assert inquire_each(source, library_of(source), [1, 2], think)[0] == [[False, False, True]] * 2
    assert runs == [0, 1, 2]


def test_what_depends_on_an_object_is_made_anew_where_that_is_changed() -> None:
    source = Manifests([service(name="one")], "default")
    key = ObjectKey("", "Service", "backend", "one")
    changed = {**service(name="one"), "spec": {}}

    def think(view: View) -> list[object]:
        def look(apart: View) -> object:
            return apart.get(key, effect="").object

        return [each.once_as_read("look", look) for each in (view, view.with_changed(key, changed), view)]

    assert inquire(source, think) == [service(name="one"), changed, service(name="one")]


def test_what_noted_nothing_is_made_once_even_where_it_is_nothing() -> None:
    source = Manifests([], "default")
    answers = library_of(source)
    runs: list[View] = []

    def make(apart: View) -> None:
        runs.append(apart)

    for view in (View(source.catalog, answers, answers.memo), View(source.catalog, answers, answers.memo)):
        assert view.once_for("nothing", source, make) is None
        assert view.kept_for("nothing", source) is None
        assert (view.needs, view.gaps) == ({}, ())
    assert len(runs) == 1


def test_what_noted_something_is_told_to_every_view_and_made_anew_once_that_is_read() -> None:
    source = Cluster([service(name="one")], refuses=lambda read: isinstance(read, Get) and read.key.name == "refused")
    answers = Library()
    runs: list[View] = []

    def make(apart: View) -> list[bool]:
        runs.append(apart)
        keys = [ObjectKey("", "Service", "backend", name) for name in ("one", "refused")]
        return [apart.get(key, effect=f"{key.name} is not known").known for key in keys]

    def seen() -> tuple[list[bool], int, list[str]]:
        view = View(source.catalog, answers, answers.memo)
        made = view.once_for("both", source, make)
        assert view.kept_for("both", source) is None
        return made, len(view.needs), [gap.effect for gap in view.gaps if not view.needs]

    assert [seen(), seen()] == [([False, False], 2, [])] * 2
    answers.add(source.read(tuple(runs[0].needs)))
    assert [seen(), seen()] == [([True, False], 0, ["refused is not known"])] * 2
    assert len(runs) == 2
