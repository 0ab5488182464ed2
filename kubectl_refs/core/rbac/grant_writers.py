"""Who may write ReferenceGrants in a namespace: every binding there and cluster-wide, what it permits, and to whom."""

from __future__ import annotations

from collections.abc import Mapping

from kubectl_refs.core.model.kinds import REFERENCE_GRANT, namespace_key
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.report import Gap
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.rbac.authorizer import (
    CLUSTER_ROLE,
    CLUSTER_ROLE_BINDING,
    ROLE,
    ROLE_BINDING,
    Actions,
    PermittedByRole,
    PermittedVerb,
    Subject,
    permitted_by_role,
    role_of,
    subjects_of,
)
from kubectl_refs.core.rbac.escalation import Bound, Escalation, escalations
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.view.catalog import Catalog
from kubectl_refs.core.view.existence import namespace_answer
from kubectl_refs.core.view.inquiry import inquire
from kubectl_refs.core.view.reads import Source
from kubectl_refs.core.view.view import View

VERBS = ("create", "update", "patch", "delete")
"""The verbs that write a ReferenceGrant."""


@dataclass(frozen=True, slots=True)
class Writer:
    """What one binding lets one subject do. `namespace` is where it applies; empty for every namespace. `sources`
    are the ClusterRoles whose rules the role has aggregated."""

    subject: Subject
    namespace: str
    permissions: tuple[PermittedVerb, ...]
    binding: ObjectKey
    role: ObjectKey
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Undecided:
    """A binding to a role that could not be read, or that the manifests do not hold: what it gives its subjects is not
    known."""

    subjects: tuple[Subject, ...]
    binding: ObjectKey
    role: ObjectKey


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that may not be as its author thinks; a sentence without its full stop. `object` is None if the
    remark is about no particular object."""

    object: ObjectKey | None
    message: str


@dataclass(frozen=True, slots=True)
class WhoCan:
    """The answer, sorted by subject, then by namespace. `namespace` is None if the question was about all namespaces."""

    actions: Actions
    namespace: str | None
    writers: tuple[Writer, ...] = ()
    undecided: tuple[Undecided, ...] = ()
    escalations: tuple[Escalation, ...] = ()
    """Who lacks the right, or part of it, and can give it to themselves."""
    remarks: tuple[Remark, ...] = ()
    gaps: tuple[Gap, ...] = ()
    caller: Mapping[str, bool | None] | None = None
    """For each verb, whether the caller has the right; None if the server did not say. None altogether without one."""

    @property
    def complete(self) -> bool:
        """Whether everybody who has the right by RBAC is known."""
        return not (self.gaps or self.undecided)


def grant_actions(catalog: Catalog, verbs: tuple[str, ...]) -> Actions:
    """Verbs on ReferenceGrants, with the resource as RBAC names it."""
    served = catalog.served(REFERENCE_GRANT)
    return Actions(REFERENCE_GRANT.group, served.plural if served else "referencegrants", verbs)


def find_writers(source: Source, verbs: tuple[str, ...], namespace: str | None) -> WhoCan:
    """Who may write ReferenceGrants in a namespace, or (None) anywhere; reads from the source whatever that needs."""
    return inquire(source, lambda view: writers_in(view, verbs, namespace))


def writers_in(view: View, verbs: tuple[str, ...], namespace: str | None) -> WhoCan:
    """The answer from what has been read so far."""
    actions = grant_actions(view.catalog, verbs)
    roles = _Roles(view, namespace)
    bounds: list[Bound] = []
    writers: list[Writer] = []
    undecided: list[Undecided] = []
    remarks: list[Remark] = _about_resource(view)
    for binding in _bindings(view, namespace, remarks):
        subjects = subjects_of(binding)
        if not subjects:
            continue
        key, role = key_of(binding), role_of(binding)
        bounds += (Bound(subject, key.namespace, key, role) for subject in subjects)
        found = roles.held(role, actions)
        if found is None:
            if roles.known(role):
                remarks.append(Remark(key, f"{key} gives nothing: {role} does not exist"))
            else:
                undecided.append(Undecided(subjects, key, role))
            continue
        if found.permissions:
            writers += (
                Writer(subject, key.namespace, found.permissions, key, role, found.sources) for subject in subjects
            )
        remarks += (
            Remark(
                role,
                f"{role} aggregates the rules of ClusterRole {name} but does not hold them yet, so {key} does not "
                "give what they permit",
            )
            for name in found.pending
        )
    writers.sort(key=lambda writer: (writer.subject, writer.namespace, writer.binding))
    undecided.sort(key=lambda each: each.binding)
    by_themselves = escalations(bounds, roles.known_roles, roles.permissions, actions)
    return WhoCan(actions, namespace, tuple(writers), tuple(undecided), by_themselves, tuple(remarks), view.gaps)


class _Roles:
    """The roles that bindings may name, as far as they could be read."""

    def __init__(self, view: View, namespace: str | None) -> None:
        live = view.catalog.live
        place = f"in namespace {namespace}" if namespace else "of any namespace"
        effect = f"what RoleBindings give by a Role {place} is not known"
        self._roles = view.list(ROLE, namespace, effect=effect, required=live)
        effect = "what bindings give by a ClusterRole is not known"
        self._cluster_roles = view.list(CLUSTER_ROLE, None, effect=effect, required=live)
        self._by_key = {key_of(role): role for role in (*self._roles.objects, *self._cluster_roles.objects)}
        self._by_name: Mapping[str, JSON] = {key_of(role).name: role for role in self._cluster_roles.objects}
        self._live = live
        self._held: dict[tuple[ObjectKey, Actions], PermittedByRole] = {}

    @property
    def known_roles(self) -> tuple[ObjectKey, ...]:
        """Every role that could be read."""
        return tuple(self._by_key)

    def known(self, role: ObjectKey) -> bool:
        """Whether it is known if a role exists."""
        answers = {ROLE.kind: self._roles, CLUSTER_ROLE.kind: self._cluster_roles}
        return role.kind not in answers or (answers[role.kind].known and not answers[role.kind].assumed)

    def held(self, role: ObjectKey, actions: Actions) -> PermittedByRole | None:
        """What a role permits of some actions; None for a role that does not exist or could not be read."""
        obj = self._by_key.get(role)
        if obj is None:
            return None
        if (role, actions) not in self._held:
            self._held[role, actions] = permitted_by_role(obj, self._by_name, actions, settled=self._live)
        return self._held[role, actions]

    def permissions(self, role: ObjectKey, actions: Actions) -> tuple[PermittedVerb, ...]:
        """What a role is known to permit of some actions."""
        found = self.held(role, actions)
        return found.permissions if found else ()


def _bindings(view: View, namespace: str | None, remarks: list[Remark]) -> tuple[JSON, ...]:
    """The bindings that apply in a namespace, or, without one, all of them."""
    live = view.catalog.live
    place = f"namespace {namespace}" if namespace else "single namespaces"
    effect = f"whom RoleBindings let write ReferenceGrants in {place} is not known"
    local = view.list(ROLE_BINDING, namespace, effect=effect, required=live)
    effect = "whom ClusterRoleBindings let write ReferenceGrants in every namespace is not known"
    everywhere = view.list(CLUSTER_ROLE_BINDING, None, effect=effect, required=live)
    if namespace and local.known and not local.objects:
        # A namespace with a binding exists. Any other has to be looked up, because its name may be misspelt.
        answer = namespace_answer(view, namespace)
        if answer.known and answer.object is None:
            where = "does not exist; this holds once it does" if live else "is not in the manifests"
            remarks.append(Remark(namespace_key(namespace), f"namespace {namespace} {where}"))
    return (*local.objects, *everywhere.objects)


def _about_resource(view: View) -> list[Remark]:
    """A remark if the server does not serve the kind: its roles are the same, but nobody can write a ReferenceGrant."""
    if view.catalog.serves(REFERENCE_GRANT) is not False:
        return []
    return [Remark(None, f"{view.catalog.absence_of(REFERENCE_GRANT)}, so nobody can write one until it does")]
