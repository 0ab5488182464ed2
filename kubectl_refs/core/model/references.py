"""The words of the domain as frozen dataclasses: objects, references, grants, verdicts and the report.

Everything that a report holds stands here, so that every output format is a view of the same facts. The field
names follow the report's JSON contract, which may grow but keeps its meaning.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.fixes import Fix
from kubectl_refs.core.model.near_misses import GrantMatch, NearMiss
from kubectl_refs.core.model.objects import ObjectKey


class Mechanism(StrEnum):
    """What decides whether a reference may be made (docs/rules.md 2.1, governed by)."""

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

    @property
    def rank(self) -> int:
        """Its place among them, the worst 0."""
        return _RANKS[self]


_RANKS = {verdict: rank for rank, verdict in enumerate(Verdict)}


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
    code: Code | None
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
