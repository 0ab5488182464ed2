"""Conditions as the specification requires them: the verdicts on several references summed up in one condition."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from kubectl_refs.core.conditions.reasons import REASON_ORDER
from kubectl_refs.core.model.conditions import Computed
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.records import dataclass


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One cause that keeps references from being resolved, as a line of the message.

    `reason` is the condition's reason; None if the cause only leaves open whether they are resolved.
    """

    line: str
    reason: str | None = None


def line_of(each: EvaluatedReference, obj: ObjectKey) -> str:
    """A reference in the message of a condition of `obj`: where it stands, and why it fails."""
    reference = each.reference
    place = reference.path if reference.referrer == obj else f"{reference.referrer} {reference.path}"
    return f"{place}: {each.because}"


def obstacles_of(references: Iterable[EvaluatedReference], obj: ObjectKey) -> list[Obstacle]:
    """The references that are not allowed, each with the reason that the specification names for it."""
    return [Obstacle(line_of(each, obj), each.reason) for each in references if each.verdict is not Verdict.ALLOWED]


def resolved_refs(obstacles: Iterable[Obstacle]) -> Computed:
    """`ResolvedRefs`. Its message names every failure, because a controller's message may name only one."""
    obstacles = list(obstacles)
    reasons = [each.reason for each in obstacles if each.reason is not None]
    if reasons:
        reason = next((each for each in REASON_ORDER if each in reasons), reasons[0])
        return Computed("False", reason, "; ".join(each.line for each in obstacles if each.reason is not None))
    if obstacles:
        return Computed("Unknown", "Pending", "; ".join(each.line for each in obstacles))
    return _RESOLVED


_RESOLVED = Computed("True", "ResolvedRefs", "every reference is permitted and resolved")


def with_parameters(parameters: Sequence[EvaluatedReference], obj: ObjectKey) -> Computed:
    """`Accepted` of a GatewayClass or Gateway, as far as it depends on `parametersRef` (`InvalidParameters`)."""
    obstacles = obstacles_of(parameters, obj)
    if not obstacles:
        return Computed("True", "Accepted", "; ".join(each.because for each in parameters))
    status, reason = (
        ("False", "InvalidParameters") if any(each.reason for each in obstacles) else ("Unknown", "Pending")
    )
    return Computed(status, reason, "; ".join(each.line for each in obstacles))


NO_VALID_CA = "NoValidCACertificate"


def validating_clients(certificates: Sequence[EvaluatedReference], obj: ObjectKey) -> Computed | None:
    """`Accepted` of a listener that validates its clients by these CA certificates; None if that does not decide it,
    because one of them is allowed, or there are none. Whether clients may fail the validation does not matter."""
    if not certificates or any(each.verdict is Verdict.ALLOWED for each in certificates):
        return None
    message = "; ".join(line_of(each, obj) for each in certificates)
    if any(each.verdict is Verdict.UNKNOWN for each in certificates):
        return Computed("Unknown", "Pending", message)
    return Computed("False", NO_VALID_CA, message)


def accepted(parent: EvaluatedReference) -> Computed:
    """`Accepted`, as far as it depends on the reference to the parent."""
    return _accepted(parent.verdict, parent.reason, parent.because)


@lru_cache(2**10)
def _accepted(verdict: Verdict, reason: str | None, because: str) -> Computed:
    """Cached, so that all routes that a parent accepts or refuses alike share one instance."""
    if verdict is Verdict.ALLOWED:
        return Computed("True", "Accepted", because)
    if verdict is Verdict.UNKNOWN or reason is None:
        return Computed("Unknown", "Pending", because)
    return Computed("False", reason, because)
