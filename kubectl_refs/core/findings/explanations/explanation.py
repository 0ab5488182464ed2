"""What a code means, for somebody who has never met it."""

from __future__ import annotations

from kubectl_refs.core.records import dataclass


@dataclass(frozen=True, slots=True)
class Explanation:
    """A code explained in plain sentences; each is true wherever the code appears.

    `example` is YAML, complete enough that a check of it, or a look at its grants, reports the code.
    """

    text: str
    example: str
    resolution: str
