"""A condition as computed beside the one that a controller wrote: do they agree, and if not, why may that be?

A status never proves anything (spec.md 6): it may be of an older spec, older than a grant, or of a controller that
does not enforce grants at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kubectl_refs.core.controllers import KNOWN_DEVIATIONS
from kubectl_refs.core.explained import Explained
from kubectl_refs.core.grants import Grant
from kubectl_refs.core.model import Agreement, Computed, GrantName, Reported
from kubectl_refs.core.objects import entries, integer, mapping, text

NO_STATUS = "the manifest holds no status"
_EPOCH = "1970-01-01T00:00:00Z"
"""What CRDs fill in as the time of a condition that no controller has written (spec.md 6)."""


def reported_in(conditions: object, type_: str) -> Reported | None:
    """The condition of a type in a list of conditions; None if it is not there, or only the CRD's default is."""
    for condition in map(mapping, entries(conditions)):
        if condition.get("type") == type_ and condition.get("lastTransitionTime") != _EPOCH:
            return Reported(
                text(condition.get("status")) or "",
                text(condition.get("reason")) or "",
                text(condition.get("message")) or "",
                integer(condition.get("observedGeneration")),
                text(condition.get("lastTransitionTime")),
            )
    return None


def fell_back(conditions: object) -> bool:
    """Whether the controller says that it keeps an older state on purpose: then older generations are no sign of
    staleness (spec.md 6, 7.33)."""
    partly = reported_in(conditions, "PartiallyInvalid")
    return partly is not None and partly.status == "True" and partly.message.startswith("Fall Back")


def compare(
    generation: int | None,
    computed: Computed,
    reported: Reported,
    references: Sequence[Explained],
    grants: Mapping[GrantName, Grant],
    controller: str | None,
) -> tuple[Agreement, str]:
    """Whether a reported condition says what the computed one does, and why not. `generation` is the object's, None
    where an older one proves nothing."""
    seen = reported.observed_generation
    if seen and generation and seen < generation:
        return Agreement.STALE, f"written for generation {seen} of the object, which is at {generation}"
    if reported.status == "Unknown":
        return Agreement.UNKNOWN, "the controller has not decided"
    if computed.status == "Unknown":
        return Agreement.UNKNOWN, "what could not be told here decides"
    if reported.status == computed.status:
        if computed.status == "False" and reported.reason != computed.reason:
            return Agreement.AGREES, f"with another reason than {computed.reason}"
        return Agreement.AGREES, ""
    if computed.status == "True":
        newer = _newer_grant(reported, references, grants)
        if newer:
            return Agreement.STALE, f"it is older than ReferenceGrant {newer.grant}, which permits the reference now"
        return (
            Agreement.CONTRADICTS,
            "nothing stands in the way here: the controller may not support the target's kind, may not watch that "
            "namespace, or may not have noticed a change",
        )
    if computed.reason == "RefNotPermitted":
        known = KNOWN_DEVIATIONS.get(controller or "")
        if known:
            return Agreement.CONTRADICTS, f"nothing permits the reference: {known}"
        return (
            Agreement.CONTRADICTS,
            "nothing permits the reference: the controller does not enforce it, or has not seen that a grant is gone",
        )
    return Agreement.CONTRADICTS, "the specification asks for another status"


def _newer_grant(
    reported: Reported, references: Iterable[Explained], grants: Mapping[GrantName, Grant]
) -> Grant | None:
    """A permitting grant written after the condition last changed. A grant leaves the route's generation alone."""
    since = reported.last_transition_time
    if since is None:
        return None
    permitting = {match.grant for each in references for match in each.explained.grants}
    newer = [grants[name] for name in sorted(permitting) if name in grants and (grants[name].written or "") > since]
    return newer[0] if newer else None
