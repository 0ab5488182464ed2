"""Changes that would make references work, or make grants say what is meant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import NamedTuple

from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.records import dataclass


class Confidence(StrEnum):
    CERTAIN = "certain"
    LIKELY = "likely"
    GUESS = "guess"


@dataclass(frozen=True, slots=True)
class Fix:
    """A change of one object, as data; the renderers make a command of it.

    `action` is `create`, `patch`, `edit` or `delete`. `manifest` is set for `create`, `patch` (JSON Patch, with `test`
    operations first) for `patch`. An `edit` sets `labels`; without any, only the object's owner knows what to write.
    `widens` lists what else the change would permit, one phrase each; it is empty for a minimal change.
    """

    action: str
    object: ObjectKey
    title: str
    confidence: Confidence
    manifest: JSON | None = None
    patch: tuple[JSON, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    widens: tuple[str, ...] = ()
    follows: bool = False
    """Whether it belongs to the fix before it: neither helps without the other."""
    remains: str = ""
    """What is still wrong after it, or not known, as the rules find it on the state that it makes; empty where the
    reference is allowed then. A sentence without its full stop."""
    for_owner: bool = False
    """Whether somebody else makes the change, who reaches the cluster by flags of their own."""


class Remedy(NamedTuple):
    """What is to be done about one reference: the changes that are offered, the recommended one first, the notes on those
    that are not, and what is to be done first by hand, a sentence without its full stop, where neither is told."""

    fixes: tuple[Fix, ...] = ()
    notes: tuple[str, ...] = ()
    by_hand: str = ""


NO_REMEDY = Remedy()
"""Of a reference that is in order, or that nobody asked how to mend."""
