"""Polling of an object: what is reported about it, and what is not mistaken for it."""

from __future__ import annotations

import queue
from pathlib import Path

import pytest

from kubectl_refs.core.model.kinds import NAMESPACE
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.view.offline import offline_catalog
from kubectl_refs.core.watching.state import WatchedScope
from kubectl_refs.kube.cluster import Resource
from kubectl_refs.kube.http.client import Client
from kubectl_refs.kube.polling import ObjectPoll
from kubectl_refs.kube.watching import Listed, ScopeNews, Unreadable
from tests.support.builders import namespaces
from tests.support.connecting import connect_to
from tests.support.fakes.api import FakeAPI
from tests.support.fakes.http import Canned

SCOPE = WatchedScope(NAMESPACE, None, metadata_only=True, name="shop")


def first_news(api: FakeAPI, folder: Path) -> ScopeNews:
    news: queue.Queue[ScopeNews] = queue.Queue()
    kind = offline_catalog().served(NAMESPACE)
    assert kind is not None
    poll = ObjectPoll(Client(connect_to(api, folder)), Resource(kind, offline_catalog()), SCOPE, news.put)
    poll.start()
    try:
        return news.get(timeout=30)
    finally:
        poll.stop()


def test_an_object_that_is_there_is_told_and_so_is_that_it_is_not(api: FakeAPI, tmp_path: Path) -> None:
    assert first_news(api, tmp_path) == Listed(SCOPE, ())
    api.objects += namespaces("shop")
    found = first_news(api, tmp_path)
    assert isinstance(found, Listed)
    assert [each["metadata"]["name"] for each in found.objects] == ["shop"]


@pytest.mark.parametrize("body", [{}, {"error": "the login has expired"}, *namespaces("other")])
def test_something_else_than_the_object_does_not_say_that_it_is_missing(
    api: FakeAPI, tmp_path: Path, body: JSON
) -> None:
    api.fault = lambda request: Canned(body=body)
    assert isinstance(first_news(api, tmp_path), Unreadable)
