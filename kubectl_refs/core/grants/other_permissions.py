"""Kinds that permit references of kinds outside Gateway API, and are mistaken for ReferenceGrant.

Their objects are right for their own kinds, so one is mentioned only if it names a refused Gateway API reference.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import product

from kubectl_refs.core.grants.grant import Grant, Pair, shown_kinds
from kubectl_refs.core.model.kinds import GATEWAY_API_GROUPS, SECRET
from kubectl_refs.core.model.objects import JSON, GroupKind
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.model.values import at, entries, key_of
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.view.view import View


def _of_kong(obj: JSON, reference: Reference) -> str:
    """Kong's kind has a ReferenceGrant's entries, with "core" for the core group
    (developer.konghq.com/operator/konnect/cross-namespace-references)."""
    grant = Grant.parse(obj)
    targets = [each._replace(group="") if each.group == "core" else each for each in grant.to]
    pairs = (Pair(*each) for each in product(grant.from_, targets))
    fitting = next((each for each in pairs if each.permits(reference)), None)
    if fitting is None:
        return ""
    who = shown_kinds(fitting.from_.group, fitting.from_.kind)
    return f"{who} in {fitting.from_.namespace} and {fitting.to.what}"


def _of_contour(obj: JSON, reference: Reference) -> str:
    """A delegation names Secrets and namespaces (`*` for all; projectcontour.io/docs/latest/config/tls-delegation)."""
    for each in entries(at(obj, "spec", "delegations")):
        namespaces = entries(at(each, "targetNamespaces"))
        if reference.to.group_kind == SECRET and at(each, "secretName") == reference.to.name:
            if reference.referrer.namespace in namespaces:
                return f"namespace {reference.referrer.namespace} and Secret {reference.to.name}"
            if "*" in namespaces:
                return f"all namespaces and Secret {reference.to.name}"
    return ""


@dataclass(frozen=True, slots=True)
class _OtherKind:
    kind: GroupKind
    whose: str
    """Whose references the kind permits."""
    named: Callable[[JSON, Reference], str]
    """Words for the referrers and targets that an object names, if they fit a reference; empty if not."""


_OTHER_KINDS = (
    _OtherKind(GroupKind("configuration.konghq.com", "KongReferenceGrant"), "Kong's own kinds", _of_kong),
    _OtherKind(GroupKind("projectcontour.io", "TLSCertificateDelegation"), "HTTPProxies and Ingresses", _of_contour),
)


def other_permissions(view: View, reference: Reference) -> Sequence[str]:
    """A remark on each object that names a refused reference of Gateway API but does not count for it."""
    if reference.referrer.group not in GATEWAY_API_GROUPS:
        return ()
    namespace = reference.to.namespace
    # Hardly any namespace has such objects, but thousands of references may be refused there.
    there = view.once(
        ("other permissions", namespace), lambda subview: subview.without_gaps(partial(_listed, namespace))
    )
    return [
        f"{key_of(obj)} names {named}, but applies only to {other.whose}"
        for other, obj in there
        if (named := other.named(obj, reference))
    ]


def _listed(namespace: str, view: View) -> Sequence[tuple[_OtherKind, JSON]]:
    return [(other, obj) for other in _OTHER_KINDS for obj in view.list(other.kind, namespace, effect="").objects]
