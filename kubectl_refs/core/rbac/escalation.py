"""Who may not write ReferenceGrants, but may give themselves the right: by `bind`, `escalate` or `impersonate`.

The API server lets nobody give what they do not hold, with these three verbs as the exceptions (Kubernetes
documentation, "Privilege escalation prevention and bootstrapping"; pkg/registry/rbac/escalation_check.go):

- `bind` on a role lets one bind it without holding its rules; it needs the right to write bindings as well;
- `escalate` on a role lets one add rules to it that one does not hold; it needs the right to update the role, and
  helps whoever is bound to it;
- `impersonate` lets one act as a user, a group or a service account; a group can only be impersonated together with a
  user or a service account.
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
    """One subject of one binding. `namespace` is where the binding counts, empty for every namespace."""

    subject: Subject
    namespace: str
    binding: ObjectKey
    role: ObjectKey


@dataclass(frozen=True, slots=True)
class Escalation:
    """A way to the right: the verb, the resource (plural) that it is held on, the names that it is limited to (none
    means every object), and the binding that gives it. `namespace` is where the right would count, empty for every
    namespace."""

    subject: Subject
    namespace: str
    verb: str
    resource: str
    names: tuple[str, ...]
    binding: ObjectKey
    role: ObjectKey


PermissionsOf = Callable[[ObjectKey, Actions], Sequence[PermittedVerb]]
"""What a role permits of some actions; nothing for a role that is not there or could not be read."""


def escalations(
    bounds: Sequence[Bound], roles: Iterable[ObjectKey], permissions_of: PermissionsOf, actions: Actions
) -> tuple[Escalation, ...]:
    """Every way in which a subject that lacks some of the actions can come to have one.

    `roles` are all that could be read. Subjects are known by name alone: who is a member of a group is not known.
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
        """Whether the subject may do everything asked about already where the binding counts."""
        held = self._held(bound.subject, bound.namespace, self._actions)
        return {each.verb for each in held if not each.names} == {*self._actions.verbs}

    def by_bind(self, bound: Bound) -> Iterator[Escalation]:
        """Bind a role that gives the right: one that may be bound, where bindings may be written."""
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
        """Add rules to a role that the subject is bound to."""
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
        """Act as somebody who has the right."""
        for kind, resource in _IMPERSONATED.items():
            if kind != "ServiceAccount" and bound.namespace:
                continue  # Users and groups are in no namespace: only a ClusterRoleBinding lets anybody be one.
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
        """What a subject holds in a namespace, or (empty) in every one."""
        return [
            permission
            for each in self._by_subject[subject]
            if each.namespace in ("", namespace)
            for permission in self._permissions_of(each.role, actions)
        ]

    @staticmethod
    def _escalation(bound: Bound, verb: str, resource: str, permission: PermittedVerb) -> Escalation:
        return Escalation(bound.subject, bound.namespace, verb, resource, permission.names, bound.binding, bound.role)
