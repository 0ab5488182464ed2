"""The table of reference fields, looked up by the kind of the referrer (docs/rules.md 2.1).

A new reference field is a new row in gateway_api.py or implementations, or in a user's own file. Nothing else in the
project knows a field of a kind by name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from kubectl_refs.core.fields.makers import MAKERS
from kubectl_refs.core.model.makers import Maker
from kubectl_refs.core.model.objects import GroupKind
from kubectl_refs.core.model.reference_fields import Mechanism, ReferenceField
from kubectl_refs.core.records import dataclass

ANY_STEPS = "**"


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the prefix tree of rows' paths.

    Behind ANY_STEPS a field is known by its name alone, which unrelated fields may have too: a value there that is no
    object is not reported (`strict` is False).
    """

    ends: tuple[int, ...]
    """The rows whose path ends here, by their place in the Plan."""
    fields: tuple[tuple[str, bool, Node], ...]
    """For each field where paths go on: its name, whether they enter each item of a list there, and the next node."""
    within: Node | None
    """The node to which paths go on after any number of steps."""
    strict: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What to look for in an object of one kind. `naming` are the rows that name objects; `annotated` the places in it of
    rows for annotations; `root` the prefix tree of the other rows' paths; `selecting` the rows that select objects."""

    naming: tuple[ReferenceField, ...]
    annotated: tuple[int, ...]
    root: Node
    selecting: tuple[ReferenceField, ...]


class Table:
    """Rows, looked up by the kind of the referrer, and the rows on who makes targets (`makers`). Tables are
    compared by identity."""

    def __init__(self, rows: Iterable[ReferenceField], makers: Iterable[Maker] = MAKERS) -> None:
        self.makers = tuple(makers)
        self._by_kind: dict[GroupKind, list[ReferenceField]] = defaultdict(list)
        self._rows = tuple(rows)
        self._plans: dict[GroupKind, Plan] = {}
        for row in self._rows:
            for referrer in row.referrers:
                self._by_kind[referrer].append(row)

    def __iter__(self) -> Iterator[ReferenceField]:
        return iter(self._rows)

    def fields_of(self, referrer: GroupKind) -> tuple[ReferenceField, ...]:
        """The rows of one kind; empty if the table knows no references of it."""
        return tuple(self._by_kind.get(referrer, ()))

    def plan_of(self, referrer: GroupKind) -> Plan:
        """The plan for one kind, made once for all its objects."""
        plan = self._plans.get(referrer)
        if plan is not None:
            return plan
        rows = self._by_kind.get(referrer)
        if rows is None:
            return _EMPTY
        plan = self._plans[referrer] = _plan(rows)
        return plan

    @property
    def referrers(self) -> tuple[GroupKind, ...]:
        """Every kind that references something, in the table's order."""
        return tuple(self._by_kind)

    def referrers_by(self, mechanism: Mechanism) -> tuple[GroupKind, ...]:
        """The kinds with a field that this mechanism governs."""
        return tuple(kind for kind, rows in self._by_kind.items() if any(row.governed_by is mechanism for row in rows))

    def may_need_grant(self, referrer: GroupKind, target: GroupKind) -> bool:
        """Whether an object of one kind may need a grant to reference one of another, as far as its fields are known."""
        rows = [row for row in self.fields_of(referrer) if row.governed_by is Mechanism.REFERENCE_GRANT]
        return not rows or any(row.may_lead_to(target) for row in rows)


def _plan(rows: Sequence[ReferenceField]) -> Plan:
    naming = tuple(row for row in rows if not row.selects)
    paths = [(place, row.path.split(".")) for place, row in enumerate(naming) if not row.annotation]
    annotated = tuple(place for place, row in enumerate(naming) if row.annotation)
    return Plan(naming, annotated, _tree(paths), tuple(row for row in rows if row.selects))


def _tree(paths: Iterable[tuple[int, list[str]]], *, strict: bool = True) -> Node:
    """The prefix tree of paths, each with the place of its row."""
    ends = []
    begun: dict[str, list[tuple[int, list[str]]]] = defaultdict(list)
    for place, steps in paths:
        if steps:
            begun[steps[0]].append((place, steps[1:]))
        else:
            ends.append(place)
    anywhere = begun.pop(ANY_STEPS, None)
    within = _tree(anywhere, strict=False) if anywhere else None
    fields = [
        (step.removesuffix("[*]"), step.endswith("[*]"), _tree(further, strict=strict))
        for step, further in begun.items()
    ]
    return Node(tuple(ends), tuple(fields), within, strict)


_EMPTY = _plan(())
