"""The baseline of a check: a file of findings and access that a team accepts for now, so that only new ones count."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kubectl_refs.core.findings.given_access import given_access
from kubectl_refs.core.grants.grant import FromEntry, Grant, Pair, ToEntry
from kubectl_refs.core.grants.permissions import Permission
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.values import entries, mapping, text
from kubectl_refs.core.queries.check import CheckReport
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.view.catalog import Catalog
from kubectl_refs.process.errors import reason_of, usage
from kubectl_refs.process.files import UnreadableFileError, read_file
from kubectl_refs.process.time_limit import TIMEOUT
from kubectl_refs.render.data.check import finding_data
from kubectl_refs.render.data.objects import permission_data
from kubectl_refs.render.data.report import API_VERSION
from kubectl_refs.render.data.streaming import Repeats, plain

KIND = "ReferenceBaseline"


@dataclass(frozen=True, slots=True)
class Baseline:
    """The accepted findings, by fingerprint, and the accepted permissions, None if the file does not list any."""

    fingerprints: frozenset[str] = frozenset()
    permissions: frozenset[Permission] | None = None


def read(path: str, timeout: float | None = TIMEOUT) -> Baseline:
    """The baseline in a file written by --write-baseline (of this or an earlier version) or -o json; else RefsError.

    `timeout` is in seconds, None for none.
    """
    try:
        data = mapping(json.loads(read_file(path, timeout).decode()))
    except UnreadableFileError as error:
        raise usage(str(error)) from None
    except (ValueError, RecursionError):
        raise usage(f"error parsing {path}: a baseline is JSON, as --write-baseline writes it") from None
    findings = data.get("findings")
    if not isinstance(findings, list):
        raise usage(f"error parsing {path}: a baseline has a list of findings, as --write-baseline writes it")
    prints = [text(mapping(each).get("fingerprint")) for each in findings]
    if None in prints:
        raise usage(f"error parsing {path}: a finding has no fingerprint")
    return Baseline(frozenset(each for each in prints if each), _permissions(path, data))


def _permissions(path: str, data: Mapping[str, Any]) -> frozenset[Permission] | None:
    written = data.get("permissions")
    if written is None:
        return None
    if not isinstance(written, list) or not all(isinstance(each, dict) for each in written):
        raise usage(f"error parsing {path}: the permissions of a baseline are a list, as --write-baseline writes it")
    return frozenset(map(_permission, entries(written)))


def _permission(data: Mapping[str, Any]) -> Permission:
    from_, to = mapping(data.get("from")), mapping(data.get("to"))
    return Permission(
        text(mapping(data.get("grant")).get("namespace")) or "",
        Pair(
            FromEntry(*(text(from_.get(name)) for name in ("group", "kind", "namespace"))),
            ToEntry(*(text(to.get(name)) for name in ("group", "kind", "name"))),
        ),
    )


def write(path: str, report: CheckReport, catalog: Catalog) -> None:
    """Write the findings of a report as a baseline, with the access that grants give if all grants in scope are known,
    in an order that keeps diffs readable; RefsError if the file cannot be written."""
    objects = Repeats()
    findings = (plain(finding_data(each, objects)) for each in report.findings if each.code is not Code.NEW_PERMISSION)
    data = {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "findings": _sorted({name: value for name, value in each.items() if name in _KEPT} for each in findings),
    }
    if report.every_grant:
        permissions = given_access((Grant.parse(each.source) for each in report.grants), catalog)
        data["permissions"] = _sorted(permission_data(grant.grant, each.pair) for each, grant in permissions.items())
    try:
        Path(path).write_text(json.dumps(data, indent=4) + "\n", encoding="utf-8")
    except OSError as error:
        raise usage(f"open {path}: {reason_of(error)}") from None


_KEPT = ("fingerprint", "code", "object", "path", "target")


def _sorted(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows sorted by what they are about, so that the order does not change when others come and go."""
    return sorted(rows, key=lambda row: json.dumps({name: row[name] for name in row if name != "fingerprint"}))
