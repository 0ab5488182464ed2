"""REF103 and REF109: the namespace in a `from` entry does not exist, or is the grant's own."""

from __future__ import annotations

from collections.abc import Sequence

from kubectl_refs.core.findings.examined_grant import ExaminedGrant
from kubectl_refs.core.grants.grant import FromEntry
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.findings import Finding
from kubectl_refs.core.model.fixes import Confidence
from kubectl_refs.core.model.kinds import namespace_key
from kubectl_refs.core.model.references import Reference


def own_namespace(examined: ExaminedGrant, index: int, entry: FromEntry) -> Finding | None:
    """REF109: references within one namespace need no grant."""
    if entry.namespace != examined.namespace:
        return None
    path, pairs = f"spec.from[{index}]", examined.pairs_of("from", index)
    message = (
        f"{path} names the grant's own namespace, {entry.namespace}, where no reference needs a grant; a grant for "
        "references out of it belongs in the namespace of their target"
    )
    # A grant without any other permission may be meant for another namespace.
    confidence = Confidence.LIKELY if pairs != examined.pairs.keys() else Confidence.GUESS
    return examined.finding(Code.OWN_NAMESPACE, f"{path}.namespace", message, examined.without(pairs, confidence))


def missing_namespace(
    examined: ExaminedGrant, index: int, entry: FromEntry, refused: Sequence[Reference]
) -> Finding | None:
    """REF103: the namespace does not exist; one with a similar name may be meant. `refused` are the refused references
    that the grant may be meant for."""
    named = entry.namespace or ""
    if examined.known.exists(namespace_key(named)) is not False:
        return None
    path = f"spec.from[{index}]"
    message = f'{path} names namespace "{entry.namespace}", which does not exist'
    near = examined.known.namespaces.nearest(named)
    if near is None or near == examined.namespace:
        fixes = examined.without(examined.pairs_of("from", index))
    else:
        message += f'; "{near}" does'
        title, values = f"write namespace {near}", {"namespace": near}
        sure = examined.confidence("from", index, values, refused)
        fixes = (examined.rewritten("from", index, values, title, sure, alike=("namespace",)),)
    return examined.finding(Code.FROM_NAMESPACE_MISSING, f"{path}.namespace", message, fixes)
