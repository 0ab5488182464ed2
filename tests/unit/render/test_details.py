from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_refs.core.model.conditions import Agreement
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.report import Report
from kubectl_refs.render.details import render_details
from kubectl_refs.render.kubectl import Kubectl
from kubectl_refs.render.text.style import Style
from kubectl_refs.render.wide import render_wide
from tests.support.builders import PROPERTY
from tests.support.reports import (
    ALLOWED,
    BROKEN,
    COMMAND,
    CONDITIONS,
    FULL,
    GAPS,
    KUBECTL,
    NOW,
    PATCH,
    REFUSED,
    UNKNOWN,
    changed,
    condition,
    with_reference,
)

REPORTS = st.builds(
    Report,
    st.lists(st.sampled_from(FULL.references), max_size=5).map(tuple),
    st.lists(st.sampled_from(CONDITIONS), max_size=3).map(tuple),
    st.lists(st.sampled_from(GAPS), max_size=2).map(tuple),
    st.just(FULL.objects),
)
WIDTHS = st.sampled_from([None, 40, 80, 100, 160])
Render = Callable[[Report, Style, Kubectl], str]


def text(report: Report = FULL, width: int | None = None) -> str:
    return render_details(report, Style(NOW, width=width), KUBECTL)


def about(*references: EvaluatedReference) -> Report:
    return Report(references)


@PROPERTY
@given(REPORTS, WIDTHS, st.sampled_from([render_details, render_wide]))
def test_the_ascii_text_is_the_unicode_text_by_a_map_of_characters(
    report: Report, width: int | None, render: Render
) -> None:
    plain = render(report, Style(NOW, width=width), KUBECTL)
    glyphs = render(report, Style(NOW, width=width, unicode=True), KUBECTL)
    assert plain.isascii()
    assert glyphs.replace("→", "->").replace("│", "|") == plain


@PROPERTY
@given(REPORTS, WIDTHS, st.sampled_from([render_details, render_wide]))
def test_colour_changes_no_word(report: Report, width: int | None, render: Render) -> None:
    painted = render(report, Style(NOW, width=width, color=True), KUBECTL)
    assert re.sub(r"\x1b\[\d+m", "", painted) == render(report, Style(NOW, width=width), KUBECTL)


@PROPERTY
@given(REPORTS, st.sampled_from([40, 79]))
def test_a_narrow_terminal_gets_the_same_words_in_the_same_order(report: Report, width: int) -> None:
    whole, narrow = (re.sub(r"/\s+", "/", written).split() for written in (text(report), text(report, width)))
    assert narrow == whole


@PROPERTY
@given(REPORTS, WIDTHS)
def test_no_line_ends_in_spaces_and_the_last_line_is_the_summary(report: Report, width: int | None) -> None:
    lines = text(report, width).split("\n")
    assert all(line == line.rstrip() for line in lines)
    assert lines[-1] == ""
    assert re.fullmatch(r"\d+ references?(: \d+ \w+(, \d+ \w+)*)?", lines[-2])


@pytest.mark.parametrize("width", [None, 40, 80, 100])
@pytest.mark.parametrize("command", [PATCH, COMMAND])
def test_a_command_is_shown_from_the_margin_and_never_wrapped(command: str, width: int | None) -> None:
    assert f"\n\n{command}\n\n" in text(width=width)


def test_every_block_and_line_begins_with_its_verdict() -> None:
    lines = text().splitlines()
    assert lines[0] == "refused: HTTPRoute frontend/web -> Service backend/api:8080"
    assert "unknown: HTTPRoute frontend/web -> Service backend/api" in lines
    assert "broken: HTTPRoute frontend/web -> Service frontend/api:80" in lines
    admitted = '(allowedRoutes of listener "http" admits it)'
    assert f"allowed: HTTPRoute frontend/web -> Gateway infra/public listener http  {admitted}" in lines
    assert lines[-1] == "4 references: 1 allowed, 1 refused, 1 broken, 1 unknown"


@pytest.mark.parametrize("width", [None, 80, 120])
def test_a_headline_is_one_line_where_it_fits(width: int | None) -> None:
    admitted = '(allowedRoutes of listener "http" admits it)'
    whole = f"allowed: HTTPRoute frontend/web -> Gateway infra/public listener http  {admitted}"
    assert (whole in text(width=width).splitlines()) == (width != 80)


def test_a_headline_is_broken_between_its_parts_on_a_narrow_terminal() -> None:
    lines = text(about(ALLOWED), 60).splitlines()
    assert lines[:3] == [
        "allowed: HTTPRoute frontend/web",
        "         -> Gateway infra/public listener http",
        '         (allowedRoutes of listener "http" admits it)',
    ]


def test_what_is_wrong_stands_before_what_is_allowed() -> None:
    shown = text(about(ALLOWED, REFUSED))
    assert shown.index("refused:") < shown.index("allowed:")


def test_the_nearest_three_grants_are_told_and_the_rest_is_counted() -> None:
    shown = text(about(REFUSED))
    assert "  nearest:  ReferenceGrant backend/g spec.from[0] spec.to[0]\n" in shown
    assert "  similar:  ReferenceGrant backend/far-0 spec.from[0] spec.to[0]; every other field matches\n" in shown
    assert "far-1" in shown
    assert "far-2" not in shown
    assert "and 2 more ReferenceGrants that match less; -o wide shows them all" in shown


