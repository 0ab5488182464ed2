"""The evidence as tables: every reference with what decided it, and every field of every grant that was compared."""

from __future__ import annotations

from collections.abc import Iterator

from kubectl_refs.core.grants.grant import FromEntry, ToEntry
from kubectl_refs.core.model.near_misses import NearMiss
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.report import Report
from kubectl_refs.core.model.values import at, text
from kubectl_refs.render.details import render_details
from kubectl_refs.render.kubectl import Kubectl
from kubectl_refs.render.text.ages import age
from kubectl_refs.render.text.conditions import place_of
from kubectl_refs.render.text.page import Page
from kubectl_refs.render.text.style import Style
from kubectl_refs.render.text.table import NONE
from kubectl_refs.render.text.words import hint_of, target_of

ANY = "<any>"


def render_wide(report: Report, style: Style, kubectl: Kubectl) -> str:
    """Everything that is known: each reference in sentences, then tables like kubectl's wide output."""
    page = Page(style)
    page.table(
        ("OBJECT", "FIELD", "TARGET", "VERDICT", "CODE", "REASON", "DECIDED BY", "DETAIL"),
        [
            (
                str(each.reference.referrer),
                each.reference.path,
                target_of(each),
                str(each.verdict),
                each.code or NONE,
                each.reason or NONE,
                str(each.mechanism),
                each.because,
            )
            for each in report.references
        ],
    )
    for each in report.references:
        if each.near_misses:
            page.blank()
            page.line(f"{each.reference.path} of {each.reference.referrer}: ReferenceGrants compared")
            page.table(("GRANT", "FIELD", "EXPECTED", "FOUND", "RESULT"), list(_near_miss_rows(each)))
        if each.near_misses_omitted:
            page.line(f"and {each.near_misses_omitted} more ReferenceGrants that match less")
    if report.serving:
        page.blank()
        page.table(("OBJECT", "PARENT", "LISTENER", "BACKEND", "SERVES", "BECAUSE"), list(_serving(report)))
    if report.conditions:
        page.blank()
        page.table(
            ("OBJECT", "PARENT", "CONDITION", "COMPUTED", "REPORTED", "AGE", "AGREEMENT", "CONTROLLER"),
            list(_conditions(report, style)),
        )
    return f"{render_details(report, style, kubectl)}\n{page}"


def _near_miss_rows(evaluated: EvaluatedReference) -> Iterator[tuple[str, str, str, str, str]]:
    """One row for each field of each near miss, matching or not."""
    for miss in evaluated.near_misses:
        name = str(miss.grant)
        for path, wanted, found in _fields(evaluated, miss):
            difference = next((each for each in miss.differences if each.path == path), None)
            yield name, path, wanted, found, "ok" if difference is None else f"differs: {hint_of(difference)}"
            name = ""
        for difference in miss.differences:
            if difference.path in ("spec.from", "spec.to"):
                yield "", difference.path, difference.wanted, difference.found or NONE, hint_of(difference)


def _fields(evaluated: EvaluatedReference, miss: NearMiss) -> Iterator[tuple[str, str, str]]:
    referrer, target = evaluated.reference.referrer, evaluated.reference.to
    yield "metadata.namespace", target.namespace, miss.grant.namespace
    for part, index, wanted in (
        ("from", miss.from_, FromEntry.of(referrer).written),
        ("to", miss.to, ToEntry.of(target).written),
    ):
        for field, value in wanted.items():
            found = text(at(miss.source, "spec", part, index, field))
            absent = ANY if field == "name" else NONE
            yield f"spec.{part}[{index}].{field}", value or '""', absent if found is None else found or '""'


def _serving(report: Report) -> Iterator[tuple[str, ...]]:
    for row in report.serving:
        parent, backend = (NONE if key is None else str(key) for key in (row.parent, row.backend))
        yield str(row.object), parent, row.listener or NONE, backend, str(row.serves), row.because


def _conditions(report: Report, style: Style) -> Iterator[tuple[str, ...]]:
    for each in report.conditions:
        reported = each.reported
        yield (
            str(each.object),
            place_of(each),
            each.type,
            f"{each.computed.status} ({each.computed.reason})",
            f"{reported.status} ({reported.reason})" if reported else NONE,
            (age(reported.last_transition_time, style.now) if reported else None) or NONE,
            f"{each.agreement}: {each.why}" if each.why else str(each.agreement),
            each.controller_name or NONE,
        )
