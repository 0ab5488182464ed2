"""What is read about controllers: which one handles a Gateway, by its GatewayClass, and which release of it runs."""

from __future__ import annotations

from typing import NamedTuple

from kubectl_refs.core.fields.controllers import Controller
from kubectl_refs.core.fields.releases import Release, release_in
from kubectl_refs.core.model.kinds import GATEWAY, GATEWAY_CLASS, LISTENER_SETS
from kubectl_refs.core.model.objects import JSON, GroupKind, ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism
from kubectl_refs.core.model.references import FoundReference
from kubectl_refs.core.model.values import at, key_of, text
from kubectl_refs.core.view.holders import references_in
from kubectl_refs.core.view.view import View

_DEPLOYMENT = GroupKind("apps", "Deployment")


def gateway_of(view: View, obj: JSON) -> JSON | None:
    """A Gateway itself, or the one that a ListenerSet asks to join; None for other kinds, or where it is not known."""
    key = key_of(obj)
    kind = key.group_kind
    if kind == GATEWAY:
        return obj
    if kind not in LISTENER_SETS:
        return None
    found = gateway_reference(view, obj)
    if found is None or found.reference.to.group_kind != GATEWAY:
        return None
    return view.get(found.reference.to, effect=f"what {key} has of its Gateway is not known").object


def gateway_reference(view: View, listener_set: JSON) -> FoundReference | None:
    """The parentRef by which a ListenerSet asks to join a Gateway; None if it has none."""
    found, _ = references_in(view, listener_set)
    return next((each for each in found if each.field.governed_by is Mechanism.ALLOWED_LISTENERS), None)


def class_name_of(gateway: JSON | None) -> str | None:
    """The name of a Gateway's class; None where it has none, or there is no Gateway."""
    return text(at(gateway, "spec", "gatewayClassName")) or None


def controller_name(view: View, gateway: JSON | None) -> str | None:
    """The controllerName of a Gateway's class; None where it is not known. A class that could not be read is a gap,
    unless the caller asks without gaps."""
    name = class_name_of(gateway)
    if name is None:
        return None
    effect = f"which controller handles Gateways of class {name} is not known"
    found = view.get(ObjectKey(GATEWAY_CLASS.group, GATEWAY_CLASS.kind, "", name), effect=effect)
    return text(at(found.object, "spec", "controllerName"))


class Handler(NamedTuple):
    """The controller that handles a Gateway: the one that the Gateway's class names."""

    gateway: ObjectKey
    class_name: str
    controller: str


def handler_of(view: View, parent: ObjectKey) -> Handler | None:
    """The controller that handles a Gateway, or the one that a ListenerSet asks to join; None for any other parent, and
    where it is not known. Failed reads are no gaps."""
    if parent.group_kind not in (GATEWAY, *LISTENER_SETS):
        return None

    def read(subview: View) -> Handler | None:
        obj = subview.get(parent, effect="").object
        gateway = None if obj is None else gateway_of(subview, obj)
        name, controller = class_name_of(gateway), controller_name(subview, gateway)
        return Handler(key_of(gateway), name, controller) if gateway and name and controller else None

    return view.once_as_read(("handler of", parent), lambda subview: subview.without_gaps(read))


def running_release(view: View, controller: Controller) -> Release | None:
    """The release of a controller, if its Deployment is where most install it and may be read; None if it is not known.
    Only how sure a sentence sounds depends on it, so a missing right is no gap."""
    if controller.deployment is None or (view.catalog.live and view.catalog.served(_DEPLOYMENT) is None):
        return None
    key = ObjectKey(_DEPLOYMENT.group, _DEPLOYMENT.kind, *controller.deployment)
    found = view.without_gaps(lambda subview: subview.get(key, effect="").object)
    return release_in(found) if found else None
