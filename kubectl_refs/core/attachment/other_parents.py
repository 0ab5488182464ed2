"""Parents of kinds that take no routes by the specification."""

from __future__ import annotations

from kubectl_refs.core.attachment.verdicts import assumed_verdict, verdict_of_check
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.judgements import Layer, Verdict
from kubectl_refs.core.model.kinds import (
    CONFIG_MAP,
    GATEWAY,
    GATEWAY_CLASS,
    ISTIO_GATEWAY,
    KUBERNETES_GROUPS,
    NAMESPACE,
    ROUTES,
    SECRET,
    SERVICE,
    SERVICE_OF_CORE,
)
from kubectl_refs.core.model.objects import GroupKind
from kubectl_refs.core.model.references import EvaluatedReference, FoundReference
from kubectl_refs.core.text.language import with_article
from kubectl_refs.core.view.view import View


def explain_other_parent(view: View, found: FoundReference) -> EvaluatedReference:
    """The verdict on a parentRef to such a kind."""
    reference = found.reference
    kind = reference.to.group_kind
    if view.catalog.is_open(str(kind)):
        return assumed_verdict(found, "admits this route")
    if kind.kind == SERVICE.kind and kind.group == GATEWAY.group:
        message = (
            'there is no kind Service in group gateway.networking.k8s.io, the default here; a Service needs group: ""'
        )
        return verdict_of_check(found, Verdict.BROKEN, None, Code.PARENT_KIND, message, layer=Layer.KIND)
    if kind == SERVICE_OF_CORE:
        message = 'the core group is written ""; Linkerd also takes "core", but other meshes do not: write group ""'
        return verdict_of_check(found, Verdict.UNKNOWN, None, Code.PARENT_KIND, message, layer=Layer.KIND)
    if kind == ISTIO_GATEWAY:
        message = f"a {kind} takes VirtualServices, not routes of the Gateway API: the Gateway for those is of group {GATEWAY.group}"
        return verdict_of_check(found, Verdict.BROKEN, None, Code.PARENT_KIND, message, layer=Layer.KIND)
    if view.catalog.lacking(kind):
        message = view.catalog.lacks(kind)
        return verdict_of_check(found, Verdict.BROKEN, None, Code.PARENT_KIND, message, layer=Layer.KIND)
    if kind in _NO_PARENTS or kind.group in KUBERNETES_GROUPS:
        message = (
            f"{with_article(str(kind))} takes no routes: a parent is a Gateway, a ListenerSet or, in a mesh, a Service"
        )
        return verdict_of_check(found, Verdict.BROKEN, None, Code.PARENT_KIND, message, layer=Layer.KIND)
    message = f"how {with_article(str(kind))} admits routes is up to its implementation"
    return verdict_of_check(found, Verdict.UNKNOWN, None, Code.PARENT_KIND, message, layer=Layer.KIND)


_NO_PARENTS = frozenset(
    {
        GATEWAY_CLASS,
        CONFIG_MAP,
        NAMESPACE,
        SECRET,
        *ROUTES,
        GroupKind("", "Pod"),
    }
)
"""Kinds that people write although no implementation attaches routes to them; delegating routes are handled before."""
