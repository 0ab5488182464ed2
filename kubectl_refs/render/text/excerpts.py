"""Quotations of the user's own YAML, with the field that matters underlined and labelled.

They are shown only on a terminal that is wide enough; the text beside them always says the same in words.
"""

from __future__ import annotations

from collections.abc import Mapping

from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.text.yaml import to_yaml
from kubectl_refs.render.text.page import Page
from kubectl_refs.render.text.style import Tone

_SHOWN = ("group", "kind", "namespace", "name", "sectionName", "port")
"""The deciding fields of a reference or of a grant's entry; weights, filters and the like are left out."""


_MARGIN = 15
"""The columns in front of a quotation."""


def quote(page: Page, entry: JSON, labels: Mapping[str, str]) -> None:
    """Quote the deciding fields of a list entry. `labels` says what is right or wrong about a field."""
    margin = (f"            {page.style.glyph('│')}  ", Tone.DIM)
    fields = [name for name in entry if name in _SHOWN]
    for number, name in enumerate(fields):
        value = entry[name]
        written = to_yaml({name: value}).rstrip("\n")
        page.line(margin, ("- " if number == 0 else "  ") + written)
        if name in labels:
            at = len("- ") + len(f"{name}: ")
            carets = "^" * max(len(written) - len(f"{name}: "), 1)
            label, width = labels[name], page.style.width
            if width is None or _MARGIN + at + len(f"{carets} {label}") <= width:
                page.line(margin, " " * at, (f"{carets} {label}", Tone.BAD))
            else:
                below = at if _MARGIN + at + len(label) <= width else len("- ")
                page.line(margin, " " * at, (carets, Tone.BAD))
                page.line(margin, " " * below, (label, Tone.BAD))
