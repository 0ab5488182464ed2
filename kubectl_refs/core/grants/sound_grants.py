"""Grants meant for others: does the nearest near miss of a reference do what it was written for?

If so, its fields are not wrong, and changing them would take a permission from somebody.
"""

from __future__ import annotations

from collections.abc import Iterator

from kubectl_refs.core.grants.near_miss_search import NearestMisses, lookups_of
from kubectl_refs.core.model.hints import SLIPS, Hint
from kubectl_refs.core.model.kinds import namespace_key
from kubectl_refs.core.model.near_misses import NOT_A_STRING, Difference, NearMiss
from kubectl_refs.core.model.objects import GroupKind, ObjectKey
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.model.values import at, text
from kubectl_refs.core.records import replace
from kubectl_refs.core.text.similarity import is_close, looks_deliberate
from kubectl_refs.core.view.view import View

_OTHERS = frozenset({Hint.OTHER_NAMESPACE, Hint.OTHER_NAME})


def with_soundness(view: View, reference: Reference, near: NearestMisses) -> NearestMisses:
    """The same near misses, with the nearest marked if it is sound. If the objects it names could not be read, nothing
    is concluded, so that is no gap."""
    if not near.nearest or near.nearest[0].grant.namespace != reference.to.namespace:
        return near
    first, *others = near.nearest
    sound = view.without_gaps(lambda subview: all(_are_sound(subview, reference, first)))
    return replace(near, nearest=(replace(first, sound=True), *others)) if sound else near


def _are_sound(view: View, reference: Reference, miss: NearMiss) -> Iterator[bool]:
    """Whether each differing kind, name and namespace of the two entries is meant as it is."""
    for part, index in (("from", miss.from_), ("to", miss.to)):
        entry = f"spec.{part}[{index}]."
        fields = {each.path.removeprefix(entry): each for each in miss.differences if each.path.startswith(entry)}
        namespace, name = fields.get("namespace"), fields.get("name")
        if "group" in fields or "kind" in fields:
            yield _is_other_kind(view, miss, part, index, fields)
        elif name is not None:
            yield _names_something_else(view, reference.to._replace(name=name.found or ""), name)
        if namespace is not None:
            other = namespace.found != reference.to.namespace
            yield other and _names_something_else(view, namespace_key(namespace.found or ""), namespace)
    yield not any(each.hint is Hint.SPLIT for each in miss.differences)
    yield any(each.hint is not Hint.TOO_MANY for each in miss.differences)


def _is_other_kind(view: View, miss: NearMiss, part: str, index: int, fields: dict[str, Difference]) -> bool:
    group, kind = (text(at(miss.source, "spec", part, index, field)) for field in ("group", "kind"))
    hints = {fields[each].hint for each in ("group", "kind") if each in fields}
    if group is None or kind is None or "kind" not in fields or hints & (SLIPS - {Hint.WRONG_GROUP}):
        return False
    return bool(view.catalog.serves(GroupKind(group, kind)))


def _names_something_else(view: View, key: ObjectKey, difference: Difference) -> bool:
    """Whether a value names something that exists, and is no slip of the wanted value. In a part of a cluster, an
    object not known to be absent is taken to exist."""
    wanted, found = difference.wanted, difference.found or ""
    no_name = found in ("", "*") or found.endswith(NOT_A_STRING)
    if no_name or difference.hint not in _OTHERS or (is_close(wanted, found) and not looks_deliberate(wanted, found)):
        return False
    exists = lookups_of(view).exists(key)
    return view.catalog.is_part if exists is None else exists
