"""Text of a cluster within Markdown, where it means nothing but itself."""

from __future__ import annotations

import re

from kubectl_refs.core.text.escaping import safe


def code(text: str) -> str:
    """Text as code, which means nothing but itself: its fence is longer than any within it."""
    shown = safe(text).replace("|", "\\|")
    fence = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") or not shown.strip() else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


_MARKUP = re.compile(r"[\\`*_{}\[\]<>#|!~$&@^+=]|:(?=//)|(?<=www)\.", re.IGNORECASE)


def plain(text: str) -> str:
    """Text without markup: a backslash before whatever GitHub might read as any."""
    return _MARKUP.sub(lambda match: f"\\{match[0]}", safe(text))
