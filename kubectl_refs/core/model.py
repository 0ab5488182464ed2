"""The words of the domain as frozen dataclasses: objects, references, grants, verdicts and the report.

Everything that a report holds stands here, so that every output format is a view of the same facts. The field
names follow the report's JSON contract, which may grow but keeps its meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any

JSON = Mapping[str, Any]
"""A Kubernetes object as the API server sent it, or as a manifest holds it. Never modified by this project."""

GATEWAY_GROUP = "gateway.networking.k8s.io"


@dataclass(frozen=True, slots=True, order=True)
class GroupKind:
    """A kind with its API group; the group of core kinds is the empty string. No version: references ignore it."""

    group: str
    kind: str

    def __str__(self) -> str:
        return f"{self.kind}.{self.group}" if self.group else self.kind


@cache
def _group_kind(group: str, kind: str) -> GroupKind:
    """One and the same for all objects of a kind: it is asked for many times for each of thousands."""
    return GroupKind(group, kind)


@dataclass(frozen=True, slots=True, order=True)
class ObjectKey:
    """One object of a cluster. The namespace is empty for cluster-scoped kinds."""

    group: str
    kind: str
    namespace: str
    name: str

    @property
    def group_kind(self) -> GroupKind:
        return _group_kind(self.group, self.kind)

    @property
    def path(self) -> str:
        """`namespace/name`, or the bare name of a cluster-scoped object."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name

    def __str__(self) -> str:
        return f"{self.kind} {self.path}"


class Mechanism(StrEnum):
    """What decides whether a reference may be made (spec.md section 2, column Gov)."""

    REFERENCE_GRANT = "ReferenceGrant"
    SAME_NAMESPACE = "SameNamespace"
    ALLOWED_ROUTES = "AllowedRoutes"
    ALLOWED_LISTENERS = "AllowedListeners"
    LOCAL = "Local"
    UNGOVERNED = "Ungoverned"
    MESH = "Mesh"


class Verdict(StrEnum):
    """The answer for one reference, worst first."""

    REFUSED = "refused"
    BROKEN = "broken"
    UNKNOWN = "unknown"
    ALLOWED = "allowed"


class Hint(StrEnum):
    """Why a field of a grant differs from what the reference needs."""

    TYPO = "typo"
    CASE = "case"
    PLURAL = "plural"
    CORE_ALIAS = "core-alias"
    WRONG_GROUP = "wrong-group"
    GROUP_WITH_VERSION = "group-with-version"
    OLD_GROUP = "old-group"
    OTHER_KIND = "other-kind"
    OTHER_NAMESPACE = "other-namespace"
    OTHER_NAME = "other-name"
    WRONG_PLACEMENT = "wrong-placement"
    SWAPPED = "swapped"
    SPLIT = "split"


class Layer(StrEnum):
    """The questions a reference must pass, in the order in which they are told."""

    PERMISSION = "permission"
    KIND = "kind"
    TARGET = "target"
    CONTENT = "content"
    PORT = "port"
    TYPE = "type"


class Outcome(StrEnum):
    OK = "ok"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Check:
    """One layer of one reference. `message` is a sentence without its full stop."""

    layer: Layer
    outcome: Outcome
    message: str


@dataclass(frozen=True, slots=True, order=True)
class GrantName:
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


