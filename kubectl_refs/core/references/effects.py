"""What the failing references of one object do to traffic together, when, and through which parents (docs/rules.md 7.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from kubectl_refs.core.fields.binding import RouteBinding, is_mesh
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.kinds import ROUTES
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.reference_fields import Mechanism, Role
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.serving import Serves, Serving
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.references.impact import Impact
from kubectl_refs.core.text.language import enumerated


class Effects:
    """The effects of an object's references, all of which are given, on traffic. `serving` are the rows that say whether
    anything serves the object."""

    def __init__(self, obj: JSON, references: Sequence[EvaluatedReference], serving: Iterable[Serving]) -> None:
        self._object = obj
        self._references = references
        self._parents = [each for each in references if each.is_parent]
        of_route = key_of(obj).group_kind in ROUTES
        self._rows = [row for row in serving if not row.backends] if of_route else []

    def of(self, references: Sequence[EvaluatedReference]) -> Mapping[int, str]:
        """What references that fail do to traffic together, by their ids; empty for those that do not fail."""
        impact = Impact(self._object, [each.found for each in references if _fails(each)])
        return {id(each): self._effect(each, impact) if _fails(each) else "" for each in references}

    @cached_property
    def refused_by_gateways(self) -> frozenset[int]:
        """The ids of the references in which nothing is wrong but that a route's Gateway parents need a grant, which most
        meshes do not ask for at its Service parents (docs/rules.md 3.2)."""
        if RouteBinding.of(self._object, [each.reference for each in self._parents]) is not RouteBinding.BOTH:
            return frozenset()
        by_grants = (each for each in self._references if each.mechanism is Mechanism.REFERENCE_GRANT)
        return frozenset(id(each) for each in by_grants if each.verdict is Verdict.REFUSED and each.fault is None)

    def _effect(self, each: EvaluatedReference, impact: Impact) -> str:
        """The effect of a failing reference; if controllers report differently, only where it fails. While a policy is
        idle, its other references have no effect."""
        accepted = [report for report in each.reported if report.verdict is Verdict.ALLOWED]
        when = self._at_gateways if id(each) in self.refused_by_gateways else self._when_served
        effect = impact.of(each.found, when="" if accepted else when)
        if effect and self._idle and each.field.role is not Role.POLICY_TARGET:
            return "none while the policy has no effect on any target"
        if not effect or not accepted:
            return effect
        failing = enumerated([str(report.by) for report in each.reported if report.verdict is not Verdict.ALLOWED])
        return f"where {failing} serves it, {effect}"

    @cached_property
    def _idle(self) -> bool:
        """Whether the object is a policy all of whose targets fail."""
        targets = [each for each in self._references if each.field.role is Role.POLICY_TARGET]
        return bool(targets) and all(each.verdict.fails for each in targets)

    @cached_property
    def _when_served(self) -> str:
        """When requests reach the rules of a route, or in which case; empty if they may reach them now, as far as is
        known, and for other kinds."""
        return self._when(self._rows, self._parents, "a parent", "the route")

    @cached_property
    def _at_gateways(self) -> str:
        """The same for requests that come through the Gateway parents of a route that has Service parents too."""
        gateways = [each for each in self._parents if not is_mesh(each.reference)]
        places = {each.reference.to for each in gateways}
        when = self._when([row for row in self._rows if row.parent in places], gateways, "one", "it")
        return f"at the route's Gateway parents{when and f', {when}'}"

    @staticmethod
    def _when(rows: Sequence[Serving], parents: Iterable[EvaluatedReference], parent: str, route: str) -> str:
        if not rows:
            return ""
        unattached = all(row.by_verdict or row.parent is None for row in rows)
        if all(row.serves is Serves.NO for row in rows):
            return f"once {parent} admits {route}" if unattached else f"once {route} is served"
        admitted = any(each.reported_verdict is Verdict.ALLOWED for each in parents)
        open_ = unattached and not admitted and any(row.by_verdict for row in rows)
        return f"if {parent} admits {route}" if open_ else ""


def _fails(each: EvaluatedReference) -> bool:
    return each.verdict.fails or (each.reported_verdict is not None and each.reported_verdict.fails)
