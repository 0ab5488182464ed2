"""Which release of a controller runs on a cluster, where its Deployment stands where most install it and may be read."""

from __future__ import annotations

from kubectl_refs.core.fields.controllers import Controller
from kubectl_refs.core.fields.releases import Release, release_in
from kubectl_refs.core.model.objects import GroupKind, ObjectKey
from kubectl_refs.core.view.view import View

_DEPLOYMENT = GroupKind("apps", "Deployment")


def running_release(view: View, controller: Controller) -> Release | None:
    """The release of a controller. None if it is not known: nothing depends on it but how sure a sentence is, so a right that
    is missing is no gap."""
    if controller.deployment is None or (view.catalog.live and view.catalog.served(_DEPLOYMENT) is None):
        return None
    key = ObjectKey(_DEPLOYMENT.group, _DEPLOYMENT.kind, *controller.deployment)
    found = view.without_gaps(lambda apart: apart.get(key, effect="").object)
    return release_in(found) if found else None
