"""The names of a kind's objects, searched for the one that a misspelt name may mean."""

from __future__ import annotations

from kubectl_refs.core.model.objects import GroupKind
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.text.vocabulary import Vocabulary
from kubectl_refs.core.view.view import EXISTENCE, View


def names_of(view: View, kind: GroupKind, namespace: str | None) -> Vocabulary:
    """The names of a kind's objects, in a namespace or in all; none where they could not be read."""
    effect = f"names of {kind.kind} objects like the one written could not be looked up"

    def names(subview: View) -> Vocabulary:
        listed = subview.list(kind, namespace, metadata_only=True, effect=effect, aspect=EXISTENCE)
        return Vocabulary(key_of(obj).name for obj in listed.objects)

    return view.once(("names", kind, namespace), names)
