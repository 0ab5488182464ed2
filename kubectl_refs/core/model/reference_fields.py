"""The form of one row of the table of reference fields: which kind references what, where, and what decides
(docs/rules.md 2.1)."""

from __future__ import annotations

from enum import StrEnum

from kubectl_refs.core.model.kinds import CONFIG_MAP, SECRET, SERVICE
from kubectl_refs.core.model.objects import GroupKind
from kubectl_refs.core.records import dataclass


class Mechanism(StrEnum):
    """What decides whether a reference may be made (docs/rules.md 2.1, governed by)."""

    REFERENCE_GRANT = "ReferenceGrant"
    SAME_NAMESPACE = "SameNamespace"
    ALLOWED_ROUTES = "AllowedRoutes"
    ALLOWED_LISTENERS = "AllowedListeners"
    LOCAL = "Local"
    UNGOVERNED = "Ungoverned"
    MESH = "Mesh"


class Role(StrEnum):
    """What a reference is for; it decides which targets make sense and what a failure does."""

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


_SERVING = frozenset({Role.BACKEND, Role.MIRROR, Role.AUTH})
_HOLDING = frozenset({Role.CERTIFICATE, Role.CLIENT_CERTIFICATE, Role.CA})


class Shown(StrEnum):
    """On which of the referrer's conditions a failing reference shows (docs/rules.md 2.1, shown)."""

    PARENT = "parent"
    LISTENER = "listener"
    OBJECT = "object"
    ANCESTOR = "ancestor"
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class ReferenceField:
    """One row: in `referrers`, the objects at `path` are references.

    - `path` is made of field names; `[*]` stands for every entry of a list, `**` for any number of steps. `group_field`,
      `kind_field` and `port_field` are where an entry holds its group, kind and port; a port may stand in an object of its
      own ("port.number"). With `annotation` the path is only told: the object's annotation of that name holds names with
      commas between them, of which those with a namespace and a colon before them are references.
    - `default` is the group and kind that the API server fills in, None where both must be written. `by_kind` are kinds that
      the implementation knows by the kind alone, whatever group is written; where `kind_field` holds a type ("type"), one
      that is none of them is no object. With `takes_core` the field's own schema has "core" for the core group besides "".
    - What `governed_by` says holds for a crossing into another namespace, `note` is a sentence, without its full stop, on
      what else decides about it, and `strict_mode` the mode of the implementation, not its default, in which alone it asks
      for a grant here. A local field has no namespace, or with `own_namespace` one that must be the holder's own, or with
      `ignores_namespace` one that the implementation does not look at.
    - With `selects` an entry names nothing: it selects objects of its kind by labels, in the namespaces that its own
      `namespaces` selects.
    - With `copied_into` the implementation copies the reference into an object of that kind, which it makes in the holder's
      namespace and which needs a grant of its own; with `copied_from` it copies not what is written, but what a target of
      the `default` kind names at that field of its own.
    - `implementation` names who understands the field, `since` its release that brought the field, `read_in` the source and
      version that the row was read in; empty where that is Gateway API's own CRDs, or not known.
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
    by_kind: tuple[GroupKind, ...] = ()
    takes_core: bool = False
    strict_mode: str = ""
    selects: bool = False
    copied_into: GroupKind | None = None
    copied_from: str = ""
    annotation: str = ""
    since: str = ""
    read_in: str = ""

    def __hash__(self) -> int:
        # Rows are in the keys of what is kept for each of thousands of references: few have these two in common.
        return hash((self.path, self.role))

    @property
    def without_namespace(self) -> str:
        """The clause that says why a local field reaches nothing in another namespace, whatever is written there."""
        if self.ignores_namespace:
            return f"{self.implementation} does not look at the namespace of this field"
        return "this field has no namespace"

    def may_lead_to(self, kind: GroupKind) -> bool:
        """Whether an object of a kind can be what the field is for: what holds certificates serves no requests, and what
        serves requests holds no certificates; an annotation holds names of objects of one kind."""
        if self.annotation:
            return kind == self.default
        return self.role not in (_SERVING if kind in (SECRET, CONFIG_MAP) else _HOLDING)
