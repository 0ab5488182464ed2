"""A condition as computed beside the one that a controller wrote: do they agree, and if not, why may that be?

A status never proves anything (spec.md 6): it may be of an older spec, older than a grant, or of a controller that
does not enforce grants at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kubectl_refs.core.conditions.controllers import Controller, Defect, controller_of
from kubectl_refs.core.conditions.defects import defect_of
from kubectl_refs.core.fields.table import Role
from kubectl_refs.core.grants.grant import Grant
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.conditions import Agreement, Computed, Condition, Reported
from kubectl_refs.core.model.hints import Hint
from kubectl_refs.core.model.near_misses import GrantName
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.references import Mechanism, Verdict
from kubectl_refs.core.references.evaluated import Explained
from kubectl_refs.core.text.language import several

NO_STATUS = "the manifest holds no status"

_LOOK_AT_CONTROLLER = "look whether the controller is running, and into its log"
_CHANGE_ROUTE = "some controllers do not watch grants: wait a moment, then change an annotation of the object, so that it is looked at again"

ABOUT_REFERENCES = frozenset(
    {
        "BackendNotFound",
        "InvalidCACertificateKind",
        "InvalidCACertificateRef",
        "InvalidCertificateRef",
        "InvalidClientCertificateRef",
        "InvalidKind",
        "InvalidListenerFilterRef",
        "InvalidRouteKinds",
        "ListenersNotResolved",
        "NoMatchingListenerHostname",
        "NoMatchingParent",
        "NotAllowed",
        "NotAllowedByListeners",
        "PartiallyInvalidCertificateRef",
        "RefNotPermitted",
    }
)
"""Reasons that say something about references; a condition may be False for much else (spec.md 3.1, 3.2)."""

_ABOUT_CONTENT = frozenset(
    {
        "InvalidCACertificateRef",
        "InvalidCertificateRef",
        "InvalidClientCertificateRef",
        "PartiallyInvalidCertificateRef",
    }
)
"""Reasons that what a Secret or ConfigMap holds may give, of which little or nothing is read here."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Whether two conditions agree, why they may not, and what to do next (both sentences without full stop)."""

    agreement: Agreement
    why: str = ""
    code: Code | None = None
    advice: str = ""

    def condition(
        self, obj: ObjectKey, type_: str, computed: Computed, reported: Reported | None, **place: Any
    ) -> Condition:
        """The two conditions with what was found; `place` are the fields of Condition that say where in a status."""
        return Condition(
            obj, type_, computed, self.agreement, self.why, reported, code=self.code, advice=self.advice, **place
        )


def absent(why: str) -> Comparison:
    """Where no controller wrote the condition; it is never proof of a failure (spec.md 6, 7.36)."""
    if why == NO_STATUS:
        return Comparison(Agreement.ABSENT, why)
    return Comparison(
        Agreement.ABSENT, why, Code.NO_STATUS, f"{_LOOK_AT_CONTROLLER}; the verdicts here do not depend on it"
    )


def compare(
    generation: int | None,
    computed: Computed,
    reported: Reported,
    references: Sequence[Explained],
    grants: Mapping[GrantName, Grant],
    controller_name: str | None,
) -> Comparison:
    """Whether a reported condition says what the computed one does, and why not.

    `generation` is the object's, None where an older one proves nothing; `references` are those that the condition
    is about, `grants` all of the namespaces that they lead to.
    """
    seen = reported.observed_generation
    if seen and generation and seen < generation:
        why = f"written for generation {seen} of the object, which is at {generation}"
        return Comparison(Agreement.STALE, why, Code.STALE_GENERATION, f"wait a moment, then {_LOOK_AT_CONTROLLER}")
    if reported.status == "Unknown":
        return Comparison(
            Agreement.UNKNOWN,
            "the controller has not decided",
            Code.UNDECIDED,
            f"wait a moment, then {_LOOK_AT_CONTROLLER}",
        )
    if computed.status == "Unknown":
        return Comparison(Agreement.UNKNOWN, "this depends on what could not be told here")
    if reported.status == computed.status:
        other = computed.status == "False" and reported.reason != computed.reason
        return Comparison(Agreement.AGREES, f"with another reason than {computed.reason}" if other else "")
    controller = controller_of(controller_name)
    if computed.status == "True":
        return _reported_false(reported, references, grants, controller)
    return _reported_true(computed, reported, references, grants, controller)


def _reported_false(
    reported: Reported,
    references: Sequence[Explained],
    grants: Mapping[GrantName, Grant],
    controller: Controller | None,
) -> Comparison:
    # Envoy Gateway joins the reasons of several references.
    reasons = set(reported.reason.split(","))
    defect = defect_of("False", reasons, references, grants, controller)
    if defect and defect.lasts:
        return _by(defect)
    newer = _newer_grant(reported, references, grants)
    if newer:
        why = f"it is older than ReferenceGrant {newer.grant}, which permits the reference now"
        return Comparison(Agreement.STALE, why, Code.STALE_GRANT, _CHANGE_ROUTE)
    if not reasons & ABOUT_REFERENCES:
        why = f"{reported.reason} is about something else than what is looked at here"
        return Comparison(Agreement.UNKNOWN, why, Code.OTHER_CAUSE, "read the controller's message")
    if controller is not None:
        unsupported = _unsupported(references, controller)
        if unsupported:
            advice = "use what it supports, or another implementation; no grant can help here"
            return Comparison(Agreement.CONTRADICTS, unsupported, Code.UNSUPPORTED_BY_CONTROLLER, advice)
    if defect:
        return _by(defect)
    if reasons & _ABOUT_CONTENT:
        why = "it may be about what a Secret or ConfigMap holds, which is hardly looked at here"
        return Comparison(Agreement.UNKNOWN, why, Code.OTHER_CAUSE, "read the controller's message")
    why = (
        "nothing stands in the way here: the controller may not support the target's kind, may not watch that "
        "namespace, or may not have noticed a change"
    )
    return Comparison(Agreement.CONTRADICTS, why, Code.CONTRADICTION, f"{_CHANGE_ROUTE}; then {_LOOK_AT_CONTROLLER}")


