"""Remarks on a reference that decide nothing: on its field, and on who takes its target."""

from __future__ import annotations

from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.judgements import Check, Layer, Outcome
from kubectl_refs.core.model.reference_fields import Mechanism
from kubectl_refs.core.model.references import FoundReference
from kubectl_refs.core.model.values import text
from kubectl_refs.core.references.kinds_without_group import ignored_group_remark
from kubectl_refs.core.references.permission import PermissionDecision
from kubectl_refs.core.targets.result import Target


def target_remarks(target: Target) -> list[str]:
    """Remarks on whether the reference's controllers take a target of its kind or with its contents, where not all do."""
    notes = (check for check in target.checks if check.outcome is Outcome.NOTE)
    return [check.message for check in notes if check.layer in (Layer.KIND, Layer.CONTENT)]


def field_remarks(found: FoundReference, permitted: PermissionDecision) -> tuple[Check, ...]:
    """Remarks on the field: who asks for a grant there, and a namespace or group written there that does not count."""
    granted, free = permitted.mechanism is Mechanism.REFERENCE_GRANT, found.field.governed_by is Mechanism.UNGOVERNED
    crosses = granted or (free and found.reference.crosses)
    told = [found.field.note] if crosses and found.field.note else []
    if permitted.code is not Code.LOCAL_ONLY and (without_effect := namespace_without_effect(found)):
        told.append(without_effect)
    by_kind = ignored_group_remark(found)
    told += [by_kind.message] if by_kind else []
    return tuple(Check(Layer.PERMISSION, Outcome.NOTE, remark) for remark in told)


def namespace_without_effect(found: FoundReference) -> str:
    """The remark on a written namespace that does not count, since the target is in another one or in none; empty if
    there is no such namespace."""
    written, reference = text(found.entry.get("namespace")), found.reference
    if not written or reference.explicit_namespace or written == reference.to.namespace:
        return ""
    lacking = found.field.without_namespace if reference.to.namespace else f"a {reference.to.kind} has no namespace"
    return f'{lacking}: "{written}" there has no effect'
