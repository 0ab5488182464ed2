"""Whether a watched server answers: what is reported of a look at what it serves, and in which words."""

from __future__ import annotations

import json
from pathlib import Path

from kubectl_refs.core.fields.gateway_api import TABLE
from kubectl_refs.core.view.reads import Failure
from kubectl_refs.kube.discovery import discover
from kubectl_refs.kube.http.client import Client
from kubectl_refs.kube.rediscovery import Asked, Rediscovery, Served
from kubectl_refs.render.text.style import Style
from kubectl_refs.render.watch import DataEventRenderer, TextEventRenderer, json_line
from tests.support.connecting import connect_to
from tests.support.fakes.api import FakeAPI
from tests.support.fakes.http import Canned

LOST = Failure(None, "Unable to connect to the server: EOF")


def test_a_server_that_refuses_answers_and_one_that_is_gone_does_not(tmp_path: Path) -> None:
    told: list[Asked | Served] = []
    with FakeAPI([]) as api:
        client = Client(connect_to(api, tmp_path))
        looks = Rediscovery(client, discover(client), TABLE, told.append)
        looks.check_once()
        api.fault = lambda request: Canned(403, {"kind": "Status", "message": "forbidden"})
        looks.check_once()
        api.fault = lambda request: Canned(reset=True)
        looks.check_once()
    assert told[:-1] == [Asked(), Asked()]
    assert isinstance(told[-1], Asked)
    assert told[-1].failure is not None
    assert told[-1].failure.message.startswith("Unable to connect to the server: ")


def test_a_lost_server_is_one_line_and_one_gap_of_everything() -> None:
    text = TextEventRenderer(Style(now=0, unicode=False), [], lambda: 0)
    assert [line[10:] for line in (text.lost(LOST) + text.regained(LOST)).splitlines()] == [
        "no answer  Unable to connect to the server: EOF",
        "           changes in the meantime are reported once the server answers",
        "answers    the server answers again",
    ]
    data = DataEventRenderer([], lambda: 0, json_line)
    lost, regained = (json.loads(line) for line in (data.lost(LOST), data.regained(LOST)))
    assert (lost["type"], regained["type"]) == ("Gap", "Recovered")
    assert (lost["group"], lost["resource"], lost["httpStatus"]) == ("*", "*", None)
    assert TextEventRenderer(Style(now=0), ["breaks"], lambda: 0).lost(LOST) == ""
