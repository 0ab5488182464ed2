"""The controllers that take a certificate from a Secret of a type other than the one that Gateway API requires."""

from __future__ import annotations

from kubectl_refs.core.fields.controllers import controller_of
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.view.controllers import controller_name, gateway_of
from kubectl_refs.core.view.view import View


def taker_of_any_type(view: View, holder: JSON) -> str:
    """The name of the controller of a Gateway, or of the Gateway that a ListenerSet asks to join, if it takes a Secret
    of any type; empty otherwise, and where it is not known. Failed reads are no gaps."""
    name = view.without_gaps(lambda subview: controller_name(subview, gateway_of(subview, holder)))
    controller = controller_of(name)
    return controller.name if controller is not None and controller.takes_any_secret else ""
