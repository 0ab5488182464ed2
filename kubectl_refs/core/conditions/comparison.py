"""A computed condition beside the one that a controller wrote: do they agree, and if not, what may be the reason?

A status proves nothing by itself. It may belong to an older generation, be older than a grant, or come from a
controller that does not enforce grants.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

from kubectl_refs.core.conditions.computed import NO_VALID_CA
from kubectl_refs.core.conditions.controller_limits import is_permitted_as_core, overlooked_by, unsupported_by
from kubectl_refs.core.conditions.defects import Defect, defect_of
from kubectl_refs.core.conditions.reasons import ABOUT_CONTENT, ABOUT_REFERENCES
from kubectl_refs.core.fields.controllers import Controller, controller_of
from kubectl_refs.core.fields.releases import Release, RunningRelease
from kubectl_refs.core.grants.grant import Grant
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.conditions import READ_MESSAGE, Agreement, Comparison, Computed, Reported
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.near_misses import GrantName
from kubectl_refs.core.model.reference_fields import Mechanism
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.records import replace
from kubectl_refs.core.view.controllers import Handler

_LOOK_AT_CONTROLLER = "check that the controller is running, and read its log"
_NO_STATUS_ADVICE = f"{_LOOK_AT_CONTROLLER}; the verdicts here do not depend on it"
# Many controllers overlook a change of annotations.
_LOOKS_AGAIN = "looks again when the object's spec changes or it restarts"
_OUTDATED = f"wait a moment, then {_LOOK_AT_CONTROLLER}; one that does not watch ReferenceGrants {_LOOKS_AGAIN}"
_ENFORCE = "create the grant: a controller that enforces grants will refuse this reference"
_PORTABLE = "write the grant as the specification asks: other controllers, and later releases, refuse the reference"


_AGREES = Comparison(Agreement.AGREES)
WITHOUT_STATUS = Comparison(Agreement.ABSENT, "the manifest holds no status")
"""For a manifest that no controller has seen: nothing is missing, so there is no code."""


@lru_cache(2**8)
def absent_condition(why: str) -> Comparison:
    """For a condition that no controller has written: never proof of a failure."""
    return Comparison(Agreement.ABSENT, why, Code.NO_STATUS, _NO_STATUS_ADVICE)


def dependent_on_assumptions(reported: Reported) -> Comparison:
    """For a condition that differs and depends on objects that are not among the manifests, a part of a cluster. A
    reported failure is shown nevertheless."""
    why = "this depends on objects that are not among these manifests"
    if reported.status != "False":
        return Comparison(Agreement.UNKNOWN, why)
    return Comparison(Agreement.UNKNOWN, why, Code.OTHER_CAUSE, READ_MESSAGE)


def is_for_references(computed: Computed, resolved: Computed, reported: Reported) -> bool:
    """Whether an `Accepted` that should be True is reported False for the reason for which `ResolvedRefs` is False."""
    return (computed.status, resolved.status, reported.status) == ("True", "False", "False") and (
        resolved.reason in reported.reason.split(",")
    )


@lru_cache(2**4)
def not_accepted_for_references(reason: str) -> Comparison:
    """The comparison for such a condition. GEP-1364 has it for a TCPRoute, the conformance tests require the opposite."""
    why = (
        f"the references that fail explain it: {reason} is the reason for ResolvedRefs=False; the conformance tests ask for "
        "Accepted=True all the same"
    )
    return Comparison(Agreement.CONTRADICTS, why, Code.CONTRADICTION, "repair the references that fail")


def stale_generation(generation: int | None, reported: Reported) -> Comparison | None:
    """The comparison for a condition that was written before the object, now at `generation`, was last changed; None
    for any other condition."""
    if not reported.is_older_than(generation):
        return None
    why = f"written for generation {reported.observed_generation} of the object, which is at {generation}"
    return Comparison(Agreement.STALE, why, Code.STALE_GENERATION, f"wait a moment, then {_LOOK_AT_CONTROLLER}")


@lru_cache(2**8)
def other_controller(handler: Handler, writer: str) -> Comparison:
    """The comparison for a condition that another controller wrote than the one that handles the Gateway."""
    of_class = f'GatewayClass "{handler.class_name}" of {handler.gateway} names {handler.controller}'
    why = f"{of_class}; what {writer} wrote may be left over, and decides nothing here"
    advice = f"none is needed; if {writer} no longer runs, its entry can be removed from the status"
    return Comparison(Agreement.UNKNOWN, why, Code.OTHER_CONTROLLER, advice)


def compare(
    generation: int | None,
    computed: Computed,
    reported: Reported,
    references: Sequence[EvaluatedReference],
    grants: Mapping[GrantName, Grant],
    controller_name: str | None,
    release_of: Callable[[Controller], Release | None],
) -> Comparison:
    """Whether a reported condition has the status of the computed one, and if not, why.

    `generation` is the object's; None if a condition of an older one is not stale. `references` are those that the
    condition is about, `grants` those of all namespaces that they lead to. `release_of` returns the running release
    of a controller; None if it is not known.
    """
    outdated = stale_generation(generation, reported)
    if outdated is not None:
        return outdated
    if reported.status == "Unknown":
        advice = f"wait a moment, then {_LOOK_AT_CONTROLLER}"
        return Comparison(Agreement.UNKNOWN, "the controller has not decided", Code.UNDECIDED, advice)
    if computed.status == "Unknown":
        # Imported here: most conditions are known.
        from kubectl_refs.core.conditions.left_open import undecided

        return undecided(reported, references, controller_of(controller_name))
    if reported.status == computed.status:
        if computed.status == "False" and reported.reason != computed.reason:
            permitted = reported.reason == "RefNotPermitted" and not _any_refused(references)
            newer = _newer_grant(reported, references, grants) if permitted else None
            if newer is not None:
                return _stale_grant(newer)
            return Comparison(Agreement.AGREES, f"in its status alone: the reason is expected to be {computed.reason}")
        return _AGREES
    controller = controller_of(controller_name)

    def running() -> Release | None:
        return release_of(controller) if controller else None

    if computed.status == "True":
        return _reported_false(reported, references, grants, controller, running)
    refused = bool(references) and all(each.verdict is Verdict.REFUSED for each in references)
    if computed.reason == "RefNotPermitted" or (computed.reason == NO_VALID_CA and refused):
        return _reported_true_without_permission(references, grants, controller, running)
    return _reported_true(computed, references, grants, controller, running)


def _reported_false(
    reported: Reported,
    references: Sequence[EvaluatedReference],
    grants: Mapping[GrantName, Grant],
    controller: Controller | None,
    running: RunningRelease,
) -> Comparison:
    # Envoy Gateway joins the reasons for several references.
    reasons = set(reported.reason.split(","))
    defect = defect_of("False", reasons, references, grants, controller, running)
    if defect and defect.lasts:
        return _controller_defect(defect)
    newer = _newer_grant(reported, references, grants)
    if newer:
        return _stale_grant(newer)
    # Imported here: few conditions are False.
    from kubectl_refs.core.conditions.left_open import left_open

    left = left_open(reported, references, controller)
    if left is not None:
        return left
    if not reasons & ABOUT_REFERENCES:
        why = f"{reported.reason} is for a cause that is not checked here"
        return Comparison(Agreement.UNKNOWN, why, Code.OTHER_CAUSE, READ_MESSAGE)
    unsupported = unsupported_by(controller, references)
    if unsupported:
        advice = "use what it supports, or another implementation; no grant can help here"
        return Comparison(Agreement.CONTRADICTS, unsupported, Code.UNSUPPORTED_BY_CONTROLLER, advice)
    if defect:
        return _controller_defect(defect)
    if reasons & ABOUT_CONTENT:
        why = "it may be about the content of a Secret or ConfigMap, of which little is checked here"
        return Comparison(Agreement.UNKNOWN, why, Code.OTHER_CAUSE, READ_MESSAGE)
    if references and all(each.is_parent for each in references):
        maybe = "the controller may not have noticed a change, or may look at more than the specification asks for"
    else:
        maybe = "the controller may not support the target's kind, may not watch that namespace, or may not have noticed a change"
    by_grants = any(each.mechanism is Mechanism.REFERENCE_GRANT for each in references)
    advice = _OUTDATED if by_grants else f"wait a moment, then {_LOOK_AT_CONTROLLER}; it {_LOOKS_AGAIN}"
    return Comparison(Agreement.CONTRADICTS, f"nothing here explains it: {maybe}", Code.CONTRADICTION, advice)


def _reported_true(
    computed: Computed,
    references: Sequence[EvaluatedReference],
    grants: Mapping[GrantName, Grant],
    controller: Controller | None,
    running: RunningRelease,
) -> Comparison:
    """For a condition that should be False, for another reason than a missing permission."""
    overlooked = overlooked_by(controller, references)
    if overlooked:
        return Comparison(Agreement.AGREES, overlooked)
    if computed.reason == "ListenersNotResolved":
        # The condition is experimental, and most controllers do not sum up listeners in it.
        return Comparison(Agreement.AGREES, "apart from its listeners, which controllers seldom include here")
    defect = defect_of("True", {computed.reason}, references, grants, controller, running)
    if defect:
        return _controller_defect(defect)
    why = "the specification expects a different status"
    return Comparison(Agreement.CONTRADICTS, why, Code.CONTRADICTION, f"wait a moment, then {_LOOK_AT_CONTROLLER}")


def _reported_true_without_permission(
    references: Sequence[EvaluatedReference],
    grants: Mapping[GrantName, Grant],
    controller: Controller | None,
    running: RunningRelease,
) -> Comparison:
    overlooked = overlooked_by(controller, references)
    if overlooked:
        return Comparison(Agreement.AGREES, overlooked)
    if controller is None:
        why = "nothing permits the reference: the controller does not enforce grants, or has not seen that one is gone"
        return Comparison(Agreement.CONTRADICTS, why, Code.NOT_ENFORCED, _ENFORCE)
    if controller.never_asks:
        why = f"nothing permits the reference: {controller.never_asks}"
        return Comparison(Agreement.CONTRADICTS, why, Code.NOT_ENFORCED, _ENFORCE)
    if controller.never_crosses:
        why = f"nothing permits the reference, and {controller.never_crosses}"
        return Comparison(Agreement.CONTRADICTS, why, Code.CONTRADICTION, f"wait a moment, then {_LOOK_AT_CONTROLLER}")
    if controller.takes_core and is_permitted_as_core(references):
        why = f'nothing permits the reference: {controller.name} reads the group "core" of a grant as ""'
        return Comparison(Agreement.CONTRADICTS, why, Code.NOT_PORTABLE, _PORTABLE)
    defect = defect_of("True", {"RefNotPermitted"}, references, grants, controller, running)
    if defect:
        return _controller_defect(replace(defect, text=f"nothing permits the reference: {defect.text}"))
    doubt = controller.doubt(running)
    if doubt:
        why = f"nothing permits the reference: {doubt}"
        return Comparison(Agreement.CONTRADICTS, why, Code.NOT_ENFORCED, _ENFORCE)
    why = f"nothing permits the reference: {controller.name} asks for grants, so perhaps one that permitted it is gone or changed"
    advice = f"wait a moment; if this persists, there may be access without a grant: {_LOOK_AT_CONTROLLER}"
    return Comparison(Agreement.CONTRADICTS, why, Code.NOT_REVOKED, advice)


def _any_refused(references: Iterable[EvaluatedReference]) -> bool:
    return any(each.verdict is Verdict.REFUSED for each in references)


def _stale_grant(grant: Grant) -> Comparison:
    why = f"it is older than ReferenceGrant {grant.grant}, which permits the reference now"
    return Comparison(Agreement.STALE, why, Code.STALE_GRANT, _OUTDATED)


def _newer_grant(
    reported: Reported, references: Iterable[EvaluatedReference], grants: Mapping[GrantName, Grant]
) -> Grant | None:
    """A permitting grant that was written after the condition last changed. Writing a grant does not change the
    object's generation, so only the times can tell."""
    since = reported.last_transition_time
    if since is None:
        return None
    permitting = {match.grant for each in references for match in each.grants}
    newer = [grants[name] for name in sorted(permitting) if name in grants and (grants[name].written or "") > since]
    return newer[0] if newer else None


def _controller_defect(defect: Defect) -> Comparison:
    return Comparison(Agreement.CONTRADICTS, defect.text, Code.CONTROLLER_DEFECT, defect.advice)