def _reported_true(
    computed: Computed,
    reported: Reported,
    references: Sequence[Explained],
    grants: Mapping[GrantName, Grant],
    controller: Controller | None,
) -> Comparison:
    skipped = _skipped(references, controller) if controller else ""
    if skipped:
        return Comparison(Agreement.AGREES, skipped)
    if computed.reason == "ListenersNotResolved":
        # The condition is experimental, and most controllers do not sum up listeners in it.
        return Comparison(Agreement.AGREES, "apart from its listeners, which controllers seldom sum up here")
    defect = defect_of("True", {computed.reason}, references, grants, controller)
    if computed.reason != "RefNotPermitted":
        if defect:
            return _by(defect)
        why = "the specification asks for another status"
        return Comparison(Agreement.CONTRADICTS, why, Code.CONTRADICTION, f"wait a moment, then {_LOOK_AT_CONTROLLER}")
    portable = "write the grant as the specification asks: other controllers, and later releases, refuse the reference"
    enforce = (
        "have the controller enforce grants, or write the grant: a release that enforces them refuses the reference"
    )
    if controller is None:
        why = "nothing permits the reference: the controller does not enforce it, or has not seen that a grant is gone"
        return Comparison(Agreement.CONTRADICTS, why, Code.NOT_ENFORCED, enforce)
    if controller.never_asks:
        why = f"nothing permits the reference: {controller.never_asks}"
        return Comparison(Agreement.CONTRADICTS, why, Code.NOT_ENFORCED, enforce)
    if controller.takes_core and _permitted_as_core(references):
        why = f'nothing permits the reference: {controller.name} reads the group "core" of a grant as ""'
        return Comparison(Agreement.CONTRADICTS, why, Code.NOT_PORTABLE, portable)
    if defect:
        return _by(replace(defect, text=f"nothing permits the reference: {defect.text}"))
    if controller.may_not_ask:
        why = f"nothing permits the reference: {controller.may_not_ask}"
        return Comparison(Agreement.CONTRADICTS, why, Code.NOT_ENFORCED, enforce)
    why = f"nothing permits the reference any more: {controller.name} asks for grants, so one that permitted it is gone or changed"
    advice = f"wait a moment; if it stays, access is not revoked: {_LOOK_AT_CONTROLLER}"
    return Comparison(Agreement.STALE, why, Code.NOT_REVOKED, advice)


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


def _unsupported(references: Iterable[Explained], controller: Controller) -> str:
    """Which reference a controller lets no grant permit, whatever the specification says; empty if there is none."""
    for each in references:
        reference, mechanism = each.held.reference, each.explained.mechanism
        if mechanism is Mechanism.MESH and controller.asks_in_meshes and not each.is_parent:
            return f"{controller.name} asks for a grant in a mesh too, where most do not"
        if mechanism is not Mechanism.REFERENCE_GRANT:
            continue
        for kind, honoured, verb in (
            (reference.referrer.group_kind, controller.referrers, "made by"),
            (reference.to.group_kind, controller.targets, "to"),
        ):
            if honoured is not None and kind not in honoured:
                return f"{controller.name} takes no notice of grants for references {verb} {several(kind.kind)}"
    return ""


def _skipped(references: Iterable[Explained], controller: Controller) -> str:
    """What a controller does not look at, where that is all that is wrong; empty where something else is."""
    told: dict[str, None] = {}
    failing = [each for each in references if each.explained.verdict in (Verdict.REFUSED, Verdict.BROKEN)]
    for each in failing:
        weightless = each.held.field.role is Role.BACKEND and each.held.entry.get("weight") == 0
        if controller.skips_weight_zero and weightless:
            told["backends of weight 0"] = None
        elif controller.skips_ports and each.explained.code == Code.PORT_NOT_FOUND:
            told["ports that a Service does not have"] = None
        else:
            return ""
    return f"apart from {' and '.join(told)}, which {controller.name} does not look at" if told else ""


def _permitted_as_core(references: Iterable[Explained]) -> bool:
    """Whether every reference that no grant permits would be permitted if the group "core" meant the core group."""
    refused = [each for each in references if each.explained.reason == "RefNotPermitted"]
    return bool(refused) and all(
        any(
            {difference.hint for difference in miss.differences} == {Hint.CORE_ALIAS}
            for miss in each.explained.near_misses
        )
        for each in refused
    )


def _by(defect: Defect) -> Comparison:
    return Comparison(Agreement.CONTRADICTS, defect.text, Code.CONTROLLER_DEFECT, defect.advice)
