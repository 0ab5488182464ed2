"""The meaning of codes: explained in full, as a table, or as data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from kubectl_refs.core.findings.explanations import EXPLANATIONS
from kubectl_refs.core.model.codes import Code
from kubectl_refs.render.data.report import API_VERSION
from kubectl_refs.render.text.page import Page
from kubectl_refs.render.text.style import Style

KIND = "CodeList"
HEADERS = ("CODE", "NAME", "SEVERITY")


def render_explained(codes: Sequence[Code], style: Style) -> str:
    """Each code with its meaning, an example, and what to do."""
    page = Page(style)
    for code in codes:
        explanation = EXPLANATIONS[code]
        page.blank()
        page.prose("", f"{code} {code.slug}: {code.summary}", column=0)
        page.prose("severity", _severity(code), column=12)
        page.prose("meaning", explanation.text, column=12)
        page.prose("resolve", explanation.resolution.replace("`", ""), column=12)
        page.line("  example:")
        page.verbatim("\n".join(f"    {line}".rstrip() for line in explanation.example.splitlines()))
    return str(page)


def render_codes(codes: Iterable[Code], style: Style, *, headers: bool, wide: bool = False) -> str:
    """One line for each code; with `wide`, also its summary."""
    page = Page(style)
    names = (*HEADERS, "SUMMARY") if wide else HEADERS
    rows = [(str(code), code.slug, str(code.severity), *([code.summary] if wide else [])) for code in codes]
    page.table(names if headers else (), rows)
    return str(page)


def to_data(codes: Iterable[Code]) -> dict[str, Any]:
    """The codes as data, by the JSON contract."""
    return {"apiVersion": API_VERSION, "kind": KIND, "codes": [_data(code) for code in codes]}


def _data(code: Code) -> dict[str, Any]:
    explanation = EXPLANATIONS[code]
    return {
        "code": str(code),
        "title": code.slug,
        "severity": str(code.severity),
        "exceptions": [
            {"circumstance": str(circumstance), "severity": str(severity)}
            for circumstance, severity in code.exceptions.items()
        ],
        "summary": code.summary,
        "explanation": explanation.text,
        "example": explanation.example,
        "resolution": explanation.resolution,
    }


def _severity(code: Code) -> str:
    exceptions = (f"; {severity} {circumstance}" for circumstance, severity in code.exceptions.items())
    return str(code.severity) + "".join(exceptions)
