"""Who may not write ReferenceGrants, but can give themselves the right: by `bind`, `escalate` or `impersonate`.

The API server lets nobody grant rights that they do not hold, except by these three verbs (Kubernetes documentation,
"Privilege escalation prevention and bootstrapping"; pkg/registry/rbac/escalation_check.go):

- `bind` on a role lets its holder bind the role without holding its rules; the right to write bindings is needed too;
- `escalate` on a role lets its holder add rules to it that they do not hold; the right to update the role is needed
  too, and whoever is bound to the role profits;
- `impersonate` lets its holder act as a user, a group or a service account; a group can only be impersonated together
  with a user or a service account.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.rbac.authorizer import (
    CLUSTER_ROLE,
    MASTERS,
    RBAC_GROUP,
    ROLE,
    Actions,
    PermittedVerb,
    Subject,
)
from kubectl_refs.core.records import dataclass

BIND = "bind"
ESCALATE = "escalate"
IMPERSONATE = "impersonate"

_ROLES = {ROLE.kind: "roles", CLUSTER_ROLE.kind: "clusterroles"}
_IMPERSONATED = {"User": "users", "Group": "groups", "ServiceAccount": "serviceaccounts"}


@dataclass(frozen=True, slots=True)
class Bound:
    """One subject of one binding. `namespace` is where the binding applies; empty for every namespace."""

    subject: Subject
    namespace: str
    binding: ObjectKey
    role: ObjectKey


@dataclass(frozen=True, slots=True)
class Escalation:
    """A way to gain the right: the verb, the resource (plural) on which it is held, the names that it is limited to
    (no names mean every object), and the binding that gives it. `namespace` is where the right would apply; empty
    for every namespace."""

    subject: Subject
    namespace: str
    verb: str
    resource: str
    names: tuple[str, ...]
    binding: ObjectKey
    role: ObjectKey


PermissionsOf = Callable[[ObjectKey, Actions], Sequence[PermittedVerb]]
"""Returns what a role permits of some actions; nothing for a role that does not exist or could not be read."""


def escalations(
    bounds: Sequence[Bound], roles: Iterable[ObjectKey], permissions_of: PermissionsOf, actions: Actions
) -> tuple[Escalation, ...]:
    """Every way in which a subject that lacks some of the actions can gain one.

    `roles` are all that could be read. Subjects are compared by name only: who is a member of a group is not known.
    """
    rights = _Rights(bounds, roles, permissions_of, actions)
    found = (
        escalation
        for bound in bounds
        if not rights.holds_all(bound)
        for escalation in (*rights.by_bind(bound), *rights.by_escalate(bound), *rights.by_impersonate(bound))
    )
    return tuple(sorted(dict.fromkeys(found), key=lambda each: (each.subject, each.namespace, each.verb, each.binding)))


class _Rights:
    """What each subject holds by all bindings that name it."""

    def __init__(
        self, bounds: Sequence[Bound], roles: Iterable[ObjectKey], permissions_of: PermissionsOf, actions: Actions
    ) -> None:
        self._by_subject: dict[Subject, list[Bound]] = {}
        for bound in bounds:
            self._by_subject.setdefault(bound.subject, []).append(bound)
        self._permissions_of = permissions_of
        self._actions = actions
        self._giving = tuple(role for role in roles if permissions_of(role, actions))
        """Roles that permit some of the actions."""
        self._writers = tuple(bound for bound in bounds if permissions_of(bound.role, actions))

    def holds_all(self, bound: Bound) -> bool:
        """Whether the subject may already do everything asked about where the binding applies."""
        held = self._held(bound.subject, bound.namespace, self._actions)
        return {each.verb for each in held if not each.names} >= {*self._actions.verbs}

    def by_bind(self, bound: Bound) -> Iterator[Escalation]:
        """By binding a role that gives the right, if the subject may bind it and may write bindings."""
        for kind, resource in _ROLES.items():
            for permission in self._own(bound, RBAC_GROUP, resource, BIND):
                roles = [
                    role
                    for role in self._giving
                    if role.kind == kind
                    and role.namespace in ("", bound.namespace or role.namespace)
                    and (not permission.names or role.name in permission.names)
                ]
                if roles and self._writes_bindings(bound):
                    yield self._escalation(bound, BIND, resource, permission)

    def by_escalate(self, bound: Bound) -> Iterator[Escalation]:
        """By adding rules to a role that the subject is bound to."""
        for kind, resource in _ROLES.items():
            for permission in self._own(bound, RBAC_GROUP, resource, ESCALATE):
                changeable = self._held(
                    bound.subject, bound.namespace, Actions(RBAC_GROUP, resource, ("update", "patch"))
                )
                own = [
                    each.role.name
                    for each in self._by_subject[bound.subject]
                    if each.role.kind == kind and each.namespace in ("", bound.namespace or each.namespace)
                ]
                if any(
                    all(not names or name in names for names in (permission.names, change.names))
                    for change in changeable
                    for name in own
                ):
                    yield self._escalation(bound, ESCALATE, resource, permission)

    def by_impersonate(self, bound: Bound) -> Iterator[Escalation]:
        """By acting as somebody who has the right."""
        for kind, resource in _IMPERSONATED.items():
            if kind != "ServiceAccount" and bound.namespace:
                continue  # Users and groups are in no namespace: only a ClusterRoleBinding lets anybody impersonate one.
            for permission in self._own(bound, "", resource, IMPERSONATE):
                if kind == "Group" and not self._impersonates_somebody(bound):
                    continue
                named = [
                    writer.subject
                    for writer in self._writers
                    if writer.subject.kind == kind
                    and (not bound.namespace or writer.subject.namespace == bound.namespace)
                    and (not permission.names or writer.subject.name in permission.names)
                ]
                masters = kind == "Group" and (not permission.names or MASTERS.name in permission.names)
                if named or masters:
                    yield self._escalation(bound, IMPERSONATE, resource, permission)

    def _writes_bindings(self, bound: Bound) -> bool:
        verbs = ("create", "update", "patch")
        resources = ("rolebindings",) if bound.namespace else ("rolebindings", "clusterrolebindings")
        return any(
            self._held(bound.subject, bound.namespace, Actions(RBAC_GROUP, resource, verbs)) for resource in resources
        )

    def _impersonates_somebody(self, bound: Bound) -> bool:
        return any(
            self._held(bound.subject, bound.namespace, Actions("", resource, (IMPERSONATE,)))
            for resource in ("users", "serviceaccounts")
        )

    def _own(self, bound: Bound, group: str, resource: str, verb: str) -> Sequence[PermittedVerb]:
        return self._permissions_of(bound.role, Actions(group, resource, (verb,)))

    def _held(self, subject: Subject, namespace: str, actions: Actions) -> list[PermittedVerb]:
        """What a subject holds in a namespace, or, if that is empty, in every namespace."""
        return [
            permission
            for each in self._by_subject[subject]
            if each.namespace in ("", namespace)
            for permission in self._permissions_of(each.role, actions)
        ]

    @staticmethod
    def _escalation(bound: Bound, verb: str, resource: str, permission: PermittedVerb) -> Escalation:
        return Escalation(bound.subject, bound.namespace, verb, resource, permission.names, bound.binding, bound.role)
