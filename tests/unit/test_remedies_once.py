"""Fixes are made once, after the last read, and only if they are shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest

from kubectl_refs.core.model.report import Report
from kubectl_refs.core.queries.why import analyse, investigate
from kubectl_refs.core.view.inquiry import inquire
from kubectl_refs.core.view.reads import Answer, Read
from tests.support.calls import calls
from tests.support.running import REFUSED, Program, objects_of
from tests.support.surveying import Cluster

FIXES = "core/fixes"


class Recorder(Cluster):
    """A cluster that counts the rounds of reads and keeps the answers."""

    def __init__(self) -> None:
        super().__init__(objects_of(REFUSED))
        self.rounds = 0
        self.answers: dict[Read, Answer] = {}

    def read(self, reads: Iterable[Read]) -> Mapping[Read, Answer]:
        answers = super().read(reads)
        self.rounds += 1
        self.answers.update(answers)
        return answers


def test_rounds_of_reading_make_no_fixes() -> None:
    """An analysis that reads in several rounds makes no more fixes than one that has everything at hand."""
    source = Recorder()
    objects = [obj for obj in objects_of(REFUSED) if obj["kind"] == "HTTPRoute"]
    reports: list[Report] = []
    in_rounds = calls(lambda: reports.append(investigate(source, objects)), FIXES)
    assert source.rounds > 1
    answers = source.answers
    at_once = calls(lambda: reports.append(inquire(source, lambda view: analyse(view, objects), answers)), FIXES)
    assert reports[0] == reports[1]
    assert in_rounds == at_once > 0


@pytest.mark.parametrize(("format_", "made"), [("text", False), ("name", False), ("wide", True), ("json", True)])
def test_check_makes_fixes_only_for_formats_that_show_any(refs: Program, format_: str, made: bool) -> None:
    assert (calls(lambda: refs("check", "-f", REFUSED, "-o", format_), FIXES) > 0) is made
