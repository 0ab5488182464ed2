"""The places in a source's manifests where objects and fields stand."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from kubectl_refs.core.model.locations import Locate, Location
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.records import replace
from kubectl_refs.core.view.reads import Holding, Source

if TYPE_CHECKING:
    from kubectl_refs.core.model.report import Report
    from kubectl_refs.core.queries.check import Checked, CheckReport
    from kubectl_refs.manifests.source import Manifests

KEPT = 1_000
"""How many places are cached: more than one object has."""


def with_places(report: CheckReport, source: Source, *, of_references: bool = False) -> CheckReport:
    """The report with the place of every finding, and with `of_references` of every reference."""
    locate = locator(source)
    if locate is None:
        return report

    def placed(checked: Checked) -> Checked:
        findings = tuple(replace(each, source=locate(each.object, each.path)) for each in checked.findings)
        references = located(checked.references, locate) if of_references else checked.references
        # Most objects are only referenced, and there is nothing to place.
        return replace(checked, references=references, findings=findings) if references or findings else checked

    return replace(report, objects=tuple(map(placed, report.objects)), grants=tuple(map(placed, report.grants)))


def with_report_located(report: Report, source: Source) -> Report:
    """The report with the place of every reference and of every misspelt field."""
    locate = locator(source)
    if locate is None:
        return report
    misspelt = tuple(replace(each, source=locate(each.object, each.path)) for each in report.misspelt)
    return replace(report, references=located(report.references, locate), misspelt=misspelt)


def located(references: Iterable[EvaluatedReference], locate: Locate) -> tuple[EvaluatedReference, ...]:
    """References with the places where they stand."""
    return tuple(replace(each, source=locate(each.reference.referrer, each.reference.path)) for each in references)


def locator(source: Source) -> Locate | None:
    """A function that tells where an object and a field stand in the manifests; None for a cluster."""
    manifests = _manifests_of(source)
    if manifests is None:
        return None

    # Nearly every finding is on a reference, and both have the same place.
    @lru_cache(maxsize=KEPT)
    def locate(key: ObjectKey, path: str) -> Location | None:
        origin = manifests.origin(key)
        return None if origin is None else origin.location(path)

    return locate


def _manifests_of(source: Source) -> Manifests | None:
    if not isinstance(source, Holding):
        return None
    # Imported here: a cluster needs no reader of manifests.
    from kubectl_refs.app.input.overlay import Overlay
    from kubectl_refs.manifests.source import Manifests

    found = source.manifests if isinstance(source, Overlay) else source
    return found if isinstance(found, Manifests) else None
