"""The Gateway that a reference to none may mean: one elsewhere with a similar name, or one of the class it names."""

from __future__ import annotations

from collections.abc import Iterator

from kubectl_refs.core.model.kinds import GATEWAY, GATEWAY_CLASS
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.model.values import at, key_of
from kubectl_refs.core.records import replace
from kubectl_refs.core.text.vocabulary import nearest
from kubectl_refs.core.view.view import View


def gateways_like(view: View, reference: Reference) -> Iterator[Reference]:
    """If the written name is a GatewayClass's, its Gateways: those in the namespace, or else all. If not, and the
    namespace is left out, the Gateways with the nearest name, in any namespace."""
    if reference.to.group_kind != GATEWAY:
        return
    effect = f'which Gateway may be meant by "{reference.to.name}" is not known'
    gateways = view.list(GATEWAY, None, effect=effect).objects
    name = reference.to.name
    of_class = [key_of(obj) for obj in gateways if at(obj, "spec", "gatewayClassName") == name]
    found = [key for key in of_class if key.namespace == reference.to.namespace] or of_class
    if not _is_class(view, name):
        keys = [key_of(obj) for obj in gateways]
        near = None if reference.explicit_namespace else nearest(name, sorted({key.name for key in keys}))
        found = [key for key in keys if key.name == near]
    yield from (replace(reference, to=key) for key in found)


def _is_class(view: View, name: str) -> bool:
    """Whether a GatewayClass has the name."""
    key = ObjectKey(GATEWAY_CLASS.group, GATEWAY_CLASS.kind, "", name)
    return view.get(key, metadata_only=True, effect=f"whether {key} exists is not known").object is not None
