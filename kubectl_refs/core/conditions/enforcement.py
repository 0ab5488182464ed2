"""Do controllers let a refused reference pass? By what they report of it, or by what is known of the controller that a
GatewayClass names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from kubectl_refs.core.attachment.listeners import listeners_of
from kubectl_refs.core.fields.controllers import controller_of
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.conditions import Condition
from kubectl_refs.core.model.kinds import GATEWAY
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.reference_fields import Mechanism, Shown
from kubectl_refs.core.model.references import EvaluatedReference, Verdict
from kubectl_refs.core.model.values import key_of, text
from kubectl_refs.core.records import replace
from kubectl_refs.core.view.controllers import class_of, controller_name, running_release
from kubectl_refs.core.view.view import View


def reporting_resolved(each: EvaluatedReference, obj: JSON, conditions: Iterable[Condition]) -> tuple[str, ...]:
    """The controllers that report, of the object as it is now, what a reference shows on as resolved."""
    return _writers(shown for shown in _shown_on(each, obj, conditions) if not _is_outdated(shown) and _resolves(shown))


def _lagging(each: EvaluatedReference, obj: JSON, conditions: Iterable[Condition]) -> tuple[str, ...]:
    """The controllers that reported what a reference shows on as resolved, and nothing since the object was changed."""
    return _writers(shown for shown in _shown_on(each, obj, conditions) if _is_outdated(shown) and _resolves(shown))


def _shown_on(each: EvaluatedReference, obj: JSON, conditions: Iterable[Condition]) -> Iterator[Condition]:
    """What controllers report that a reference shows on."""
    for condition in conditions:
        if condition.type == "ResolvedRefs" and condition.reported is not None and shows_on(each, obj, condition):
            yield condition


def _resolves(condition: Condition) -> bool:
    return condition.reported is not None and condition.reported.status == "True"


def _is_outdated(condition: Condition) -> bool:
    return condition.code is Code.STALE_GENERATION


def _writers(conditions: Iterable[Condition]) -> tuple[str, ...]:
    return tuple(sorted({each.controller_name or "its controller" for each in conditions}))


def shows_on(each: EvaluatedReference, obj: JSON, condition: Condition) -> bool:
    """Whether a failing reference would show on a condition, by its field and the type of the condition's entry."""
    match each.field.shown:
        case Shown.PARENT:
            return condition.parent_ref is not None
        case Shown.ANCESTOR:
            return condition.ancestor_ref is not None
        case Shown.LISTENER:
            if condition.listener is None or not each.field.path.startswith("spec.listeners[*]"):
                return condition.listener is not None
            return text(listeners_of(obj)[each.found.indices[0]].get("name")) == condition.listener
        case Shown.OBJECT:
            return (condition.parent_ref, condition.listener, condition.ancestor_ref) == (None, None, None)
    return False


def with_enforcement(
    view: View, references: Sequence[EvaluatedReference], obj: JSON, conditions: Sequence[Condition]
) -> list[EvaluatedReference]:
    """The references of an object; what is said of the effect of a refused one is not more than is known.

    Where a controller lets it pass, or let it pass before the object was changed, the specification's effect is what a
    controller that enforces grants would do.
    """
    # By id: to compare them takes the square of their number.
    refused = {
        id(each)
        for each in references
        if each.verdict is Verdict.REFUSED and each.mechanism is Mechanism.REFERENCE_GRANT and each.effect
    }
    if not refused:
        return list(references)
    silent = () if any(each.reported for each in conditions) else _by_classes(view, references, obj)
    result = []
    for each in references:
        passing = reporting_resolved(each, obj, conditions) if id(each) in refused else ()
        if passing:
            verb = "reports" if len(passing) == 1 else "report"
            by = f"{' and '.join(passing)} {verb} ResolvedRefs=True, so it may work today"
            each = replace(each, effect=f"{by}; where ReferenceGrants are enforced, {each.effect}")
        elif id(each) in refused and (lagging := _lagging(each, obj, conditions)):
            verb = "has" if len(lagging) == 1 else "have"
            by = f"{' and '.join(lagging)} {verb} not reported on the object as it is now"
            each = replace(each, effect=f"{by}; where ReferenceGrants are enforced, {each.effect}")
        elif id(each) in refused and silent:
            each = replace(
                each, notes=(*each.notes, *silent), effect=f"where ReferenceGrants are enforced, {each.effect}"
            )
        result.append(each)
    return result


def _by_classes(view: View, references: Sequence[EvaluatedReference], obj: JSON) -> tuple[str, ...]:
    """What is known of controllers that ask for no grant, by the GatewayClasses of an object that has no status."""
    parents = [each.reference.to for each in references if each.is_parent and each.reference.to.group_kind == GATEWAY]
    gateways = [obj] if key_of(obj).group_kind == GATEWAY else [view.get(each, effect="").object for each in parents]
    told: dict[str, None] = {}
    for name, gateway in {class_of(gateway): gateway for gateway in gateways}.items():
        by = controller_name(view, gateway)
        controller = controller_of(by)
        doubt = (
            ""
            if controller is None
            else controller.never_asks or controller.doubt(partial(running_release, view, controller))
        )
        if doubt:
            told[f'GatewayClass "{name}" names {by}: {doubt}'] = None
    return tuple(told)
