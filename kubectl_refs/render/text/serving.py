"""What serves nobody, in a line or two below the references: only where it matters."""

from __future__ import annotations

from collections.abc import Container, Iterable

from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.report import Report
from kubectl_refs.core.model.serving import Serves, Serving
from kubectl_refs.render.kubectl import Kubectl
from kubectl_refs.render.text.page import Page
from kubectl_refs.render.text.words import AS_A_GUESS

COLUMN = 12


def write_serving(page: Page, report: Report, kubectl: Kubectl, failing: Container[ObjectKey] | None = None) -> None:
    """The objects that nothing serves, and Services without a ready endpoint, each with the command that tells more. Where
    references to `failing` targets are told, no other Service is: it can wait."""
    told: dict[ObjectKey, None] = {}
    for row in report.unserved:
        page.prose("not served", f"{row.object}: {row.because}", indent=0, column=COLUMN)
        if row.explain is not None and row.explain != row.object:
            _next(page, kubectl.why(row.explain))
        if row.fix is not None and row.fix.object not in told:
            told[row.fix.object] = None
            _fix(page, row, kubectl)
    for row in report.perhaps_wrong:
        page.prose("perhaps", row.perhaps, indent=0, column=COLUMN)
        _fix(page, row, kubectl)
    for row in _without_endpoints(report.serving):
        if failing is not None and row.backend is not None and row.backend not in failing:
            continue
        page.prose("not ready", row.because, indent=0, column=COLUMN)
        if row.backend is not None:
            _next(page, kubectl.describe(row.backend))


def _fix(page: Page, row: Serving, kubectl: Kubectl) -> None:
    if row.fix is not None:
        page.prose("fix", f"{AS_A_GUESS}{row.fix.title}:", indent=COLUMN - len("fix: "), column=COLUMN)
        page.verbatim(kubectl.command(row.fix))


def _without_endpoints(rows: Iterable[Serving]) -> list[Serving]:
    """One row for each Service, whichever objects send requests to it."""
    found: dict[ObjectKey | str, Serving] = {}
    for row in rows:
        if row.backends and row.serves is Serves.NO:
            found.setdefault(row.backend or row.because, row)
    return list(found.values())


def _next(page: Page, command: str) -> None:
    if command:
        page.command("next: ".rjust(COLUMN), command)
