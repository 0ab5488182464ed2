"""Surveys of grants for tests: over manifests, or over a cluster that refuses some reads."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from kubectl_refs.core.model.findings import Finding
from kubectl_refs.core.model.fixes import Fix
from kubectl_refs.core.model.kinds import REFERENCE_GRANT
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.queries.check import CheckReport, checked_grant
from kubectl_refs.core.queries.grant_referrers import GrantScope
from kubectl_refs.core.queries.grants import DescribedGrant, GrantReport, survey
from kubectl_refs.core.view.catalog import Catalog
from kubectl_refs.core.view.inquiry import inquire
from kubectl_refs.core.view.reads import Answer, Failure, List, Read
from kubectl_refs.manifests.source import Manifests
from kubectl_refs.render.check import render_wide
from kubectl_refs.render.text.style import Style
from tests.support.builders import CATALOG
from tests.support.reports import KUBECTL, NOW

FORBIDDEN = Answer(failure=Failure(403, "forbidden"))
LIVE = Catalog(tuple(CATALOG), live=True)
"""The catalog of a cluster that serves the usual kinds and no others."""


class Cluster:
    """Objects as a cluster that serves the kinds of `catalog`, and refuses the reads for which `refuses` holds."""

    def __init__(
        self,
        objects: Iterable[JSON],
        catalog: Catalog | None = None,
        refuses: Callable[[Read], bool] = lambda read: False,
    ) -> None:
        self._manifests = Manifests(objects, "default")
        self.catalog = catalog or self._manifests.catalog
        self._refuses = refuses
        self.reads: list[Read] = []

    def read(self, reads: Iterable[Read]) -> Mapping[Read, Answer]:
        asked = list(reads)
        self.reads += asked
        return {read: FORBIDDEN if self._refuses(read) else self._answer(read) for read in asked}

    def _answer(self, read: Read) -> Answer:
        answer = self._manifests.read([read])[read]
        digest = read.digest if isinstance(read, List) else None
        return answer if digest is None else replace(answer, objects=tuple(map(digest, answer.objects)))


def surveyed(source: Cluster, namespace: str | None = None, **scope: Any) -> GrantReport:
    return inquire(source, lambda view: survey(view, GrantScope(namespace, **scope)))


def report_on(*objects: JSON, namespace: str | None = None, **scope: Any) -> GrantReport:
    return surveyed(Cluster(objects), namespace, **scope)


def described(report: GrantReport, name: str = "g") -> DescribedGrant:
    (found,) = [each for each in report.grants if each.usage.grant.grant.name == name]
    return found


def findings_on(*objects: JSON, name: str = "g") -> tuple[Finding, ...]:
    return described(report_on(*objects), name).findings


def codes(findings: Sequence[Finding]) -> list[str]:
    return [finding.code.slug for finding in findings]


def applied(objects: Iterable[JSON], fixes: Iterable[Fix]) -> list[JSON]:
    """The objects after kubectl has run the commands of fixes, in order. Raises if the server would refuse one."""
    by_key: dict[ObjectKey, JSON] = {key_of(obj): copy.deepcopy(dict(obj)) for obj in objects}
    for fix in fixes:
        match fix.action:
            case "create":
                assert fix.manifest is not None
                assert fix.object == key_of(fix.manifest)
                assert fix.object not in by_key
                by_key[fix.object] = copy.deepcopy(dict(fix.manifest))
            case "patch":
                by_key[fix.object] = _patched(by_key[fix.object], fix.patch)
            case "delete":
                del by_key[fix.object]
            case _:
                raise AssertionError(f"{fix.action} cannot be applied")
    for key, obj in by_key.items():
        if key.group_kind == REFERENCE_GRANT:
            assert all(0 < len(obj["spec"][part]) <= 16 for part in ("from", "to"))
    return list(by_key.values())


def _patched(obj: JSON, operations: Iterable[JSON]) -> JSON:
    """JSON Patch (RFC 6902) with test, add, replace and remove."""
    result: Any = copy.deepcopy(dict(obj))
    for operation in operations:
        *parents, last = operation["path"].lstrip("/").split("/")
        place = result
        for step in parents:
            place = place[int(step)] if isinstance(place, list) else place[step]
        here: Any = int(last) if isinstance(place, list) and last != "-" else last
        match operation["op"]:
            case "test":
                assert place[here] == operation["value"]
            case "add" if last == "-":
                place.append(copy.deepcopy(operation["value"]))
            case "add" if isinstance(place, dict):
                place[here] = copy.deepcopy(operation["value"])
            case "replace":
                assert isinstance(place, list) or here in place
                place[here] = copy.deepcopy(operation["value"])
            case "remove":
                del place[here]
            case other:
                raise AssertionError(f"operation {other}")
    return dict(result)


def findings_page(report: GrantReport) -> str:
    """The page of all findings about the grants of a report."""
    found = CheckReport((), tuple(map(checked_grant, report.grants)), report.gaps)
    return render_wide(found, Style(NOW), KUBECTL, headers=True)