def test_grants_that_no_format_tells_are_counted_too() -> None:
    shown = text(about(changed(REFUSED, near_misses_omitted=40)))
    assert "and 42 more ReferenceGrants that match less; -o wide shows the nearest 5" in shown


def test_a_field_that_differs_is_named_with_both_values_and_the_hint() -> None:
    shown = text(about(REFUSED))
    typo = 'spec.from[0].namespace is "fronted", expected "frontend" (typo: no namespace "fronted" exists)'
    assert typo in shown
    assert 'spec.to[0].name is missing, expected "api" (another object)' in shown


def test_what_is_known_of_a_refused_target_is_called_the_readers_own_knowledge() -> None:
    shown = text(about(REFUSED))
    assert "  besides:  you can see that Service backend/api exists\n" in shown
    assert "you can see that Service backend/api has no port 8080; it has 80 and 443; a grant does not change" in shown


def test_fixes_are_ranked_by_their_labels_and_say_what_else_they_permit() -> None:
    shown = text(about(REFUSED))
    labels = re.findall(r"^  (fix|or|then):  +(.*)$", shown, re.MULTILINE)
    assert labels == [("fix", REFUSED.fixes[0].title), ("or", REFUSED.fixes[1].title), ("then", REFUSED.fixes[2].title)]
    assert "it would also permit HTTPRoutes in frontend to reference Service backend/other" in shown
    assert shown.count("best guess: verify before applying") == 1


def test_the_same_command_is_printed_once() -> None:
    shown = text(about(REFUSED, UNKNOWN))
    assert shown.count(COMMAND) == 1
    assert "  fix:      the same as for spec.rules[0].backendRefs[0]\n" in shown


def test_a_question_is_addressed_to_the_owner_of_the_other_namespace() -> None:
    assert f"  ask:      the owner of backend: {UNKNOWN.ask}\n" in text(about(UNKNOWN))


def test_references_that_lead_to_the_same_target_are_told_apart_by_their_path() -> None:
    again = with_reference(ALLOWED, replace(ALLOWED.reference, path="spec.parentRefs[1]"))
    assert "spec.parentRefs" not in text(about(ALLOWED))
    shown = text(about(ALLOWED, again))
    assert "admits it)  spec.parentRefs[0]\n" in shown
    assert "admits it)  spec.parentRefs[1]\n" in shown


def test_a_gap_says_what_was_asked_why_it_failed_and_what_that_leaves_open() -> None:
    shown = text(Report(gaps=GAPS))
    assert shown.splitlines()[:6] == [
        'not read: get services "api" in namespace backend',
        "          HTTP 403: services is forbidden",
        "          so whether it exists is not known",
        "not read: list referencegrants.gateway.networking.k8s.io",
        "          EOF",
        "          so what permits it is not known",
    ]


@pytest.mark.parametrize(
    ("agreement", "words"),
    [
        (Agreement.AGREES, []),
        (Agreement.STALE, ["expected now", "the controller says"]),
        (Agreement.CONTRADICTS, ["expected now", "the controller says"]),
    ],
)
def test_a_condition_begins_with_the_agreement_and_shows_ours_where_they_part(
    agreement: Agreement, words: list[str]
) -> None:
    first, second, *rest = text(Report(conditions=(condition(agreement),))).splitlines()
    told = "Gateway infra/public listener http: ResolvedRefs=True (ResolvedRefs), 5m ago, by example.com/controller"
    assert first == f"{agreement}:".ljust(13) + told
    assert second == " " * 13 + f"that is {agreement}"
    assert [word for word in words if any(word in line for line in rest)] == words
    assert len(rest) == len(words) + 2, "an empty line and the summary follow"


def test_where_we_cannot_tell_the_controllers_own_words_are_told_and_what_to_do_next() -> None:
    told = text(Report(conditions=(condition(Agreement.UNKNOWN, advice="wait a moment"),))).splitlines()
    assert [line.strip() for line in told[1:4]] == [
        "that is unknown",
        'the controller says: "all is well"',
        "advice: wait a moment",
    ]


def test_a_parent_without_an_entry_is_one_line_however_many_conditions_it_lacks() -> None:
    absent = condition(Agreement.ABSENT, reported=None, controller_name=None)
    shown = text(Report(conditions=(absent, replace(absent, type="Accepted"))))
    assert shown.count("unreported:  status for Gateway ") == 1


def test_manifests_without_a_status_say_nothing_of_controllers() -> None:
    absent = condition(Agreement.ABSENT, reported=None, controller_name=None, code=None)
    assert text(Report(conditions=(absent,))) == "0 references\n"


def test_verdicts_that_nothing_got_are_left_out_of_the_summary() -> None:
    assert text(about(ALLOWED)).splitlines()[-1] == "1 reference: 1 allowed"
    assert text(about(REFUSED, BROKEN)).splitlines()[-1] == "2 references: 1 refused, 1 broken"


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_has_a_colour_of_its_own_kind(verdict: Verdict) -> None:
    shown = render_details(about(changed(BROKEN, verdict=verdict)), Style(NOW, color=True), KUBECTL)
    color = {Verdict.ALLOWED: 32, Verdict.UNKNOWN: 33}.get(verdict, 31)
    assert shown.startswith(f"\x1b[{color}m{verdict}:\x1b[0m ")
