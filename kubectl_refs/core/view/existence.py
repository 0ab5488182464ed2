"""Whether objects exist. Those that are being deleted are still there, and count until they are gone."""

from __future__ import annotations

from functools import partial

from kubectl_refs.core.model.kinds import SERVICE, namespace_key
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.values import is_being_deleted
from kubectl_refs.core.view.reads import Answer
from kubectl_refs.core.view.view import EXISTENCE, View


def exists(view: View, key: ObjectKey, effect: str = "") -> bool | None:
    """Whether an object exists; None where that is not known."""
    effect = effect or f"whether {key} exists is not known"
    # Of a Service the ports nearly always matter too, and it is read once.
    return view.get(key, metadata_only=key.group_kind != SERVICE, effect=effect, aspect=EXISTENCE).exists


def namespace_answer(view: View, name: str) -> Answer:
    """The answer to the question whether a namespace exists."""
    effect = f'whether a namespace "{name}" exists is not known'
    return view.get(namespace_key(name), metadata_only=True, effect=effect, aspect=EXISTENCE)


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
