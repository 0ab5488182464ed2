from __future__ import annotations

import re

from kubectl_refs.core.model.report import Report
from kubectl_refs.render.details import render_details
from kubectl_refs.render.text.style import Style
from kubectl_refs.render.wide import render_wide
from tests.support.reports import COMMAND, CONDITIONS, FULL, KUBECTL, NOW, REFUSED, changed


def tables(report: Report) -> dict[str, list[list[str]]]:
    """The cells of each table by the table's first header, including the header row."""
    found: dict[str, list[list[str]]] = {}
    for block in render_wide(report, Style(NOW), KUBECTL).split("\n\n"):
        lines = block.splitlines()
        while lines and not re.match(r"(OBJECT|GRANT|NOT READ)   ", lines[0]):
            lines.pop(0)
        if lines:
            starts = [match.start() for match in re.finditer(r"(?<=   )\S|^\S", lines[0])]
            ends = [*starts[1:], None]
            rows = [[line[a:b].strip() for a, b in zip(starts, ends, strict=True)] for line in lines]
            found[" ".join(rows[0][:2])] = rows
    return found


def test_every_reference_is_a_row_with_what_decided() -> None:
    rows = tables(FULL)["OBJECT FIELD"]
    assert rows[0] == ["OBJECT", "FIELD", "TARGET", "VERDICT", "CODE", "REASON", "DECIDED BY", "DETAIL"]
    assert [row[3] for row in rows[1:]] == ["refused", "unknown", "broken", "allowed"]
    assert rows[1][:7] == [
        "HTTPRoute frontend/web",
        "spec.rules[0].backendRefs[0]",
        "Service backend/api:8080",
        "refused",
        "REF002",
        "RefNotPermitted",
        "ReferenceGrant",
    ]
    assert rows[4][4:7] == ["<none>", "Accepted", "AllowedRoutes"]


def test_every_field_of_every_grant_is_compared_matching_or_not() -> None:
    rows = tables(Report((REFUSED,)))["GRANT FIELD"]
    assert rows[0] == ["GRANT", "FIELD", "EXPECTED", "FOUND", "RESULT"]
    assert len(rows) == 1 + 7 * len(REFUSED.near_misses)
    assert [row[0] for row in rows[1:] if row[0]] == [str(miss.grant) for miss in REFUSED.near_misses]
    first = {row[1]: row[2:] for row in rows[1:8]}
    assert first["metadata.namespace"] == ["backend", "backend", "ok"]
    assert first["spec.from[0].namespace"][:2] == ["frontend", "fronted"]
    assert first["spec.from[0].namespace"][2].startswith("differs: typo")
    assert first["spec.to[0].group"] == ['""', '""', "ok"]


def test_an_entry_without_a_name_is_shown_to_take_any() -> None:
    rows = tables(Report((REFUSED,)))["GRANT FIELD"]
    assert [row[3] for row in rows if row[1] == "spec.to[0].name"] == ["api", *["<any>"] * 4]


def test_every_fix_is_shown_once() -> None:
    assert render_wide(FULL, Style(NOW), KUBECTL).count(COMMAND) == 1


def test_conditions_stand_beside_what_was_computed() -> None:
    rows = tables(FULL)["OBJECT PARENT"]
    assert len(rows) == 1 + len(CONDITIONS)
    assert rows[2] == [
        "HTTPRoute frontend/web",
        "Gateway infra/public listener http",
        "ResolvedRefs",
        "False (RefNotPermitted)",
        "True (ResolvedRefs)",
        "5m",
        "contradicts: that is contradicts",
        "example.com/controller",
    ]
    assert rows[-1][4:6] == ["<none>", "<none>"]
    assert rows[-1][-1] == "<none>"


def test_it_begins_with_everything_in_sentences() -> None:
    assert render_wide(FULL, Style(NOW), KUBECTL).startswith(render_details(FULL, Style(NOW), KUBECTL))


def test_grants_that_are_not_told_are_counted() -> None:
    assert "more ReferenceGrants that match less\n" not in render_wide(Report((REFUSED,)), Style(NOW), KUBECTL)
    shown = render_wide(Report((changed(REFUSED, near_misses_omitted=40),)), Style(NOW), KUBECTL)
    assert "\nand 40 more ReferenceGrants that match less\n" in shown
