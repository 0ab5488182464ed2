"""Objects that nothing serves, in a line or two below the references, only if that matters."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable

from kubectl_refs.core.model.fixes import Fix
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.report import Report
from kubectl_refs.core.model.serving import Serves, Serving
from kubectl_refs.core.text.language import counted, enumerated, listing
from kubectl_refs.render.kubectl import Kubectl
from kubectl_refs.render.text.block_lines import with_short_name
from kubectl_refs.render.text.brevity import Brevity
from kubectl_refs.render.text.page import Page
from kubectl_refs.render.text.words import AS_A_GUESS

COLUMN = 12

SHOWN = 3
"""The most Services without a ready endpoint that have a line each; more are one sentence."""


def write_serving(
    page: Page,
    report: Report,
    kubectl: Kubectl,
    failing: Container[ObjectKey] | None = None,
    offers: Callable[[ObjectKey], bool] = lambda _: False,
    *,
    full: bool = False,
) -> None:
    """Write the objects that nothing serves, and Services without a ready endpoint, each with the command that shows
    more. If references to `failing` targets are shown, other Services are left out, since they can wait. `offers` says
    whether a command above offers every fix of an object, and so this one too. `full` sums nothing up."""
    if failing is not None and page.brevity >= Brevity.BESIDES:
        _hidden_counts(page, report)
        return
    told: dict[ObjectKey, None] = {}
    for because, rows in _grouped(report.unserved).items():
        names = listing([str(row.object) for row in rows])
        line = f"{names}: {because}"
        # The only object asked about need not be named; otherwise names at the line's beginning are not repeated.
        short = because if len(report.objects) == 1 else f"{names}: {_shortened_reason(because, rows)}"
        line = page.shorter_of(line, short, COLUMN)
        page.prose("not served", line, indent=0, column=COLUMN)
        for key in dict.fromkeys(row.explain for row in rows):
            if key is not None and all(key != row.object for row in rows):
                _next_command(page, kubectl.why(key))
        for row in rows:
            if row.fix is not None and row.fix.object not in told:
                told[row.fix.object] = None
                _fix(page, row.fix, kubectl, offered=offers(row.object))
    if kubectl.catalog.live and len(report.objects) == 1:
        for because in _undecided(report.serving):
            page.prose("not known", f"whether anything serves it: {because}", indent=0, column=COLUMN)
    for row in report.perhaps_wrong:
        page.prose("perhaps", row.perhaps, indent=0, column=COLUMN)
        if row.fix is not None:
            _fix(page, row.fix, kubectl, offered=offers(row.object))
    for (key, because), rows in _rules_without_backend(report.serving).items():
        rules = enumerated([row.rule for row in rows])
        page.prose("no backend", f"{key} {rules}: {because}", indent=0, column=COLUMN)
    not_ready = [
        row
        for row in _without_endpoints(report.serving)
        if failing is None or row.backend is None or row.backend in failing
    ]
    _not_ready(page, not_ready, kubectl, full=full)


def _not_ready(page: Page, rows: list[Serving], kubectl: Kubectl, *, full: bool) -> None:
    services = [f"{row.backend.namespace}/{row.backend.name}" for row in rows if row.backend is not None]
    summed = len(services) > SHOWN and not full
    if summed:
        said = f"{len(services)} Services have no ready endpoint (see -o wide): {listing(services)}"
        page.prose("not ready", said, indent=0, column=COLUMN)
    for row in rows:
        if row.backend is None or not summed:
            page.prose("not ready", row.because, indent=0, column=COLUMN)
            if row.backend is not None:
                _next_command(page, kubectl.describe(row.backend))


def _hidden_counts(page: Page, report: Report) -> None:
    """Write how much more is wrong. The summary counts the objects that nothing serves."""
    rules = sum(map(len, _rules_without_backend(report.serving).values()))
    for label, count, noun in (
        ("perhaps", len(report.perhaps_wrong), "more fault"),
        ("no backend", rules, "rule"),
        ("not ready", len(_without_endpoints(report.serving)), "Service"),
    ):
        if count:
            page.prose(label, f"{counted(count, noun)} (see -o wide)", indent=0, column=COLUMN)


def _undecided(rows: Iterable[Serving]) -> list[str]:
    """Hints that nothing may serve an object, for which the page of another object would not show more."""
    return list(
        dict.fromkeys(row.because for row in rows if row.serves is Serves.UNKNOWN and row.explain == row.object)
    )


def _grouped(rows: Iterable[Serving]) -> dict[str, list[Serving]]:
    """The rows grouped by their reason."""
    found: dict[str, list[Serving]] = {}
    for row in rows:
        found.setdefault(row.because, []).append(row)
    return found


def _shortened_reason(because: str, rows: Iterable[Serving]) -> str:
    for row in rows:
        because = with_short_name(because, row.object)
    return because


def _fix(page: Page, fix: Fix, kubectl: Kubectl, *, offered: bool) -> None:
    how = " (the fix command above offers this too)" if offered else ":"
    page.prose("fix", f"{AS_A_GUESS}{fix.title}{how}", indent=COLUMN - len("fix: "), column=COLUMN)
    if not offered:
        page.verbatim(kubectl.command(fix))


def _without_endpoints(rows: Iterable[Serving]) -> list[Serving]:
    """One row for each Service without a ready endpoint, however many objects send requests to it."""
    found: dict[ObjectKey | str, Serving] = {}
    for row in rows:
        if row.backends and not row.rule and row.serves is Serves.NO:
            found.setdefault(row.backend or row.because, row)
    return list(found.values())


def _rules_without_backend(rows: Iterable[Serving]) -> dict[tuple[ObjectKey, str], list[Serving]]:
    """The rules that lead nowhere, grouped by route and reason."""
    found: dict[tuple[ObjectKey, str], list[Serving]] = {}
    for row in rows:
        if row.rule:
            found.setdefault((row.object, row.because), []).append(row)
    return found


def _next_command(page: Page, command: str) -> None:
    if command:
        page.command("next: ".rjust(COLUMN), command)
