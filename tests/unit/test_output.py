from __future__ import annotations

import json

import pytest
import yaml

from kubectl_refs.app.output import Output
from kubectl_refs.process.errors import USAGE, RefsError
from kubectl_refs.render.data.report import streamed, to_data
from kubectl_refs.render.formats import FORMATS, Shape, Shapes, formats_of
from kubectl_refs.render.text.style import Style
from kubectl_refs.render.why import render_why
from kubectl_refs.render.wide import render_wide
from tests.support.reports import FULL, KUBECTL, NOW

STYLE = Style(NOW)
READABLE = (Shape.TEXT, Shape.WIDE, Shape.DATA)


def shown(capsys: pytest.CaptureFixture[str], format_: str | None, query: str | None = None) -> str:
    """A report in a format; the text is for the time NOW."""
    shapes = Shapes(
        text=lambda style: render_why(FULL, STYLE, KUBECTL),
        wide=lambda style: render_wide(FULL, STYLE, KUBECTL),
        data=lambda: streamed(FULL, KUBECTL),
    )
    Output.parse(format_, READABLE, query).write(shapes)
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("format_", "query", "chosen"),
    [
        (None, None, "text"),
        ("text", None, "text"),
        ("wide", None, "wide"),
        ("json", None, "json"),
        ("yaml", None, "yaml"),
        (None, "kind", "json"),
        ("yaml", "kind", "yaml"),
        ("json", "kind", "json"),
    ],
)
def test_text_is_the_default_and_a_query_asks_for_json(format_: str | None, query: str | None, chosen: str) -> None:
    assert Output.parse(format_, READABLE, query).format == chosen


def test_manifests_are_yaml_unless_asked_for_otherwise() -> None:
    assert Output.parse(None, [Shape.MANIFESTS]).format == "yaml"
    assert Output.parse("json", [Shape.MANIFESTS]).shape is Shape.MANIFESTS


@pytest.mark.parametrize("format_", ["bogus", "JSON", "name", " json", "go-template={{.kind}}"])
def test_an_unknown_format_is_refused_in_kubectls_words(format_: str) -> None:
    with pytest.raises(RefsError) as caught:
        Output.parse(format_, READABLE)
    assert caught.value.status == USAGE
    assert caught.value.line == (
        f'error: unable to match a printer suitable for the output format "{format_}", '
        "allowed formats are: json,jsonpath,text,wide,yaml"
    )


@pytest.mark.parametrize("format_", ["text", "wide"])
def test_a_query_over_text_is_refused(format_: str) -> None:
    with pytest.raises(RefsError) as caught:
        Output.parse(format_, READABLE, "kind")
    assert caught.value.line == f"error: --query needs -o json or -o yaml, not -o {format_}"


def test_formats_are_listed_in_alphabetical_order_and_each_view_has_one() -> None:
    assert list(FORMATS) == sorted(FORMATS)
    assert formats_of(Shape) == tuple(FORMATS)
    for shape in Shape:
        assert formats_of([shape]), f"no format shows {shape}"


def test_every_format_shows_the_same_report(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, "text") == render_why(FULL, STYLE, KUBECTL)
    assert shown(capsys, "wide") == render_wide(FULL, STYLE, KUBECTL)
    assert json.loads(shown(capsys, "json")) == to_data(FULL, KUBECTL)
    assert yaml.safe_load(shown(capsys, "yaml")) == to_data(FULL, KUBECTL)


def test_a_query_replaces_the_report(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, None, "summary.refused") == "1\n"
    assert (
        shown(capsys, "yaml", "summary")
        == "allowed: 1\nrefused: 1\nbroken: 1\nunknown: 1\nassumed: 0\nreportedFalse: 0\n"
    )
