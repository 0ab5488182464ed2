"""Bytes of a file to its text, as kubectl decodes it (golang.org/x/text/encoding/unicode, BOMOverride over UTF-8)."""

from __future__ import annotations

import codecs

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
"""The byte order marks by which kubectl recognises UTF-16, as Windows writes it."""


def decoded(content: bytes) -> str:
    """UTF-8 with or without a byte order mark, or UTF-16 with one. As in kubectl, other bytes become U+FFFD."""
    return content.decode("utf-16" if content.startswith(_UTF_16) else "utf-8-sig", "replace")
