"""RBAC as the API server's authorizer evaluates it (plugin/pkg/auth/authorizer/rbac), over plain objects.

Only rules for whole objects count here: rules for subresources and for URLs permit nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kubectl_refs.core.model.objects import JSON, GroupKind, ObjectKey
from kubectl_refs.core.model.selectors import matches
from kubectl_refs.core.model.values import at, entries, key_of, labels_of, mapping, text

RBAC_GROUP = "rbac.authorization.k8s.io"
ROLE = GroupKind(RBAC_GROUP, "Role")
CLUSTER_ROLE = GroupKind(RBAC_GROUP, "ClusterRole")
ROLE_BINDING = GroupKind(RBAC_GROUP, "RoleBinding")
CLUSTER_ROLE_BINDING = GroupKind(RBAC_GROUP, "ClusterRoleBinding")

ALL = "*"
SERVICE_ACCOUNT = "system:serviceaccount:"
"""The prefix of a service account's name as a user; NAMESPACE:NAME follows."""


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """A User, a Group, or a ServiceAccount with its namespace."""

    kind: str
    name: str
    namespace: str = ""

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}" if self.namespace else self.name


MASTERS = Subject("Group", "system:masters")
"""The group that the API server allows everything before it looks at any role."""

_EVERYBODY = {
    Subject("Group", "system:authenticated"): "everyone who is logged in, and every service account",
    Subject("Group", "system:unauthenticated"): "everyone who is not logged in",
    Subject("Group", "system:serviceaccounts"): "every service account of the cluster",
    Subject("User", "system:anonymous"): "everyone who is not logged in",
}


def members_of(subject: Subject) -> str:
    """Who is behind one of the API server's own subjects, in words; empty for a subject that stands only for itself."""
    accounts_of = subject.name.removeprefix("system:serviceaccounts:")
    if subject.kind == "Group" and accounts_of != subject.name:
        return f"every service account of namespace {accounts_of}"
    return _EVERYBODY.get(subject, "")


@dataclass(frozen=True, slots=True)
class Actions:
    """Verbs on a resource (plural, lower case) of a group."""

    group: str
    resource: str
    verbs: tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class PermittedVerb:
    """A verb, and the object names that it is limited to; no names mean every object."""

    verb: str
    names: tuple[str, ...] = ()


DELETE_COLLECTION = "deletecollection"
"""The verb that deletes all objects of a namespace at once, or those that a selector picks."""

_WITHOUT_NAME = ("create", DELETE_COLLECTION)
"""The verbs whose requests go to the collection and have no name, for which the empty name in resourceNames stands."""


def permissions(rules: Any, actions: Actions) -> tuple[PermittedVerb, ...]:
    """What the rules of a role together permit of some actions, in the order of the verbs. Who may not delete every
    object by its name, but may delete all at once, has DELETE_COLLECTION."""
    verbs = (*actions.verbs, DELETE_COLLECTION) if "delete" in actions.verbs else actions.verbs
    names: dict[str, set[str]] = {}
    unlimited: set[str] = set()
    for rule in map(mapping, entries(rules)):
        if not (_lists(rule, "apiGroups", actions.group) and _lists(rule, "resources", actions.resource)):
            continue
        limits = entries(rule.get("resourceNames"))
        for verb in verbs:
            if not _lists(rule, "verbs", verb):
                continue
            if not limits or (verb in _WITHOUT_NAME and "" in limits):
                unlimited.add(verb)
            names.setdefault(verb, set()).update(name for name in limits if isinstance(name, str) and name)
    # There is no way to delete a collection by name.
    names.pop(DELETE_COLLECTION, None)
    if "delete" in unlimited:
        unlimited.discard(DELETE_COLLECTION)
    return tuple(
        PermittedVerb(verb, () if verb in unlimited else tuple(sorted(names[verb])))
        for verb in verbs
        if verb in unlimited or names.get(verb)
    )


def _lists(rule: JSON, field: str, value: str) -> bool:
    listed = entries(rule.get(field))
    return ALL in listed or value in listed


def role_of(binding: JSON) -> ObjectKey:
    """The role that a binding refers to, whether or not it exists. A Role is in the binding's own namespace."""
    kind, name = text(at(binding, "roleRef", "kind")) or "", text(at(binding, "roleRef", "name")) or ""
    return ObjectKey(RBAC_GROUP, kind, key_of(binding).namespace if kind == ROLE.kind else "", name)


def subjects_of(binding: JSON) -> tuple[Subject, ...]:
    """The subjects of a binding, each once. A service account without a namespace is in the binding's own."""
    found = (_subject(mapping(each), key_of(binding).namespace) for each in entries(binding.get("subjects")))
    return tuple(dict.fromkeys(subject for subject in found if subject is not None))


def _subject(subject: JSON, namespace: str) -> Subject | None:
    """A subject; None if no request can come from it. A user with a service account's full name is that account."""
    kind, name = text(subject.get("kind")), text(subject.get("name"))
    if not name:
        return None
    if kind == "ServiceAccount":
        own = text(subject.get("namespace")) or namespace
        return Subject(kind, name, own) if own else None
    account = account_of(name) if kind == "User" else None
    return account or (Subject(kind, name) if kind in ("User", "Group") else None)


def account_of(user: str) -> Subject | None:
    """The service account with a name as a user; None for any other user."""
    parts = user.removeprefix(SERVICE_ACCOUNT).split(":")
    if not user.startswith(SERVICE_ACCOUNT) or len(parts) != 2 or not all(parts):
        return None
    namespace, name = parts
    return Subject("ServiceAccount", name, namespace)


@dataclass(frozen=True, slots=True)
class PermittedByRole:
    """What a role permits by its rules. `sources` are the ClusterRoles whose rules it has aggregated; `pending` are
    those whose rules it should aggregate and does not hold yet."""

    permissions: tuple[PermittedVerb, ...]
    sources: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()


def permitted_by_role(
    role: JSON, cluster_roles: Mapping[str, JSON], actions: Actions, *, settled: bool
) -> PermittedByRole:
    """What a role permits of some actions.

    A controller copies the rules of the ClusterRoles that an aggregationRule selects into the role. On a cluster
    (`settled`) the API server goes by what has been copied; manifests are read as if everything had been.
    """
    rules = list(entries(role.get("rules")))
    own = permissions(rules, actions)
    sources, pending = [], []
    for name in _selected(role, cluster_roles):
        theirs = list(entries(cluster_roles[name].get("rules")))
        if not permissions(theirs, actions):
            continue
        if settled and permissions(rules + theirs, actions) != own:
            pending.append(name)
        else:
            sources.append(name)
            rules += theirs
    return PermittedByRole(permissions(rules, actions), tuple(sources), tuple(pending))


def _selected(role: JSON, cluster_roles: Mapping[str, JSON]) -> tuple[str, ...]:
    """The ClusterRoles that a role aggregates, directly or through others, in the order of their names."""
    selected: set[str] = set()
    waiting = [role] if key_of(role).group_kind == CLUSTER_ROLE else []
    while waiting:
        for name in _chosen(waiting.pop(), cluster_roles):
            if name not in selected:
                selected.add(name)
                waiting.append(cluster_roles[name])
    return tuple(sorted(selected - {key_of(role).name}))


def _chosen(role: JSON, cluster_roles: Mapping[str, JSON]) -> Iterator[str]:
    selectors: Iterable[Any] = entries(at(role, "aggregationRule", "clusterRoleSelectors"))
    for selector in selectors:
        for name, each in cluster_roles.items():
            if matches(selector, labels_of(each)):
                yield name
