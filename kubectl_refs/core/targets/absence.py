"""The sentence on a target that does not exist."""

from __future__ import annotations

from kubectl_refs.core.model.names import can_be_named, naming_rule
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.view.existence import is_terminating, namespace_answer
from kubectl_refs.core.view.view import View


def absence(view: View, reference: Reference) -> str:
    """The sentence on a target that does not exist, which also says if its whole namespace is missing, or being
    deleted."""
    target = reference.to
    message = f"{target} does not exist"
    if not can_be_named(target.group_kind, target.name):
        return f"{message}, and no {target.kind} can have that name (only {naming_rule(target.group_kind)})"
    if not reference.crosses:
        return message
    if namespace_answer(view, target.namespace).absent:
        return f'{message}, nor does namespace "{target.namespace}"'
    ending = is_terminating(view, target.namespace)
    return f"{message}; namespace {target.namespace} is being deleted" if ending else message
