"""What is being deleted: it is still there, and counts until it is gone."""

from __future__ import annotations

from kubectl_refs.core.model.kinds import NAMESPACE
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.values import at
from kubectl_refs.core.view.view import View


def is_being_deleted(obj: JSON | None) -> bool:
    return bool(at(obj, "metadata", "deletionTimestamp")) or at(obj, "status", "phase") == "Terminating"


def is_terminating(view: View, namespace: str) -> bool:
    """Whether a namespace is known to be deleted with everything in it; an empty name is none."""
    if not namespace:
        return False

    def look(apart: View) -> bool:
        key = ObjectKey(NAMESPACE.group, NAMESPACE.kind, "", namespace)
        effect = f"whether namespace {namespace} is being deleted is not known"
        return is_being_deleted(apart.get(key, effect=effect, metadata_only=True).object)

    return view.once(("terminating", namespace), lambda apart: apart.without_gaps(look))
