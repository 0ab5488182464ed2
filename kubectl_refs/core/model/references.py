"""References: as their referrers write them, as the table's rows find them, and as they are judged.

Every output format is a view of these facts. The names of fields follow the report's JSON contract, which may grow but
never changes what a field means.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.fixes import NO_REMEDY, Fix, Remedy
from kubectl_refs.core.model.judgements import (
    KIND_FAULTS,
    MISSING,
    Assumption,
    Check,
    Judgement,
    Layer,
    Outcome,
    ReportedVerdict,
    Verdict,
)
from kubectl_refs.core.model.kinds import NAMESPACE
from kubectl_refs.core.model.locations import Location
from kubectl_refs.core.model.names import can_be_named
from kubectl_refs.core.model.near_misses import GrantMatch, NearMiss
from kubectl_refs.core.model.near_targets import NearTarget
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism, ReferenceField, Role
from kubectl_refs.core.model.values import unsubstituted
from kubectl_refs.core.records import dataclass, replace


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference as its referrer writes it, with defaults filled in.

    `explicit_namespace` is False where the namespace was left out and the referrer's own was inferred. `wrong_port` and
    `wrong_weight` are the values of a port and a weight that are not integers which the API has, as a sentence shows them;
    empty otherwise. `repeats` is the path of an earlier reference that API servers do not take together with this one;
    empty if there is none. Only manifests can hold these.
    """

    referrer: ObjectKey
    path: str
    to: ObjectKey
    port: int | None = None
    section_name: str | None = None
    explicit_namespace: bool = True
    wrong_port: str = ""
    wrong_weight: str = ""
    repeats: str = ""

    @property
    def wrong_namespace(self) -> bool:
        """Whether no namespace can have the name of the one that it leads into."""
        return bool(self.to.namespace) and self.crosses and not can_be_named(NAMESPACE, self.to.namespace)

    @property
    def unsubstituted(self) -> bool:
        """Whether something that a grant for it would hold is still a placeholder."""
        # Joined, because a call for each part would count: it is asked of each of thousands of references.
        return unsubstituted("/".join((self.referrer.namespace, *self.to)))

    @property
    def written_port(self) -> str | None:
        """The port as written; None where there is none."""
        if self.wrong_port:
            return self.wrong_port.removeprefix('"').removesuffix('"')
        return None if self.port is None else str(self.port)

    @property
    def sort_path(self) -> str:
        """Its path with zero-padded numbers, which sorts as text: rules[2] comes before rules[10]."""
        return re.sub("[0-9]+", lambda found: found[0].zfill(9), self.path)

    @property
    def crosses(self) -> bool:
        """Whether it leads into another namespace; a cluster-scoped target is in none."""
        return self.to.namespace not in ("", self.referrer.namespace)


@dataclass(frozen=True, slots=True)
class FoundReference:
    """A reference with the row of the table that found it, the entry as written, and the list indices of its path."""

    field: ReferenceField
    reference: Reference
    entry: JSON
    indices: tuple[int, ...]

    @property
    def may_cross(self) -> bool:
        """Whether the field has a namespace that may differ from the holder's."""
        return self.field.governed_by is not Mechanism.LOCAL

    @classmethod
    def without_row(cls, reference: Reference, governed_by: Mechanism, role: Role) -> FoundReference:
        """A reference that no row of the table found: a supposed one, or a stand-in for what should be a reference."""
        row = ReferenceField((reference.referrer.group_kind,), reference.path, governed_by, role, None)
        return cls(row, reference, {}, ())


