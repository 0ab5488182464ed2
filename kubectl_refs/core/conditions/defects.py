"""Which known defect of a controller explains a status: what a reference must be like for one to concern it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace

from kubectl_refs.core.conditions.controllers import Controller, Defect, Trait
from kubectl_refs.core.fields.implementations import EG_BACKEND
from kubectl_refs.core.fields.table import Role
from kubectl_refs.core.grants.grant import Grant
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.kinds import CLUSTER_TRUST_BUNDLE, CONFIG_MAP, GRPC_ROUTE, SECRET, SERVICE, SERVICE_IMPORT
from kubectl_refs.core.model.near_misses import GrantMatch, GrantName
from kubectl_refs.core.model.references import Mechanism
from kubectl_refs.core.references.evaluated import Explained


def defect_of(
    status: str,
    reasons: Set[str],
    references: Sequence[Explained],
    grants: Mapping[GrantName, Grant],
    controller: Controller | None,
) -> Defect | None:
    """The first known defect of a controller that explains a status, its sentences complete; None if none does."""
    for defect in controller.defects if controller else ():
        if defect.status != status or defect.reason not in reasons:
            continue
        found = next(filter(None, (_TRAITS[defect.trait](each, grants) for each in references)), None)
        if found:
            return replace(defect, text=defect.text.format(grant=found), advice=defect.advice.format(grant=found))
    return None


def _by_another_than_the_last(match: GrantMatch, grants: Mapping[GrantName, Grant]) -> bool:
    return match.grant in grants and match.to < len(grants[match.grant].to) - 1


def _not_by_the_first(each: Explained, grants: Mapping[GrantName, Grant]) -> bool:
    reference = each.held.reference
    fitting = [
        grant.grant
        for grant in grants.values()
        if grant.grant.namespace == reference.to.namespace and any(entry.matches(reference) for entry in grant.from_)
    ]
    return bool(each.explained.grants) and fitting[:1] != [each.explained.grants[0].grant]


def _beside(each: Explained, grants: Mapping[GrantName, Grant]) -> GrantName | None:
    """A grant that does not permit a permitted reference, and would if groups did not count."""
    referrer, target = each.held.reference.referrer, each.held.reference.to
    permitting = {match.grant for match in each.explained.grants}
    if not permitting:
        return None
    return next(
        (
            grant.grant
            for grant in grants.values()
            if grant.grant not in permitting
            and grant.grant.namespace == target.namespace
            and any((entry.kind, entry.namespace) == (referrer.kind, referrer.namespace) for entry in grant.from_)
            and any(entry.kind == target.kind and entry.name in (None, target.name) for entry in grant.to)
        ),
        None,
    )


_KINDS = {kind.kind for kind in (SERVICE, SERVICE_IMPORT, CONFIG_MAP, SECRET, CLUSTER_TRUST_BUNDLE, EG_BACKEND)}

_TRAITS: Mapping[Trait, Callable[[Explained, Mapping[GrantName, Grant]], bool | GrantName | None]] = {
    Trait.ANY: lambda each, grants: each.explained.mechanism is Mechanism.REFERENCE_GRANT,
    Trait.NOT_BY_THE_LAST_TO: lambda each, grants: (
        bool(each.explained.grants) and all(_by_another_than_the_last(match, grants) for match in each.explained.grants)
    ),
    Trait.NOT_BY_THE_FIRST_GRANT: _not_by_the_first,
    Trait.FROM_GRPC_ROUTE: lambda each, grants: (
        bool(each.explained.grants) and each.held.reference.referrer.group_kind == GRPC_ROUTE
    ),
    Trait.OWN_NAMESPACE_WRITTEN: lambda each, grants: (
        not each.is_parent
        and each.explained.mechanism is Mechanism.SAME_NAMESPACE
        and each.held.reference.explicit_namespace
    ),
    Trait.CUSTOM_BACKEND: lambda each, grants: (
        each.explained.reason == "RefNotPermitted"
        and each.held.field.role is Role.BACKEND
        and each.held.reference.to.group_kind not in (SERVICE, SERVICE_IMPORT)
    ),
    Trait.BESIDE_ANOTHER_GRANT: _beside,
    Trait.KIND_OF_ANOTHER_GROUP: lambda each, grants: (
        each.explained.code == Code.KIND_NOT_SUPPORTED and each.held.reference.to.kind in _KINDS
    ),
}
