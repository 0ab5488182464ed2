"""JSON that Python accepts and Go does not."""

from __future__ import annotations

from typing import NoReturn


def no_constant(word: str) -> NoReturn:
    """The `parse_constant` of a decoder that refuses NaN and the infinities; raises ValueError for any of them."""
    raise ValueError(f"{word} is not JSON")
