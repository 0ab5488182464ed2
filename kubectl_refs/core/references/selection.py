"""References by a policy's selectors into other namespaces: one for each object that they select there."""

from __future__ import annotations

from collections.abc import Iterator

from kubectl_refs.core.fields.extraction import selectors_of
from kubectl_refs.core.model.kinds import NAMESPACE
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON, GroupKind, ObjectKey
from kubectl_refs.core.model.reference_fields import ReferenceField
from kubectl_refs.core.model.references import FoundReference, Reference
from kubectl_refs.core.model.selectors import NAME_LABEL, matches
from kubectl_refs.core.model.values import key_of, labels_of, mapping, text
from kubectl_refs.core.view.view import View


def selected_by(view: View, obj: JSON) -> list[FoundReference]:
    """The objects in other namespaces that the selectors of an object select, each as a reference.

    An object is left out where labels that decide whether it is selected are not known.
    """
    selectors = selectors_of(obj, view.catalog.table)
    return [found for row, path, entry in selectors for found in _by_selector(view, key_of(obj), row, path, entry)]


def _by_selector(
    view: View, referrer: ObjectKey, row: ReferenceField, path: str, entry: JSON
) -> Iterator[FoundReference]:
    group = text(entry.get("group", GATEWAY_GROUP)) or ""
    kind = GroupKind(group, text(entry.get("kind")) or "")
    labels = {each: entry[each] for each in ("matchLabels", "matchExpressions") if each in entry}
    effect = f"which {kind} objects {path} of {referrer} selects is not known"
    for target in view.list(kind, None, metadata_only=True, effect=effect).objects:
        to = key_of(target)
        if to.namespace in ("", referrer.namespace) or not matches(labels, labels_of(target)):
            continue
        if _reaches(view, mapping(entry.get("namespaces")), to.namespace, effect):
            yield FoundReference(row, Reference(referrer, path, to), entry, ())


def _reaches(view: View, namespaces: JSON, namespace: str, effect: str) -> bool:
    """Whether an entry's `namespaces` selects a namespace, as far as its labels are known."""
    if namespaces.get("from") == "All":
        return True
    own = view.list(NAMESPACE, None, metadata_only=True, effect=effect)
    labels = next((labels_of(each) for each in own.objects if key_of(each).name == namespace), {})
    return matches(namespaces.get("selector"), {NAME_LABEL: namespace, **labels}) is True
