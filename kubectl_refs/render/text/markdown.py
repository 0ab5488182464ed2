"""Text from a cluster in Markdown, escaped so that it never acts as markup."""

from __future__ import annotations

import re

from kubectl_refs.core.text.escaping import safe


def code(text: str) -> str:
    """Text as inline code. Its fence is longer than any run of backticks in it, so nothing in it acts as markup."""
    shown = safe(text).replace("|", "\\|")
    fence = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") or not shown.strip() else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


_MARKUP = re.compile(r"[\\`*_{}\[\]<>#|!~$&@^+=]|:(?=//)|(?<=www)\.", re.IGNORECASE)


def plain(text: str) -> str:
    """Text without markup: whatever GitHub might read as markup gets a backslash."""
    return _MARKUP.sub(lambda match: f"\\{match[0]}", safe(text))
