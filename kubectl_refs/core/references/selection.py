"""What the selectors of a policy reach in other namespaces: one reference for each object that they select there."""

from __future__ import annotations

from collections.abc import Iterator

from kubectl_refs.core.model.kinds import NAMESPACE
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON, GroupKind
from kubectl_refs.core.model.reference_fields import ReferenceField
from kubectl_refs.core.model.references import FoundReference, Reference
from kubectl_refs.core.model.selectors import NAME_LABEL, matches
from kubectl_refs.core.model.values import at, entries, key_of, labels_of, mapping, text
from kubectl_refs.core.view.view import View


def selected_by(view: View, obj: JSON) -> list[FoundReference]:
    """The objects of other namespaces that the entries of an object's selecting rows select, each as a reference.

    Whether labels that are not known select an object stays open: it is left out.
    """
    rows = (row for row in view.catalog.table.fields_of(key_of(obj).group_kind) if row.selects)
    return [found for row in rows for found in _by_row(view, obj, row)]


def _by_row(view: View, obj: JSON, row: ReferenceField) -> Iterator[FoundReference]:
    referrer, listed = key_of(obj), row.path.removesuffix("[*]")
    for index, entry in enumerate(map(mapping, entries(at(obj, *listed.split("."))))):
        kind = text(entry.get("kind"))
        if not kind or text(at(entry, "namespaces", "from")) not in ("All", "Selector"):
            continue
        group = entry.get("group", GATEWAY_GROUP)
        labels = {each: entry[each] for each in ("matchLabels", "matchExpressions") if each in entry}
        path = f"{listed}[{index}]"
        effect = f"which {kind} objects {path} of {referrer} selects is not known"
        answer = view.list(GroupKind(text(group) or "", kind), None, metadata_only=True, effect=effect)
        for target in answer.objects:
            to = key_of(target)
            if to.namespace in ("", referrer.namespace) or not matches(labels, labels_of(target)):
                continue
            if _reaches(view, mapping(entry.get("namespaces")), to.namespace, effect):
                yield FoundReference(row, Reference(referrer, path, to), entry, (index,))


def _reaches(view: View, namespaces: JSON, namespace: str, effect: str) -> bool:
    """Whether an entry's `namespaces` selects a namespace, as far as its labels are known."""
    if namespaces.get("from") == "All":
        return True
    own = view.list(NAMESPACE, None, metadata_only=True, effect=effect)
    labels = next((labels_of(each) for each in own.objects if key_of(each).name == namespace), {})
    return matches(namespaces.get("selector"), {NAME_LABEL: namespace, **labels}) is True
