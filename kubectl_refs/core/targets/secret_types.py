"""Who takes a certificate from a Secret of another type than the one that Gateway API requires to be taken."""

from __future__ import annotations

from kubectl_refs.core.fields.controllers import controller_of
from kubectl_refs.core.model.kinds import GATEWAY, LISTENER_SETS
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.reference_fields import Role
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.view.controllers import controller_name
from kubectl_refs.core.view.holders import references_in
from kubectl_refs.core.view.view import View


def taker_of_any_type(view: View, holder: JSON) -> str:
    """The controller of a Gateway, or of the one that a ListenerSet asks to join, if it takes a Secret of any type; empty
    otherwise, and where it is not known. What could not be read for that is no gap."""
    name = view.without_gaps(lambda apart: controller_name(apart, _gateway(apart, holder)))
    controller = controller_of(name)
    return controller.name if controller is not None and controller.takes_any_secret else ""


def _gateway(view: View, holder: JSON) -> JSON | None:
    kind = key_of(holder).group_kind
    if kind == GATEWAY:
        return holder
    if kind not in LISTENER_SETS:
        return None
    parents = [each.reference.to for each in references_in(view, holder)[0] if each.field.role is Role.PARENT]
    return view.get(parents[0], effect="").object if parents and parents[0].group_kind == GATEWAY else None
