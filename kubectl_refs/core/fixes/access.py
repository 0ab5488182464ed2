"""Whether a change to a grant takes access away: referrers other than the one asked about may use the changed entry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kubectl_refs.core.fields.governing import may_use_grant
from kubectl_refs.core.grants.grant import Pair
from kubectl_refs.core.grants.index import Grants
from kubectl_refs.core.grants.needed_pairs import ReferenceIndex
from kubectl_refs.core.model.near_misses import GrantName
from kubectl_refs.core.model.objects import JSON, GroupKind
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.view.existence import namespace_answer
from kubectl_refs.core.view.holders import references_in
from kubectl_refs.core.view.view import View


def loses_access(view: View, taken: Iterable[Pair], name: GrantName, existing: Grants) -> bool:
    """Whether any reference uses, or may use, a permission that a change removes from a grant. `existing` are all
    grants of the namespace: a permission that another of them gives is not lost."""
    lost = [pair for pair in taken if not existing.permit(pair, name)]
    return view.without_gaps(lambda subview: any(_may_be_used(subview, pair, name.namespace) for pair in lost))


def _may_be_used(view: View, pair: Pair, namespace: str) -> bool:
    """Whether a working reference into a namespace gets its permission from a pair of entries; True if not known."""
    from_, to = pair.from_, pair.to
    kinds = [GroupKind(entry.group or "", entry.kind or "") for entry in (from_, to)]
    if any(view.catalog.serves(kind) is False for kind in kinds) or not from_.namespace:
        return False
    referrer, origin = kinds[0], from_.namespace
    if namespace_answer(view, origin).absent:
        return False
    effect = f"what the {referrer} objects in {origin} reference is not known"
    listed = view.list(referrer, origin, effect=effect)
    if not listed.known:
        return True
    users = view.once(("references", referrer, origin), lambda _: ReferenceIndex(_crossing(view, listed.objects)))
    return users.uses(namespace, pair)


def _crossing(view: View, objects: tuple[JSON, ...]) -> Iterator[Reference]:
    for obj in objects:
        found, _ = references_in(view, obj)
        yield from (each.reference for each in found if may_use_grant(each, obj))
