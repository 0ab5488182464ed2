"""References that an implementation copies into an object it makes, where they need a ReferenceGrant of their own.

On a cluster that object exists and is judged by itself; among manifests it is missing.
"""

from __future__ import annotations

from kubectl_refs.core.fields.binding import RouteBinding
from kubectl_refs.core.fields.extraction import references_of
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.judgements import Outcome, Verdict
from kubectl_refs.core.model.objects import GroupKind, ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism, Role
from kubectl_refs.core.model.references import EvaluatedReference, FoundReference, Reference
from kubectl_refs.core.references.permission import permission
from kubectl_refs.core.text.language import several
from kubectl_refs.core.view.view import View


def with_copy(view: View, evaluated: EvaluatedReference) -> EvaluatedReference:
    """An allowed reference of manifests, marked if its copy lacks a grant; any other reference unchanged."""
    into = evaluated.field.copied_into
    if into is None or view.catalog.live or evaluated.verdict is not Verdict.ALLOWED or evaluated.code is not None:
        return evaluated
    to = _copied_target(view, evaluated)
    if to is None:
        return evaluated
    own = evaluated.reference.referrer
    copy = Reference(ObjectKey(into.group, into.kind, own.namespace, own.name), evaluated.reference.path, to)
    if not copy.crosses:
        return evaluated
    found = FoundReference.without_row(copy, Mechanism.REFERENCE_GRANT, Role.BACKEND)
    if permission(view, found, RouteBinding.GATEWAY).outcome is Outcome.OK:
        return evaluated
    because = (
        f"the {into.kind} that {evaluated.field.implementation} generates from it references {to}, and no "
        f"ReferenceGrant in {to.namespace} is known to permit that"
    )
    advice = _advice(into, own.namespace, to)
    return evaluated.with_judgement(because=because, code=Code.UNGRANTED_COPY).with_notes(advice)


def _advice(into: GroupKind, namespace: str, to: ObjectKey) -> str:
    return (
        f'write a ReferenceGrant in {to.namespace} that lets {several(into.kind)} (group "{into.group}") in {namespace} '
        f'reference {to.kind} {to.name} (group "{to.group}")'
    )


def _copied_target(view: View, evaluated: EvaluatedReference) -> ObjectKey | None:
    """The copy's target: the same one, or what that one names in a field of its own; None if that is not known."""
    field, target = evaluated.field, evaluated.reference.to
    if not field.copied_from or target.group_kind != field.default:
        return target
    held = view.get(target, effect=f"what {target} names at {field.copied_from} is not known").object
    found = references_of(held, view.catalog.table)[0] if held else ()
    return next((each.reference.to for each in found if each.reference.path == field.copied_from), None)
