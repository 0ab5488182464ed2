"""Fixes are made after the reads of the verdicts, and only if they are shown."""

from __future__ import annotations

import pytest

from kubectl_refs.core.queries.why import analyse
from kubectl_refs.core.view.inquiry import inquire
from kubectl_refs.core.view.view import View
from tests.support.calls import calls
from tests.support.running import REFUSED, Program, objects_of
from tests.support.surveying import LIVE, Cluster

FIXES = "core/fixes"


def test_rounds_of_reading_make_no_fixes() -> None:
    """Fixes are made once all that the verdicts need has been read, and again once what they need themselves has."""
    objects = [obj for obj in objects_of(REFUSED) if obj["kind"] == "HTTPRoute"]
    made: list[int] = []

    def think(view: View) -> None:
        made.append(calls(lambda: analyse(view, objects), FIXES))

    inquire(Cluster(objects_of(REFUSED), LIVE), think)
    *reading, _, last = made
    assert reading == [0, 0]
    assert last > 0


@pytest.mark.parametrize(("format_", "made"), [("text", False), ("name", False), ("wide", True), ("json", True)])
def test_check_makes_fixes_only_for_formats_that_show_any(refs: Program, format_: str, made: bool) -> None:
    assert (calls(lambda: refs("check", "-f", REFUSED, "-o", format_), FIXES) > 0) is made
