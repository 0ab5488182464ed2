"""The meaning of a code, for a reader who has never met it."""

from __future__ import annotations

from kubectl_refs.core.records import dataclass


@dataclass(frozen=True, slots=True)
class Explanation:
    """The explanation of a code in plain sentences, each true wherever the code appears.

    `example` is YAML, complete enough that `check` or `grants` on it reports the code.
    """

    text: str
    example: str
    resolution: str
