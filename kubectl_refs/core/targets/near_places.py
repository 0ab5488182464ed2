"""The objects in other namespaces that a reference to a missing one may mean."""

from __future__ import annotations

from collections.abc import Sequence

from kubectl_refs.core.grants.grant import FromEntry
from kubectl_refs.core.grants.near_miss_search import grants_from
from kubectl_refs.core.model.kinds import SERVICE, WITH_PORTS
from kubectl_refs.core.model.reference_fields import Mechanism, Role
from kubectl_refs.core.model.references import FoundReference, Reference
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.records import replace
from kubectl_refs.core.targets.near_parts import has_port
from kubectl_refs.core.view.view import View


def elsewhere(view: View, found: FoundReference, most: int) -> Sequence[Reference]:
    """The objects of the same name in other namespaces; of Services only those with the port, if there are any. If
    there are more than `most`, only those that a grant permits, if there are any: one of them is likely meant."""
    reference = found.reference
    to = reference.to
    if to.group_kind == SERVICE and reference.port is None and found.field.role is Role.PARENT:
        return ()
    served = view.catalog.served(to.group_kind)
    if served is None or not served.namespaced:
        return ()
    whole = to.group_kind in WITH_PORTS and reference.port is not None
    effect = f'whether another namespace holds a {to.kind} named "{to.name}" could not be looked up'
    named = view.list(to.group_kind, None, name=to.name, metadata_only=not whole, effect=effect).objects
    fitting = [obj for obj in named if whole and has_port(reference, obj)] or named
    places = {key_of(obj).namespace for obj in fitting} - {to.namespace}
    if len(places) > most and not reference.explicit_namespace:
        places = _permitting_places(view, found) & places or places
    return [replace(reference, to=to._replace(namespace=place)) for place in sorted(places)]


def _permitting_places(view: View, found: FoundReference) -> set[str]:
    """The namespaces whose grants permit the reference, as far as grants decide and are known."""
    if found.field.governed_by is not Mechanism.REFERENCE_GRANT:
        return set()
    entry = FromEntry.of(found.reference.referrer)
    return {grant.grant.namespace for grant in grants_from(view, entry).matching(found.reference)}
