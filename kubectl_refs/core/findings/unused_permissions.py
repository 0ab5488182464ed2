"""REF102, REF105 and REF108: permissions that no known reference uses, some because they can have no effect."""

from __future__ import annotations

from collections.abc import Set

from kubectl_refs.core.findings.examined_grant import ExaminedGrant
from kubectl_refs.core.findings.grant_changes import PairIndex
from kubectl_refs.core.grants.grant import ToEntry
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.findings import Finding
from kubectl_refs.core.model.fixes import Confidence
from kubectl_refs.core.model.kinds import GATEWAY, LISTENER_SET, ROUTES
from kubectl_refs.core.records import replace


def pairs_for_parents(examined: ExaminedGrant, index: int, target: ToEntry, idle: Set[PairIndex]) -> set[PairIndex]:
    """The permissions of a `to` entry that were plainly meant for parentRefs: from routes, to a Gateway or ListenerSet
    that none of these routes references as a backend. Empty if one does, or if that is not known."""
    if target.group_kind not in (GATEWAY, LISTENER_SET):
        return set()
    pairs = examined.pairs_of("to", index) - idle
    of_routes = {pair for pair in pairs if examined.pairs[pair].pair.from_.group_kind in ROUTES}
    without_users = all(examined.pairs[pair].known and not examined.pairs[pair].users for pair in of_routes)
    return of_routes if without_users else set()


def no_effect_on_parents(examined: ExaminedGrant, index: int, target: ToEntry, pairs: Set[PairIndex]) -> Finding | None:
    """REF102: routes may reference a Gateway or ListenerSet, but no parentRef needs that. `pairs` are the permissions."""
    if not pairs:
        return None
    path = f"spec.to[{index}]"
    # Routes of other namespaces may, and other grants permit those.
    it = f"one of namespace {examined.grant.grant.namespace}" if target.name is None else f"{target.kind} {target.name}"
    message = (
        f"{path} lets routes reference kind {target.kind}; that has no effect on parentRefs, which only allowedRoutes "
        f"of the listeners governs, and none of these routes references {it} as a backend"
    )
    return examined.finding(Code.NO_EFFECT_ON_PARENTS, path, message, examined.without(pairs))


def unused_permissions(examined: ExaminedGrant, idle: Set[PairIndex]) -> Finding | None:
    """REF105 if no known reference uses the grant, REF108 if none uses some of its permissions.

    `idle` are the permissions that another finding already explains.
    """
    unused = examined.unused - idle
    if not unused:
        return None
    if len(unused) == len(examined.pairs):
        title = f"delete ReferenceGrant {examined.grant.grant}, unless something that needs it is planned"
        delete = replace(examined.changes.delete(Confidence.GUESS), title=title)
        return examined.finding(Code.NO_KNOWN_USER, "", "no object of the kinds that could be read uses it", (delete,))
    shown = [str(examined.pairs[index].pair) for index in sorted(unused)]
    more = f", and {len(shown) - 1} more" if len(shown) > 1 else ""
    message = (
        f"nothing known uses {len(shown)} of its {len(examined.pairs)} permissions (each from with each to): "
        f"{shown[0]}{more}"
    )
    return examined.finding(Code.UNUSED_PAIRS, "", message, examined.without(unused))