@dataclass(frozen=True, slots=True)
class GrantMatch:
    """A pair of entries, counted from 0, of one grant that permits a reference."""

    grant: GrantName
    from_: int
    to: int


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of a grant that keeps it from permitting a reference.

    `path` is the field in the grant (`spec.from[0].namespace`); `found` is None for a field that is absent; `note`
    adds what is known about the found value, such as that no namespace of that name exists.
    """

    path: str
    wanted: str
    found: str | None
    hint: Hint
    note: str = ""


@dataclass(frozen=True, slots=True)
class NearMiss:
    """The nearest pair of entries of one grant that does not permit a reference, with every differing field.

    `distance` orders near misses: it grows with how unlikely it is that this reference was meant.
    """

    grant: GrantName
    from_: int
    to: int
    differences: tuple[Difference, ...]
    distance: float
    source: JSON = field(default_factory=dict, compare=False, repr=False)
    """The whole grant, for excerpts and tables of evidence; not part of the JSON."""


class Confidence(StrEnum):
    CERTAIN = "certain"
    LIKELY = "likely"
    GUESS = "guess"


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that would make references work, as a command to copy.

    `widens` lists what else the change would permit, one phrase each; it is empty for a minimal change. `manifest`
    is set for action `create`, `patch` (JSON Patch, with `test` operations first) for action `patch`.
    """

    action: str
    object: ObjectKey
    title: str
    command: str
    confidence: Confidence
    manifest: JSON | None = None
    patch: tuple[JSON, ...] = ()
    widens: tuple[str, ...] = ()
    follows: bool = False
    """Whether it belongs to the fix before it: neither helps without the other."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference as its holder spells it, defaults filled in.

    `explicit_namespace` is False where the namespace was left out and the holder's own was inferred.
    """

    referrer: ObjectKey
    path: str
    to: ObjectKey
    port: int | None = None
    section_name: str | None = None
    explicit_namespace: bool = True

    @property
    def crosses(self) -> bool:
        """Whether it leads into another namespace; a cluster-scoped target is in none."""
        return self.to.namespace not in ("", self.referrer.namespace)


@dataclass(frozen=True, slots=True)
class ExplainedReference:
    """A reference with its verdict and everything that supports it."""

    reference: Reference
    mechanism: Mechanism
    verdict: Verdict
    reason: str | None
    code: str | None
    because: str
    checks: tuple[Check, ...] = ()
    grants: tuple[GrantMatch, ...] = ()
    grants_omitted: int = 0
    """How many more ReferenceGrants permit it than those."""
    near_misses: tuple[NearMiss, ...] = ()
    """The nearest ones, nearest first."""
    near_misses_omitted: int = 0
    """How many more ReferenceGrants do not permit it and fit less."""
    notes: tuple[str, ...] = ()
    effect: str = ""
    fixes: tuple[Fix, ...] = ()
    ask: str = ""
    """A question to send to the owner of another namespace, where the answer lies there and could not be read."""
    elsewhere: tuple[str, ...] = ()
    """Namespaces that may be meant: those that hold a target of this name, where a reference without `namespace:`
    finds none in its own; or the one of a similar name, where the namespace written does not exist."""
    nowhere: bool = False
    """Whether the namespace that the reference names does not exist, so that no grant there can help."""


class Agreement(StrEnum):
    AGREES = "agrees"
    STALE = "stale"
    CONTRADICTS = "contradicts"
    ABSENT = "absent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Computed:
    """A condition as the specification asks for it. `status` is "True", "False" or "Unknown"."""

    status: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Reported:
    """A condition as a controller wrote it."""

    status: str
    reason: str
    message: str
    observed_generation: int | None
    last_transition_time: str | None


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of one object, computed and as reported by one controller.

    It stands with a parent of a route, a listener of a Gateway or ListenerSet, an ancestor of a policy, or with none
    of these for the object itself.
    """

    object: ObjectKey
    type: str
    computed: Computed
    agreement: Agreement
    why: str
    reported: Reported | None = None
    parent_ref: JSON | None = None
    controller_name: str | None = None
    listener: str | None = None
    ancestor_ref: JSON | None = None
    code: str | None = None
    """What is wrong between the two; None where they agree, or where nothing can be said."""
    advice: str = ""
    """What to do next, a sentence without its full stop; empty where nothing is wrong."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that could not be read, and what that leaves open. `http_status` is None if no answer came."""

    verb: str
    group: str
    resource: str
    namespace: str | None
    name: str | None
    http_status: int | None
    message: str
    effect: str


@dataclass(frozen=True, slots=True)
class Report:
    """The answer to a question: what every output format shows."""

    references: tuple[ExplainedReference, ...] = ()
    conditions: tuple[Condition, ...] = ()
    gaps: tuple[Gap, ...] = ()
    objects: Mapping[ObjectKey, JSON] = field(default_factory=dict)
    """The referrers, for excerpts; not part of the JSON."""
    grants: Mapping[GrantName, JSON] = field(default_factory=dict)
    """Every grant of the namespaces that references which need one lead to; not part of the JSON."""

    @property
    def summary(self) -> dict[Verdict, int]:
        counts = dict.fromkeys((Verdict.ALLOWED, Verdict.REFUSED, Verdict.BROKEN, Verdict.UNKNOWN), 0)
        for explained in self.references:
            counts[explained.verdict] += 1
        return counts
