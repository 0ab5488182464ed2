"""The judgement of a reference: the verdict, layer by layer, and everything that supports it."""

from __future__ import annotations

from enum import StrEnum

from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.near_misses import GrantMatch, NearMiss
from kubectl_refs.core.model.near_targets import NearTarget
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism
from kubectl_refs.core.model.values import unsubstituted
from kubectl_refs.core.records import dataclass


class Verdict(StrEnum):
    """The answer for one reference, worst first."""

    REFUSED = "refused"
    BROKEN = "broken"
    UNKNOWN = "unknown"
    ALLOWED = "allowed"

    def __init__(self, word: str) -> None:
        self.rank = len(type(self).__members__)
        """Its place in that order, 0 for the worst."""
        self.fails = word in ("refused", "broken")
        """Whether the reference is known not to work."""


SUMMED_UP = (Verdict.ALLOWED, Verdict.REFUSED, Verdict.BROKEN, Verdict.UNKNOWN)
"""The verdicts in the order in which a summary counts them."""


class Layer(StrEnum):
    """The questions a reference must pass, in the order in which they are shown."""

    PERMISSION = "permission"
    KIND = "kind"
    TARGET = "target"
    CONTENT = "content"
    PORT = "port"
    TYPE = "type"


class Outcome(StrEnum):
    OK = "ok"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NOTE = "note"
    ASSUMED = "assumed"
    """Assumed to be good: the manifests are only a part of a cluster and say nothing about it."""


@dataclass(frozen=True, slots=True)
class Assumption:
    """Something that is not among the manifests; the verdict assumes that it exists elsewhere, as needed.

    `what` follows the object in a sentence: "exists", "exists with port 80", "admits this route".
    """

    object: ObjectKey
    what: str

    def __str__(self) -> str:
        why = "is not among these manifests"
        if unsubstituted(str(self.object.group_kind)):
            why = f"is of kind {self.object.group_kind}, which is not substituted yet"
        elif unsubstituted(self.object.path):
            why = "has a name that is not substituted yet"
        return f"{self.object} {why}; assumed: it {self.what}"


KIND_FAULTS = frozenset({Code.KIND_NOT_SUPPORTED, Code.PARENT_KIND})
MISSING = frozenset({Code.TARGET_NOT_FOUND, Code.PARENT_NOT_FOUND, Code.NAMESPACE_OMITTED})
PART_FAULTS = frozenset({Code.NO_MATCHING_PARENT, Code.PORT_NOT_FOUND, Code.MALFORMED})
REFERENCE_FAULTS = KIND_FAULTS | MISSING | PART_FAULTS
"""Faults of the reference itself, whether or not it is permitted."""


@dataclass(frozen=True, slots=True)
class Check:
    """The answer of one layer for one reference. `message` is a sentence without its full stop."""

    layer: Layer
    outcome: Outcome
    message: str

    @property
    def is_target_failure(self) -> bool:
        """Whether it failed and is not about permission: the caller can see what is wrong with the target."""
        return self.outcome is Outcome.FAILED and self.layer is not Layer.PERMISSION


@dataclass(frozen=True, slots=True)
class ReportedVerdict:
    """What a controller reports, about the object as it is now, for a reference that could not be checked here.

    `by` is its controllerName; None where the status does not hold one. `words` is the condition as it reads in the
    status, `ResolvedRefs=False (RefNotPermitted)`; `message` is the message of the condition. `alone` is False where
    the condition may equally be about another reference of the object.
    """

    verdict: Verdict
    by: str | None
    reason: str
    words: str
    alone: bool = True
    message: str = ""

    def __str__(self) -> str:
        return f"{self.by or 'its controller'} reports {self.words}" + (
            "" if self.alone else ", for this or another reference of the object"
        )


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on a reference and everything that supports it, shared by all references that are judged alike."""

    mechanism: Mechanism
    verdict: Verdict
    reason: str | None
    code: Code | None
    because: str
    checks: tuple[Check, ...] = ()
    grants: tuple[GrantMatch, ...] = ()
    grants_omitted: int = 0
    """How many more ReferenceGrants permit it, besides those in `grants`."""
    near_misses: tuple[NearMiss, ...] = ()
    """The nearest ReferenceGrants that do not permit it, nearest first."""
    near_misses_omitted: int = 0
    """How many more ReferenceGrants do not permit it and fit less well."""
    notes: tuple[str, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    """What the verdict assumes, because the manifests, a part of a cluster, do not say it."""
    ask: str = ""
    """A question to send to the owner of another namespace, if the answer lies there and could not be read."""
    ask_in: str = ""
    """That namespace, if it is not the target's."""
    listeners: tuple[str, ...] = ()
    """The listeners of a parent that admit the route."""
    fault: Code | None = None
    """What is wrong with the reference itself, permitted or not: the code for a missing kind, target or part."""
    near_targets: tuple[NearTarget, ...] = ()
    """What it may mean in that case, likeliest first."""
    unsupported: str = ""
    """Why its controllers refuse it whatever a grant permits, a sentence without its full stop; empty if they do
    not, or if that is not known."""
    reported: tuple[ReportedVerdict, ...] = ()
    """What controllers report about it, where the verdict is unknown."""
    being_deleted: str = ""
    """A note that its target is being deleted, a sentence without its full stop; empty if that is not known."""
    made_by: ObjectKey | None = None
    """What is supposed to make its missing target; None if nothing known is."""
