"""REF102, REF105 and REF108: permissions that no known reference uses, some because they can have no effect."""

from __future__ import annotations

from collections.abc import Set

from kubectl_refs.core.findings.examined_grant import ExaminedGrant
from kubectl_refs.core.findings.grant_changes import PairIndex
from kubectl_refs.core.grants.grant import ToEntry
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.findings import Finding
from kubectl_refs.core.model.fixes import Confidence
from kubectl_refs.core.model.kinds import GATEWAY, LISTENER_SET, LISTENER_SETS, ROUTES
from kubectl_refs.core.records import replace
from kubectl_refs.core.text.language import enumerated


def pairs_for_parents(examined: ExaminedGrant, index: int, target: ToEntry, idle: Set[PairIndex]) -> set[PairIndex]:
    """The permissions of a `to` entry that were plainly meant for parentRefs: from routes to a Gateway or ListenerSet, or
    from ListenerSets to a Gateway, that none of these references as a backend. Empty if one does, or if that is not
    known."""
    attaching = _ATTACHING.get(target.group_kind, ())
    pairs = examined.pairs_of("to", index) - idle
    of_attaching = {pair for pair in pairs if examined.pairs[pair].pair.from_.group_kind in attaching}
    without_users = all(examined.pairs[pair].known and not examined.pairs[pair].users for pair in of_attaching)
    return of_attaching if without_users else set()


_ATTACHING = {GATEWAY: (*ROUTES, *LISTENER_SETS), LISTENER_SET: ROUTES}
"""For each kind of parent, the kinds that attach to it."""


def no_effect_on_parents(examined: ExaminedGrant, index: int, target: ToEntry, pairs: Set[PairIndex]) -> Finding | None:
    """REF102: routes or ListenerSets may reference a parent, but no parentRef needs that. `pairs` are the permissions."""
    if not pairs:
        return None
    path = f"spec.to[{index}]"
    # Routes of other namespaces may, and other grants permit those.
    it = f"one of namespace {examined.grant.grant.namespace}" if target.name is None else f"{target.kind} {target.name}"
    kinds = {examined.pairs[pair].pair.from_.group_kind for pair in pairs}
    of_routes, of_sets = not kinds.isdisjoint(ROUTES), not kinds.isdisjoint(LISTENER_SETS)
    who = [*(["routes"] if of_routes else []), *(["ListenerSets"] if of_sets else [])]
    rules = [
        *(["allowedRoutes of the listeners"] if of_routes else []),
        *(["allowedListeners of the Gateway"] if of_sets else []),
    ]
    message = (
        f"{path} lets {enumerated(who)} reference kind {target.kind}; that has no effect on parentRefs, which only "
        f"{enumerated(rules)} govern{'s' if len(rules) == 1 else ''}, and none of these {enumerated(who)} references {it} as a backend"
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
