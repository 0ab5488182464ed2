"""The entries of a status, each about one parent of a route or one ancestor of a policy: what each is about, and which
of them another controller wrote than the one that handles the Gateway (docs/rules.md 6.6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from kubectl_refs.core.fields.controllers import deciding_controllers
from kubectl_refs.core.model.kinds import GATEWAY
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON, GroupKind, ObjectKey
from kubectl_refs.core.model.reference_fields import Role
from kubectl_refs.core.model.values import at, entries, key_of, mapping, text
from kubectl_refs.core.view.controllers import Handler, handler_of
from kubectl_refs.core.view.holders import references_in
from kubectl_refs.core.view.view import View


def written_entries(obj: JSON) -> Sequence[JSON]:
    """The entries in the status of a route or policy."""
    status = mapping(obj.get("status"))
    return [mapping(each) for each in entries(status.get("parents") or status.get("ancestors"))]


def names_parent(written: JSON, parent: ObjectKey, own: str, places: Set[ObjectKey]) -> bool:
    """Whether the parentRef of a status entry names a parent. Controllers may leave out the namespace.

    `own` is the route's namespace, and `places` are all parents that the route names. An entry without a namespace is
    about the parent in the route's own namespace, if the route names that one.
    """
    namespace = text(written.get("namespace"))
    if not namespace:
        in_own = parent._replace(namespace=own)
        namespace = (in_own if in_own in places else parent).namespace
    return (
        text(written.get("name")) == parent.name
        and namespace == parent.namespace
        and _kind_of(written) == parent.group_kind
    )


def _kind_of(ref: JSON) -> GroupKind:
    """The kind that a parentRef of a status entry names, with the defaults of a parentRef."""
    group = text(ref.get("group")) or (GATEWAY_GROUP if "group" not in ref else "")
    return GroupKind(group, text(ref.get("kind")) or GATEWAY.kind)


def strays(view: View, obj: JSON) -> Mapping[int, Handler]:
    """The entries about Gateways that another controller wrote than the one that handles the Gateway, by their indices,
    each with that one. An entry whose Gateway, class or writer is not known is not among them."""
    if not written_entries(obj):
        return {}
    return view.once_for_as_read("strays", obj, lambda subview: _strays(subview, obj))


def _strays(view: View, obj: JSON) -> Mapping[int, Handler]:
    written, own = written_entries(obj), key_of(obj).namespace
    refs = [mapping(each.get("parentRef") or each.get("ancestorRef")) for each in written]
    places = _places(view, obj, own, refs)
    found: dict[int, Handler] = {}
    for place in places:
        about = {
            index: text(written[index].get("controllerName"))
            for index, ref in enumerate(refs)
            if names_parent(ref, place, own, places)
        }
        handler = handler_of(view, place) if any(about.values()) else None
        if handler is not None:
            counting = deciding_controllers([name for name in about.values() if name], handler.controller)
            found |= {index: handler for index, name in about.items() if name and name not in counting}
    return found


def _places(view: View, obj: JSON, own: str, refs: Sequence[JSON]) -> Set[ObjectKey]:
    """The parents that a route names, or the ancestors in the status of a policy."""
    if at(obj, "status", "parents"):
        return {each.reference.to for each in references_in(view, obj)[0] if each.field.role is Role.PARENT}
    named = (ObjectKey(*_kind_of(ref), text(ref.get("namespace")) or own, text(ref.get("name")) or "") for ref in refs)
    return set(named)


def counting_entries(view: View, obj: JSON) -> Sequence[JSON]:
    """The entries in the status of a route or policy without the strays."""
    left_out = strays(view, obj)
    return [each for index, each in enumerate(written_entries(obj)) if index not in left_out]
