"""Grants in neither the target's nor the referrer's namespace: which of them are misplaced (docs/rules.md 1.3)."""

from __future__ import annotations

from collections.abc import Sequence

from kubectl_refs.core.grants.grant import Grant
from kubectl_refs.core.grants.index import Grants
from kubectl_refs.core.grants.near_miss import misplaced_miss
from kubectl_refs.core.model.kinds import CONFIG_MAP, SERVICE
from kubectl_refs.core.model.near_misses import GrantName, NearMiss
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.view.view import EXISTENCE, View

MOST_EXACT = 100
"""Above this number, grants for one referrer and one target name in third namespaces are a habit: none is misplaced."""

MOST_FITTING = 3
"""Fitting grants of third namespaces are reported up to this number: among more, none is likely to be meant."""

MADE_BY_KUBERNETES = {SERVICE: "kubernetes", CONFIG_MAP: "kube-root-ca.crt"}
"""Objects that Kubernetes itself makes: the Service of the API server, and its CA certificate in every namespace. No
grant is written for them."""


def exact_grants(reference: Reference, everywhere: Grants) -> Sequence[Grant]:
    """Grants of third namespaces that name referrer and target exactly: no others count there (near_miss)."""
    ends = (reference.referrer.namespace, reference.to.namespace)
    found = [grant for grant in everywhere.matching(reference, by_name=True) if grant.grant.namespace not in ends]
    return found if len(found) <= MOST_EXACT else []


def fitting_grants(
    view: View, reference: Reference, everywhere: Grants
) -> tuple[Sequence[NearMiss], tuple[GrantName, ...]]:
    """Grants of third namespaces that fit the referrer and the target, with a name or without: first those of no use
    where they are, which are surely misplaced, then those that may be meant for where they are. Both are empty if there
    are more than MOST_FITTING."""
    own = reference.to.namespace
    found = [grant for grant in everywhere.matching(reference) if grant.grant.namespace != own]
    if len(found) > MOST_FITTING:
        return (), ()
    idle = view.without_gaps(lambda subview: [grant for grant in found if _is_idle(subview, reference, grant)])
    return [misplaced_miss(reference, each) for each in idle], tuple(each.grant for each in found if each not in idle)


def _is_idle(view: View, reference: Reference, grant: Grant) -> bool:
    """Whether a grant that fits the reference, with no name in `to`, is known to be of no use in its own namespace: no
    object of the kind exists there, and nothing references one. A grant with the target's name is not asked about: it
    is misplaced already if no such object exists beside it (near_miss), and otherwise it may be meant for that one.

    A grant may be older than the route that needs it, so that nothing uses it is not enough.
    """
    # Imported here: few grants fit a reference into a namespace other than their own.
    from kubectl_refs.core.grants.usage import usage_of

    pairs = [each for each in usage_of(view, grant).pairs if each.pair.permits(reference)]
    if any(each.pair.to.name is not None or each.users or not each.known for each in pairs):
        return False
    kind, namespace = reference.to.group_kind, grant.grant.namespace
    effect = f"whether {namespace} has any {kind.kind} is not known"
    there = view.list(kind, namespace, metadata_only=True, effect=effect, aspect=EXISTENCE)
    made = MADE_BY_KUBERNETES.get(kind)
    return there.known and not there.assumed and all(key_of(each).name == made for each in there.objects)