@dataclass(frozen=True, slots=True)
class EvaluatedReference:
    """A reference as it was found and judged, and what follows from that."""

    found: FoundReference
    judgement: Judgement
    source: Location | None = None
    """Where it stands in the manifests; None for an object of a cluster."""
    effect: str = ""
    """What its failure does to traffic; empty if it does nothing, or if that is not known."""
    remedy: Remedy = NO_REMEDY

    def for_alike(self, found: FoundReference) -> EvaluatedReference:
        """This judgement for another reference, which is judged alike."""
        return EvaluatedReference(found, self.judgement)

    def with_judgement(self, **changes: Any) -> EvaluatedReference:
        """A copy with some fields of its judgement changed."""
        return replace(self, judgement=replace(self.judgement, **changes))

    def with_notes(self, *notes: str) -> EvaluatedReference:
        """A copy with more notes in its judgement."""
        return self.with_judgement(notes=(*self.judgement.notes, *notes)) if notes else self

    def with_fixes(self, fixes: Iterable[Fix]) -> EvaluatedReference:
        """A copy with these changes in place of any offered before."""
        return replace(self, remedy=self.remedy._replace(fixes=tuple(fixes)))

    @property
    def target_missing(self) -> bool:
        """Whether its target is known not to exist, or is of a kind that cannot be meant: no grant helps then."""
        return self.fault in MISSING or self.fault in KIND_FAULTS

    @property
    def target_failures(self) -> tuple[Check, ...]:
        """The failed checks other than permission: what the caller can see to be wrong with its target, permitted or not."""
        return tuple([check for check in self.checks if check.is_target_failure])

    @property
    def made_by(self) -> ObjectKey | None:
        return self.judgement.made_by

    @property
    def of_maker(self) -> str:
        """What to do about a missing target that something is supposed to make, a sentence without its full stop; empty
        if nothing is."""
        return "" if self.made_by is None else f"find out why {self.made_by} has not made {self.reference.to}"

    @property
    def slip_among_manifests(self) -> NearTarget | None:
        """The object among the manifests, a part of a cluster, that it means but for a slip, where its own target is
        not among them and no grant is known to permit it; None if there is none."""
        permitted = self.mechanism is not Mechanism.REFERENCE_GRANT or self.verdict in (Verdict.ALLOWED, Verdict.BROKEN)
        if permitted or self.fault is not None or self.reported_verdict is Verdict.ALLOWED:
            return None
        return next((near for near in self.near_targets if near.slipped), None)

    @property
    def in_order(self) -> bool:
        """Whether there is nothing to say but that it is allowed."""
        judgement = self.judgement
        return judgement.verdict is Verdict.ALLOWED and judgement.code is None

    @property
    def reported_verdict(self) -> Verdict | None:
        """The worst verdict that controllers report on it alone; None if there is none, or if it was checked here."""
        if not self.reported:
            return None
        return min((each.verdict for each in self.reported if each.alone), key=lambda each: each.rank, default=None)

    @property
    def type_note(self) -> str:
        """A note on the type of its target, a sentence without its full stop; empty for nearly all."""
        of_type = (each.message for each in self.checks if (each.layer, each.outcome) == (Layer.TYPE, Outcome.NOTE))
        return next(of_type, "")

    @property
    def reference(self) -> Reference:
        return self.found.reference

    @property
    def field(self) -> ReferenceField:
        return self.found.field

    @property
    def refused_and_missing(self) -> bool:
        """Whether nothing permits it and its target cannot be meant: two faults, and a grant mends only the first."""
        return self.verdict is Verdict.REFUSED and self.target_missing

    @property
    def asked_namespace(self) -> str:
        """The namespace whose owner is asked."""
        return self.judgement.ask_in or self.reference.to.namespace

    @property
    def passes_by_default(self) -> bool:
        """Whether no grant permits it, and its implementation asks for none by default."""
        ungranted = not self.grants and self.mechanism is Mechanism.REFERENCE_GRANT
        return ungranted and self.verdict is Verdict.ALLOWED and bool(self.field.strict_mode)

    @property
    def is_parent(self) -> bool:
        return self.field.role is Role.PARENT

    @property
    def mechanism(self) -> Mechanism:
        return self.judgement.mechanism

    @property
    def verdict(self) -> Verdict:
        return self.judgement.verdict

    @property
    def reason(self) -> str | None:
        return self.judgement.reason

    @property
    def code(self) -> Code | None:
        return self.judgement.code

    @property
    def because(self) -> str:
        return self.judgement.because

    @property
    def checks(self) -> tuple[Check, ...]:
        return self.judgement.checks

    @property
    def grants(self) -> tuple[GrantMatch, ...]:
        return self.judgement.grants

    @property
    def grants_omitted(self) -> int:
        return self.judgement.grants_omitted

    @property
    def near_misses(self) -> tuple[NearMiss, ...]:
        return self.judgement.near_misses

    @property
    def near_misses_omitted(self) -> int:
        return self.judgement.near_misses_omitted

    @property
    def assumptions(self) -> tuple[Assumption, ...]:
        return self.judgement.assumptions

    @property
    def ask(self) -> str:
        return self.judgement.ask

    @property
    def listeners(self) -> tuple[str, ...]:
        return self.judgement.listeners

    @property
    def fault(self) -> Code | None:
        return self.judgement.fault

    @property
    def near_targets(self) -> tuple[NearTarget, ...]:
        return self.judgement.near_targets

    @property
    def unsupported(self) -> str:
        return self.judgement.unsupported

    @property
    def reported(self) -> tuple[ReportedVerdict, ...]:
        return self.judgement.reported

    @property
    def notes(self) -> tuple[str, ...]:
        """Further notes on the target, the verdict and the remedy."""
        ending = (self.judgement.being_deleted,) if self.judgement.being_deleted else ()
        return ending + self.judgement.notes + self.remedy.notes

    @property
    def fixes(self) -> tuple[Fix, ...]:
        return self.remedy.fixes

    @property
    def by_hand(self) -> str:
        return self.remedy.by_hand
