"""Changes that would make references work."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kubectl_refs.core.model.objects import JSON, ObjectKey


class Confidence(StrEnum):
    CERTAIN = "certain"
    LIKELY = "likely"
    GUESS = "guess"


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that would make references work, as a command to copy.

    `widens` lists what else the change would permit, one phrase each; it is empty for a minimal change. `manifest`
    is set for action `create`, `patch` (JSON Patch, with `test` operations first) for action `patch`.
    """

    action: str
    object: ObjectKey
    title: str
    command: str
    confidence: Confidence
    manifest: JSON | None = None
    patch: tuple[JSON, ...] = ()
    widens: tuple[str, ...] = ()
    follows: bool = False
    """Whether it belongs to the fix before it: neither helps without the other."""
