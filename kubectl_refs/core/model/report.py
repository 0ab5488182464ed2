"""The report: the answer to a question. Every output format is a view of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from kubectl_refs.core.model.conditions import Condition
from kubectl_refs.core.model.judgements import SUMMED_UP, Verdict
from kubectl_refs.core.model.near_misses import GrantName
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.serving import Serving, perhaps_wrong, unserved
from kubectl_refs.core.model.unknown_fields import UnknownField
from kubectl_refs.core.model.values import is_being_deleted
from kubectl_refs.core.records import dataclass

if TYPE_CHECKING:
    from kubectl_refs.core.model.unknown_kinds import UnknownKind


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

    @property
    def request(self) -> tuple[str, str, str, str | None, str | None]:
        """What could not be read."""
        return self.verb, self.group, self.resource, self.namespace, self.name


@dataclass(frozen=True, slots=True)
class Report:
    """The answer to a question: what every output format shows."""

    references: tuple[EvaluatedReference, ...] = ()
    conditions: tuple[Condition, ...] = ()
    gaps: tuple[Gap, ...] = ()
    objects: Mapping[ObjectKey, JSON] = field(default_factory=dict)
    """The referrers, for excerpts; not part of the JSON."""
    grants: Mapping[GrantName, JSON] = field(default_factory=dict)
    """Every grant in the target namespaces of references that need one; not part of the JSON."""
    serving: tuple[Serving, ...] = ()
    misspelt: tuple[UnknownField | UnknownKind, ...] = ()
    """Misspelt fields on the way to a reference or inside one, fields that a reference does not have, and objects of a
    misspelt kind."""

    @property
    def reported_failures(self) -> tuple[Condition, ...]:
        """The conditions by which controllers say that something does not work, whatever the verdicts are."""
        return tuple(condition for condition in self.conditions if condition.fails)

    @property
    def is_shown_with_reference(self) -> Callable[[Condition], bool]:
        """A test for conditions whose report is already shown with a reference that could not be checked."""
        told = {
            (evaluated.found.reference.referrer, each.by, each.words)
            for evaluated in self.references
            for each in evaluated.judgement.reported
            if each.alone
        }

        def is_shown(condition: Condition) -> bool:
            reported = condition.reported
            if reported is None or not condition.is_current:
                return False
            return (condition.object, condition.controller_name, reported.words(condition.type)) in told

        return is_shown

    @property
    def perhaps_wrong(self) -> tuple[Serving, ...]:
        """One row for each Gateway that may be wrong."""
        return perhaps_wrong(self.serving)

    @property
    def unserved(self) -> tuple[Serving, ...]:
        """One row for each object that nothing serves, unless a verdict says so already."""
        return unserved(self.serving)

    @property
    def being_deleted(self) -> tuple[ObjectKey, ...]:
        """The objects that are being deleted."""
        return tuple(key for key, obj in self.objects.items() if is_being_deleted(obj))

    @property
    def assumed(self) -> int:
        """How many references depend on something that is not among the manifests."""
        return sum(bool(evaluated.assumptions) for evaluated in self.references)

    @property
    def summary(self) -> dict[Verdict, int]:
        counts = dict.fromkeys(SUMMED_UP, 0)
        for evaluated in self.references:
            counts[evaluated.judgement.verdict] += 1
        return counts
