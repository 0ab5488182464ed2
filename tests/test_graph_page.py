"""The page of graph -o html in a browser: it loads nothing, logs no errors, and shows what it contains."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.support.builders import from_entry, grant, namespaces, route_to, service, to_entry
from tests.support.hostile import HOSTILE
from tests.support.parsers import MissingError, View, browsed, chromium, package
from tests.support.running import EXAMPLES, Program, written

TYPO = EXAMPLES / "shared-services" / "from-does-not-match.yaml"
MOST = 1_500_000
"""The most bytes that a page without objects may have."""


@pytest.fixture(scope="module")
def browser() -> Path:
    """The folder of the programs that drive a browser. Skips the test, with a reason, if they are missing."""
    try:
        chromium()
        return package()
    except MissingError as error:
        pytest.skip(str(error))


def write(refs: Program, folder: Path, *words: str) -> Path:
    done = refs("graph", *words, "-o", "html")
    assert done.status == 0
    page = folder / "page.html"
    page.write_text(done.out, encoding="utf-8")
    return page


NARROW: View = (390, 844, "light")
VIEWS: Sequence[View] = ((1280, 800, "light"), NARROW, (1280, 800, "dark"))


def opened(
    browser: Path, page: Path, search: str, row: int | None = 0, views: Sequence[View] = VIEWS
) -> dict[str, Any]:
    found = browsed(browser, page, search, row, page.parent, views)
    assert found["said"] == []
    # A browser fetches images inside the page when it prints.
    assert {each for each in found["requests"] if not each.startswith("data:")} == {page.as_uri()}
    assert found["looks"] == [0] * len(views), "nothing is wider than the window"
    assert found["closed"].startswith("Nothing chosen")
    assert found["pdf"] > 10_000
    assert found["printed"] > 1000
    return found


def test_the_guides_example(refs: Program, browser: Path, tmp_path: Path) -> None:
    page = write(refs, tmp_path, "-f", str(TYPO), "--whole")
    number = refused(page)
    found = opened(browser, page, "frontend-routes", number)
    assert found["found"].startswith("HTTPRoute frontend/frontend-routes")
    assert "refused: backendRef Service shared-services/auth-service" in found["found"]
    for told in (
        "no ReferenceGrant in namespace shared-services permits HTTPRoutes in frontend to reference Service auth-service",
        "spec.rules[0].backendRefs[0]",
        'spec.from[0].namespace is "fronted", expected "frontend" (typo: no namespace "fronted" exists)',
        "kubectl patch referencegrant",
    ):
        assert told in found["told"]
    assert (found["before"], found["after"]) == (4, 1)
    for told in (
        "HTTPRoute frontend/frontend-routes",
        "refused",
        "Fix: repair spec.from[0].namespace",
        "allow-app-routes",
    ):
        assert told in found["without"], "the tables need no script"


def refused(page: Path) -> int:
    data = re.search(r'id="data">(.*?)</script>', page.read_text(), re.DOTALL)
    assert data is not None
    (edge,) = [each for each in json.loads(data[1])["edges"] if each.get("verdict") == "refused"]
    return int(edge["id"].removeprefix("e"))


def test_names_that_are_markup_are_text(refs: Program, browser: Path, tmp_path: Path) -> None:
    hostile = [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "</script><b>",
        '"><i>',
        "&lt;",
        "]]>",
        "<!--",
        HOSTILE,
    ]
    objects = [route_to((place, place), namespace=f"{place}x", name=place) for place in hostile]
    objects += [grant([from_entry(namespace=each)], [to_entry(name=each)], each, each) for each in hostile]
    path = tmp_path / "hostile.json"
    written(path, objects)
    page = write(refs, tmp_path, "-f", str(path))
    found = opened(browser, page, "alert(1)")
    assert "HTTPRoute <script>alert(1)</script>x/<script>alert(1)</script>" in found["without"]


def test_a_thousand_objects_stay_usable(refs: Program, browser: Path, tmp_path: Path) -> None:
    places = [f"team-{number}" for number in range(40)]
    routes = [route_to((places[n % 7], f"api-{n % 50}"), namespace=places[n % 40], name=f"web-{n}") for n in range(960)]
    grants = [grant([from_entry(namespace=place)], [to_entry()], places[0], f"from-{place}") for place in places]
    services = [service(places[n], f"api-{m}") for n in range(7) for m in range(50)]
    path = tmp_path / "many.json"
    items = [*namespaces(*places), *services, *routes, *grants]
    written(path, items)
    page = write(refs, tmp_path, "-f", str(path), "--by", "object")
    # Each view lays out all objects again. Anything too wide shows first in the narrow window.
    found = opened(browser, page, "web-959", views=[NARROW])
    assert "team-39/web-959" in found["found"]
    assert found["milliseconds"] < 20_000


def test_the_page_is_small_and_the_same_each_time(refs: Program, tmp_path: Path) -> None:
    text = write(refs, tmp_path, "-f", str(TYPO), "--whole").read_text()
    assert len(text.encode()) < MOST
    assert text == write(refs, tmp_path, "-f", str(TYPO), "--whole").read_text()
    assert "The Cytoscape Consortium" in text
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy[1]
