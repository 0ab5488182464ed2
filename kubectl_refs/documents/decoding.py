"""Bytes of a file to its text, as kubectl decodes it (golang.org/x/text/encoding/unicode, BOMOverride over UTF-8)."""

from __future__ import annotations

import codecs

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
"""The marks by which kubectl knows a text of UTF-16, as Windows writes it."""


def decoded(content: bytes) -> str:
    """UTF-8 with or without a mark, or UTF-16 with one. What is neither becomes U+FFFD, as it does with kubectl."""
    return content.decode("utf-16" if content.startswith(_UTF_16) else "utf-8-sig", "replace")
