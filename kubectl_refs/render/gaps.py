"""What could not be read, told the same way below every answer."""

from __future__ import annotations

from collections.abc import Iterable

from kubectl_refs.core.model import Gap
from kubectl_refs.render.page import Page
from kubectl_refs.render.words import gap_of, said_of


def write_gaps(page: Page, gaps: Iterable[Gap]) -> None:
    """For each gap the request, the server's words, and what that leaves open."""
    for gap in gaps:
        page.prose("not read", gap_of(gap), indent=0, column=10)
        page.prose("", said_of(gap), column=10)
        page.prose("", f"so {gap.effect}", column=10)
