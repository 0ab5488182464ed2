"""The baseline of a check: findings that a team has and accepts for now, in a file, so that only new ones count."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from kubectl_refs.core.model.findings import Finding
from kubectl_refs.core.model.values import entries, mapping, text
from kubectl_refs.process.errors import reason_of, usage
from kubectl_refs.process.files import UnreadableFileError, read_file
from kubectl_refs.process.time_limit import TIMEOUT
from kubectl_refs.render.data.check import finding_data
from kubectl_refs.render.data.report import API_VERSION

KIND = "ReferenceBaseline"


def read(path: str, timeout: float | None = TIMEOUT) -> frozenset[str]:
    """The fingerprints in a file that --write-baseline or -o json wrote; RefsError for any other.

    `timeout` is in seconds, None for none.
    """
    try:
        data = json.loads(read_file(path, timeout).decode())
    except UnreadableFileError as error:
        raise usage(str(error)) from None
    except (ValueError, RecursionError):
        raise usage(f"error parsing {path}: a baseline is JSON, as --write-baseline writes it") from None
    findings = mapping(data).get("findings")
    if not isinstance(findings, list):
        raise usage(f"error parsing {path}: a baseline has a list of findings, as --write-baseline writes it")
    prints = [text(mapping(each).get("fingerprint")) for each in entries(findings)]
    if None in prints:
        raise usage(f"error parsing {path}: a finding of it has no fingerprint")
    return frozenset(each for each in prints if each)


def write(path: str, findings: Iterable[Finding]) -> None:
    """Write findings as a baseline, in an order that makes changes readable; RefsError where that cannot be done."""
    data = {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "findings": sorted(
            ({name: value for name, value in finding_data(each).items() if name in _KEPT} for each in findings),
            key=lambda each: json.dumps(each["object"]) + (each["path"] or "") + each["code"],
        ),
    }
    try:
        Path(path).write_text(json.dumps(data, indent=4) + "\n", encoding="utf-8")
    except OSError as error:
        raise usage(f"open {path}: {reason_of(error)}") from None


_KEPT = ("fingerprint", "code", "object", "path", "target")
