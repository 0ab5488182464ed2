"""A line of a block: a label, and a sentence that leaves out what the headline says where a terminal has no room for it."""

from __future__ import annotations

import re

from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.render.text.page import Page

COLUMN = 11
"""Where the text behind a label begins."""


def write_line(page: Page, label: str, text: str, told: ObjectKey | None = None) -> None:
    """`told` is an object that the headline names: where that saves a line, the sentence calls it `the Service`."""
    if told is not None and told.name:
        text = page.shorter(text, shortened(text, told), COLUMN)
    page.prose(label, text, column=COLUMN)


def shortened(text: str, told: ObjectKey) -> str:
    """A sentence with an object that has been named called by its kind; as it is where it names another one of that kind."""
    if not told.namespace:
        return text
    again, times = re.subn(rf"\b{re.escape(str(told))}(?![\w/-]|[.:]\w)", f"the {told.kind}", text)
    named = re.findall(rf'\b{re.escape(told.kind)} (?:"|[\w.-]+/)', text)
    return again if times == len(named) else text
