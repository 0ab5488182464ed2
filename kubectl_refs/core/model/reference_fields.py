"""One row of the table of reference fields: which kind references what, where, and what governs it
(docs/rules.md 2.1)."""

from __future__ import annotations

from enum import StrEnum

from kubectl_refs.core.model.kinds import CONFIG_MAP, SECRET, SERVICE
from kubectl_refs.core.model.objects import GroupKind
from kubectl_refs.core.records import dataclass


class Mechanism(StrEnum):
    """What decides whether a reference is permitted (docs/rules.md 2.1, governed by)."""

    REFERENCE_GRANT = "ReferenceGrant"
    SAME_NAMESPACE = "SameNamespace"
    ALLOWED_ROUTES = "AllowedRoutes"
    ALLOWED_LISTENERS = "AllowedListeners"
    LOCAL = "Local"
    UNGOVERNED = "Ungoverned"
    MESH = "Mesh"


class Role(StrEnum):
    """What a reference is for, which decides which targets make sense and what a failure does."""

    PARENT = "parent"
    BACKEND = "backend"
    MIRROR = "mirror"
    AUTH = "auth"
    EXTENSION = "extension"
    CERTIFICATE = "certificate"
    CLIENT_CERTIFICATE = "client certificate"
    CA = "CA certificate"
    PARAMETERS = "parameters"
    POLICY_TARGET = "policy target"
    OTHER = "other"


BACKEND_ROLES = frozenset({Role.BACKEND, Role.MIRROR, Role.AUTH})
"""Roles of what requests are sent to."""
ROLES_WITH_KEY = frozenset({Role.CERTIFICATE, Role.CLIENT_CERTIFICATE})
"""Roles of certificates with their private keys."""
_HOLDING = ROLES_WITH_KEY | {Role.CA}


class Shown(StrEnum):
    """Which of the referrer's conditions shows a failing reference (docs/rules.md 2.1, shown)."""

    PARENT = "parent"
    LISTENER = "listener"
    OBJECT = "object"
    ANCESTOR = "ancestor"
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class ReferenceField:
    """One row: the objects at `path` in `referrers` are references.

    - `path` is made of field names; `[*]` stands for every entry of a list, `**` for any number of steps.
      `group_field`, `kind_field` and `port_field` say where an entry holds its group, kind and port; a port may be
      nested ("port.number"). With `annotation`, `path` is for display only: the object's annotation of that name
      holds comma-separated names, and those with a namespace and a colon before them are references.
    - `default` is the group and kind that the API server fills in; None where both must be written. `by_kind` are kinds
      that the implementation knows by the kind alone, whatever the group; where `kind_field` holds a type ("type"), any
      other value names no object. With `takes_core` the field's schema takes "core" for the core group besides "".
    - `governed_by` applies to references into another namespace. `note` is a sentence, without its full stop, on
      what else decides them. `strict_mode` is a mode that is not the implementation's default, and the only one in
      which it asks for a grant here. A local field has no namespace; with `own_namespace` it has one that must be
      the holder's own, with `ignores_namespace` one that the implementation does not look at. `on_names` is a sentence
      like `note`, on what it makes of the names in a grant's `to` if it does not honour them.
    - With `selects` an entry names nothing: it selects objects of its kind by labels, in the namespaces that its own
      `namespaces` selects.
    - With `once_a_section` API servers take two entries for one object only if each has a section of its own.
    - With `copied_into` the implementation copies the reference into an object of that kind, which it makes in the
      holder's namespace and which needs a grant of its own. With `copied_from` it copies, instead of a target of the
      `default` kind, the reference that this target holds at that field.
    - `implementation` names who understands the field, `since` the release that introduced it, `read_in` the source and
      version that the row was read in; empty for Gateway API's own CRDs, or if not known.
    """

    referrers: tuple[GroupKind, ...]
    path: str
    governed_by: Mechanism
    role: Role
    default: GroupKind | None = SERVICE
    shown: Shown = Shown.PARENT
    implementation: str = ""
    group_field: str = "group"
    kind_field: str = "kind"
    port_field: str = "port"
    own_namespace: bool = False
    ignores_namespace: bool = False
    note: str = ""
    on_names: str = ""
    by_kind: tuple[GroupKind, ...] = ()
    takes_core: bool = False
    strict_mode: str = ""
    selects: bool = False
    once_a_section: bool = False
    copied_into: GroupKind | None = None
    copied_from: str = ""
    annotation: str = ""
    since: str = ""
    read_in: str = ""

    def __hash__(self) -> int:
        # Rows are part of cache keys for each of thousands of references; few rows have both of these in common.
        return hash((self.path, self.role))

    @property
    def without_namespace(self) -> str:
        """The clause that says why a local field cannot reach another namespace, whatever is written there."""
        if self.ignores_namespace:
            return f"{self.implementation} does not look at the namespace of this field"
        return "this field has no namespace"

    def may_lead_to(self, kind: GroupKind) -> bool:
        """Whether an object of a kind can be what the field is for: holders of certificates serve no requests, and
        backends hold no certificates; an annotation holds names of objects of one kind."""
        if self.annotation:
            return kind == self.default
        return self.role not in (BACKEND_ROLES if kind in (SECRET, CONFIG_MAP) else _HOLDING)
