"""How untrusted text is made safe for a terminal."""

from __future__ import annotations

import re

_UNSAFE = (
    r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufff9-\ufffb\ud800-\udfff"
    # Invisible characters: two names that look alike may differ by them.
    r"\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065\u3164\ufe00-\ufe0f\ufeff\uffa0"
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


def safe(text: str) -> str:
    """Text from the cluster with control, direction and invisible characters spelled out: none reaches a terminal.

    kubectl's printers do the same for control characters (cli-runtime printers/terminal.go).
    """
    if text.isascii() and text.isprintable():
        return text
    return re.sub(_UNSAFE, lambda match: ascii(match[0])[1:-1], text)
