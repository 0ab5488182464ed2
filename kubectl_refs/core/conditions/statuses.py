"""Finds conditions in a status, and sets each expected condition beside the one that a controller wrote there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from kubectl_refs.core.conditions.comparison import (
    WITHOUT_STATUS,
    absent_condition,
    compare,
    dependent_on_assumptions,
    is_for_references,
    not_accepted_for_references,
    other_controller,
    stale_generation,
)
from kubectl_refs.core.fields.controllers import Controller
from kubectl_refs.core.fields.releases import Release
from kubectl_refs.core.grants.grant import Grant
from kubectl_refs.core.model.conditions import (
    Comparison,
    Computed,
    Condition,
    Reported,
    keeps_last_valid_state,
    reported_in,
)
from kubectl_refs.core.model.near_misses import GrantName
from kubectl_refs.core.model.objects import JSON, GroupKind, ObjectKey
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.values import at, integer, mapping, text
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.view.controllers import Handler
from kubectl_refs.core.view.status_entries import written_entries

NO_CONTROLLER = "no controller has written it: perhaps none is running for this class"
"""Why a condition is absent that the controller of a GatewayClass writes."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a status: the conditions written there, what they are about, and who wrote them.

    `conditions` is None if no controller has written the entry. `controller_name` is None if the entry does not hold
    it. At most one of `parent_ref`, `listener` and `ancestor_ref` is set; none is set for the object itself. `handler` is
    the controller that handles the Gateway which the entry is about, if another one wrote the entry.
    """

    conditions: object = None
    controller_name: str | None = None
    parent_ref: JSON | None = None
    listener: str | None = None
    ancestor_ref: JSON | None = None
    handler: Handler | None = None

    @property
    def is_stray(self) -> bool:
        """Whether another controller wrote it than the one that handles the Gateway."""
        return self.handler is not None and self.controller_name is not None


Part = tuple[JSON, Entry]
"""An entry in the status of a route or policy, and the parentRef or ancestorRef that it is about, as written."""


@dataclass(frozen=True, slots=True)
class Expected:
    """A condition that the specification requires.

    `references` are those that it is about. `absence` is a sentence, without full stop, on why no controller may have
    written it. `resolved` is the ResolvedRefs required beside an Accepted. `optional_kinds` are the route kinds that a
    listener lists, and that its controller may not support.
    """

    type: str
    computed: Computed
    references: Sequence[EvaluatedReference]
    absence: str
    resolved: Computed | None = None
    optional_kinds: Sequence[GroupKind] = ()


@dataclass(frozen=True, slots=True)
class Status:
    """The status of an object, its `key`, and what is needed to judge it.

    `grants` are those of all namespaces that the object's references lead to. `live` is False for a manifest.
    `controller` returns the controllerName for entries that do not hold it, which takes a read; None if it is not
    known. `release_of` returns the running release of a controller. `strays` are the entries that another controller wrote
    than the one that handles the Gateway, by their indices, with that one.
    """

    key: ObjectKey
    object: JSON
    grants: Mapping[GrantName, Grant]
    live: bool
    controller: Callable[[], str | None]
    release_of: Callable[[Controller], Release | None]
    strays: Mapping[int, Handler]

    @property
    def parts(self) -> Sequence[Part]:
        """The entries about the parents of a route, or about the ancestors of a policy."""
        return [
            (
                mapping(each.get("parentRef") or each.get("ancestorRef")),
                Entry(each.get("conditions"), text(each.get("controllerName")), handler=self.strays.get(index)),
            )
            for index, each in enumerate(written_entries(self.object))
        ]

    def condition(self, entry: Entry, expected: Expected) -> Condition:
        """An expected condition beside the one in an entry."""
        reported = reported_in(entry.conditions, expected.type) if entry.conditions else None
        compared = self._compared(entry, expected, reported)
        return Condition(
            self.key,
            expected.type,
            expected.computed,
            compared.agreement,
            compared.why,
            reported,
            entry.parent_ref,
            entry.controller_name,
            entry.listener,
            entry.ancestor_ref,
            compared.code,
            compared.advice,
        )

    def _compared(self, entry: Entry, expected: Expected, reported: Reported | None) -> Comparison:
        if reported is None:
            unseen = not self.live or at(self.object, "metadata", "generation") == 0
            without = unseen and not mapping(self.object.get("status"))
            return WITHOUT_STATUS if without else absent_condition(expected.absence)
        if entry.handler is not None and entry.controller_name is not None:
            return other_controller(entry.handler, entry.controller_name)
        # Only routes may keep an older state.
        older = (
            expected.type == "Accepted" and entry.parent_ref is not None and keeps_last_valid_state(entry.conditions)
        )
        generation = None if older else integer(at(self.object, "metadata", "generation"))
        # Only a difference counts against a controller, so only a difference is worth a read.
        differs = reported.status != expected.computed.status
        if differs and any(each.assumptions for each in expected.references):
            return stale_generation(generation, reported) or dependent_on_assumptions(reported)
        if (
            differs
            and expected.resolved is not None
            and is_for_references(expected.computed, expected.resolved, reported)
        ):
            return stale_generation(generation, reported) or not_accepted_for_references(expected.resolved.reason)
        if differs and expected.optional_kinds and "InvalidRouteKinds" in reported.reason.split(","):
            # Imported here: few listeners have such a condition.
            from kubectl_refs.core.conditions.left_open import unsupported_route_kinds

            return stale_generation(generation, reported) or unsupported_route_kinds(expected.optional_kinds)
        name = entry.controller_name or (self.controller() if differs else None)
        return compare(generation, expected.computed, reported, expected.references, self.grants, name, self.release_of)
