"""Conditions of policies per ancestor: `ResolvedRefs`, beside what each controller wrote (spec.md 2.3, 3.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kubectl_refs.core.conditions.comparison import NO_STATUS, absent, compare
from kubectl_refs.core.conditions.resolved_refs import resolved
from kubectl_refs.core.fields.table import Role
from kubectl_refs.core.grants.grant import Grant
from kubectl_refs.core.model.conditions import Computed, Condition, reported_in
from kubectl_refs.core.model.near_misses import GrantName
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.references import Verdict
from kubectl_refs.core.model.values import at, entries, integer, key_of, mapping, text
from kubectl_refs.core.references.evaluated import Explained

_REASON_ORDER = ("RefNotPermitted", "InvalidKind", "InvalidCACertificateRef", "BackendNotFound")


def policy_conditions(
    policy: JSON, references: Sequence[Explained], grants: Mapping[GrantName, Grant], *, live: bool
) -> tuple[Condition, ...]:
    """`ResolvedRefs` for every ancestor that a controller wrote about, or once where none did.

    What a policy targets is no part of it: a missing target shows on Accepted.
    """
    relevant = [each for each in references if each.held.field.role is not Role.POLICY_TARGET]
    computed = _resolved(relevant)
    generation = integer(at(policy, "metadata", "generation"))
    found = []
    for entry in [mapping(each) for each in entries(at(policy, "status", "ancestors"))] or [{}]:
        controller = text(entry.get("controllerName"))
        reported = reported_in(entry.get("conditions"), "ResolvedRefs")
        if reported is not None:
            compared = compare(generation, computed, reported, relevant, grants, controller)
        elif not live and not mapping(policy.get("status")):
            compared = absent(NO_STATUS)
        else:
            compared = absent("no controller has written it: the policy may target nothing it knows")
        found.append(
            compared.condition(
                key_of(policy),
                "ResolvedRefs",
                computed,
                reported,
                ancestor_ref=mapping(entry.get("ancestorRef")),
                controller_name=controller,
            )
        )
    return tuple(found)


def _resolved(references: Sequence[Explained]) -> Computed:
    failing = [
        (each.explained.reason, each.line)
        for each in references
        if each.explained.verdict in (Verdict.REFUSED, Verdict.BROKEN) and each.explained.reason
    ]
    open_ = [each.line for each in references if each.explained.verdict is not Verdict.ALLOWED]
    return resolved(failing, open_, _REASON_ORDER)
