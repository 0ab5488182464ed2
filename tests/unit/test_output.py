from __future__ import annotations

import json

import pytest
import yaml

from kubectl_refs.app.output import Output
from kubectl_refs.process.errors import USAGE, RefsError
from kubectl_refs.render.data.report import to_data
from kubectl_refs.render.text.style import Style
from kubectl_refs.render.why import render_why
from kubectl_refs.render.wide import render_wide
from tests.support.reports import FULL, KUBECTL, NOW

STYLE = Style(NOW)


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
    assert Output.parse(format_, query).format == chosen


@pytest.mark.parametrize("format_", ["bogus", "JSON", "name", " json", "jsonpath={.kind}"])
def test_an_unknown_format_is_refused_in_kubectls_words(format_: str) -> None:
    with pytest.raises(RefsError) as caught:
        Output.parse(format_, None)
    assert caught.value.status == USAGE
    assert caught.value.line == (
        f'error: unable to match a printer suitable for the output format "{format_}", '
        "allowed formats are: json,text,wide,yaml"
    )


@pytest.mark.parametrize("format_", ["text", "wide"])
def test_a_query_over_text_is_refused(format_: str) -> None:
    with pytest.raises(RefsError) as caught:
        Output.parse(format_, "kind")
    assert caught.value.line == f"error: --query needs -o json or -o yaml, not -o {format_}"


def test_every_format_shows_the_same_report() -> None:
    assert "".join(Output.parse("text", None).render(FULL, STYLE, KUBECTL)) == render_why(FULL, STYLE, KUBECTL)
    assert "".join(Output.parse("wide", None).render(FULL, STYLE, KUBECTL)) == render_wide(FULL, STYLE, KUBECTL)
    assert json.loads("".join(Output.parse("json", None).render(FULL, STYLE, KUBECTL))) == to_data(FULL, KUBECTL)
    assert yaml.safe_load("".join(Output.parse("yaml", None).render(FULL, STYLE, KUBECTL))) == to_data(FULL, KUBECTL)


def test_a_query_replaces_the_report() -> None:
    assert "".join(Output.parse(None, "summary.refused").render(FULL, STYLE, KUBECTL)) == "1\n"
    assert (
        "".join(Output.parse("yaml", "summary").render(FULL, STYLE, KUBECTL))
        == "allowed: 1\nrefused: 1\nbroken: 1\nunknown: 1\n"
    )
