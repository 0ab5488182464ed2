"""Grants that were written so that a route or a ListenerSet may attach: they do not govern that (docs/rules.md 5.1)."""

from __future__ import annotations

from kubectl_refs.core.grants.near_miss_search import grants_of
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.text.language import several
from kubectl_refs.core.view.view import View


def inert_grants(view: View, reference: Reference, rule: str) -> tuple[str, ...]:
    """Notes on the grants that seem meant for a reference to a parent. `rule` is the parent's field that governs it."""
    namespace = reference.to.namespace
    referrer = reference.referrer

    def effect() -> str:
        return f"whether a ReferenceGrant in {namespace} was meant for this parentRef is not known"

    return tuple(
        f"ReferenceGrant {grant.grant} permits {several(referrer.kind)} in {referrer.namespace} to reference kind {reference.to.kind}; that has no "
        f"effect on parentRefs, which {rule} alone governs"
        for grant in grants_of(view, namespace, effect) or ()
        if any((entry.kind, entry.namespace) == (referrer.kind, referrer.namespace) for entry in grant.from_)
        and any(entry.kind == reference.to.kind for entry in grant.to)
    )
