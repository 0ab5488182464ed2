"""Changes that would make references work, or make grants say what was meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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
    """A change of one object, as data; the renderers turn it into a command.

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
    """What is still wrong, or not known, after the change, as the rules judge the resulting state; empty if the
    reference is then allowed. A sentence without its full stop."""
    for_owner: bool = False
    """Whether somebody else makes the change, with their own flags for reaching the cluster."""


def alternatives(fixes: Iterable[Fix]) -> Iterator[tuple[Fix, ...]]:
    """The fixes of a reference in groups, each of a fix and those that follow it."""
    steps: tuple[Fix, ...] = ()
    for fix in fixes:
        if steps and not fix.follows:
            yield steps
            steps = ()
        steps += (fix,)
    if steps:
        yield steps


class Remedy(NamedTuple):
    """What to do about one reference: the changes offered, the recommended one first, and notes on changes that are not
    offered. If there are neither, `by_hand` is the first step to take by hand, a sentence without its full stop."""

    fixes: tuple[Fix, ...] = ()
    notes: tuple[str, ...] = ()
    by_hand: str = ""


NO_REMEDY = Remedy()
"""For a reference that is in order, or whose remedy nobody asked for."""
