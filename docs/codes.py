"""Writes docs/codes.md, the page of all codes, from what the program itself says of them: `python -m docs.codes`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kubectl_refs.core.findings.explanations import EXPLANATIONS
from kubectl_refs.core.model.codes import Code, Severity

PAGE = Path(__file__).parent / "codes.md"

_HEAD = """\
# Codes of findings

`kubectl refs check` and `kubectl refs grants --findings` give every finding a code. A code keeps its meaning and is never
used again for another one, so scripts, baselines, `--code` and `--ignore` can rely on it; its number and its name are both
understood there.

The examples leave out what does not matter for their code; a check of one may report other codes as well.

This page is written by `python -m docs.codes`. Do not edit it.
"""


def page() -> str:
    """The page in Markdown."""
    lines = [_HEAD, *_severities(), "", *_table(), *(line for code in Code for line in _section(code))]
    return "\n".join(lines) + "\n"


def _severities() -> Iterator[str]:
    meanings = {
        Severity.ERROR: "does not work, permits nothing, or gives access that nothing permits",
        Severity.WARNING: "may not work, or does more or less than its text suggests",
        Severity.INFO: "is worth a look; nothing is known to be broken",
    }
    yield from (f"- `{severity}`: {meanings[severity]}" for severity in Severity)


def _table() -> Iterator[str]:
    yield "| Code | Name | Severity | What is wrong |"
    yield "|---|---|---|---|"
    for code in Code:
        anchor = f"{code.lower()}-{code.slug}"
        yield f"| [{code}](#{anchor}) | `{code.slug}` | {_severity(code)} | {code.summary} |"


def _severity(code: Code) -> str:
    exceptions = (f"; {severity} {circumstance}" for circumstance, severity in code.exceptions.items())
    return str(code.severity) + "".join(exceptions)


def _section(code: Code) -> Iterator[str]:
    explained = EXPLANATIONS[code]
    yield f"\n## {code} {code.slug}\n"
    yield f"{code.summary}. Severity: {_severity(code)}.\n"
    yield f"{explained.text}\n"
    yield f"```yaml\n{explained.example}```\n"
    yield f"**What to do:** {explained.resolution}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
