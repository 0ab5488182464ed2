"""Objects that are being deleted: they are still there, and count until they are gone."""

from __future__ import annotations

from functools import partial

from kubectl_refs.core.model.kinds import namespace_key
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.values import is_being_deleted
from kubectl_refs.core.view.view import View


def deletion_sentence(key: ObjectKey, obj: JSON | None) -> str:
    """The sentence that an object is being deleted; empty if it is not."""
    return f"{key} is being deleted" if is_being_deleted(obj) else ""


def is_terminating(view: View, namespace: str) -> bool:
    """Whether a namespace is known to be in deletion with everything in it; False for an empty name."""
    return bool(namespace) and view.once(("terminating", namespace), partial(_is_terminating, namespace))


def _is_terminating(namespace: str, view: View) -> bool:
    key = namespace_key(namespace)
    effect = f"whether namespace {namespace} is being deleted is not known"
    answer = view.without_gaps(lambda subview: subview.get(key, effect=effect, metadata_only=True))
    return is_being_deleted(answer.object)
