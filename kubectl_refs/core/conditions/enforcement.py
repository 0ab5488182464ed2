"""Whether controllers let a refused reference pass: by what they report about it, or by what is known about the
controller that a GatewayClass names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import NamedTuple

from kubectl_refs.core.attachment.listeners import in_frontend_settings, is_validated_by
from kubectl_refs.core.conditions.controller_limits import is_permitted_as_core
from kubectl_refs.core.fields.controllers import controller_of
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.conditions import Condition
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.kinds import GATEWAY
from kubectl_refs.core.model.listeners import listener_named, listeners_of
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.reference_fields import Mechanism, Shown
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.values import key_of, text
from kubectl_refs.core.targets.kind_checks import is_in_doubt
from kubectl_refs.core.view.controllers import class_name_of, controller_name, running_release
from kubectl_refs.core.view.view import View


def controllers_reporting_resolved(
    each: EvaluatedReference, obj: JSON, conditions: Iterable[Condition]
) -> tuple[str, ...]:
    """The controllers that report the reference as resolved, in a condition for the object as it is now."""
    return _controller_names(
        shown for shown in _shown_on(each, obj, conditions) if not _is_outdated(shown) and _resolves(shown)
    )


def _controllers_lagging_behind(
    each: EvaluatedReference, obj: JSON, conditions: Iterable[Condition]
) -> tuple[str, ...]:
    """The controllers that reported the reference as resolved, but nothing since the object was changed."""
    return _controller_names(
        shown for shown in _shown_on(each, obj, conditions) if _is_outdated(shown) and _resolves(shown)
    )


def _shown_on(each: EvaluatedReference, obj: JSON, conditions: Iterable[Condition]) -> Iterator[Condition]:
    """The reported ResolvedRefs conditions on which a failure of the reference would show."""
    for condition in conditions:
        if condition.type != "ResolvedRefs" or not condition.is_reported:
            continue
        if shows_on(each, obj, condition):
            yield condition


def _resolves(condition: Condition) -> bool:
    return condition.reported is not None and condition.reported.status == "True"


def _is_outdated(condition: Condition) -> bool:
    return condition.code is Code.STALE_GENERATION


def _controller_names(conditions: Iterable[Condition]) -> tuple[str, ...]:
    return tuple(sorted({each.controller_name or "its controller" for each in conditions}))


def shows_on(each: EvaluatedReference, obj: JSON, condition: Condition) -> bool:
    """Whether a failing reference would show on a condition, by its field and by what the condition's entry is about."""
    match each.field.shown:
        case Shown.PARENT:
            return condition.parent_ref is not None
        case Shown.ANCESTOR:
            return condition.ancestor_ref is not None
        case Shown.LISTENER:
            if condition.listener is None:
                return False
            if in_frontend_settings(each.found):
                named = listener_named(obj, condition.listener)
                return named is not None and is_validated_by(named, each.found, obj)
            return text(listeners_of(obj)[each.found.indices[0]].get("name")) == condition.listener
        case Shown.OBJECT:
            return (condition.parent_ref, condition.listener, condition.ancestor_ref) == (None, None, None)
    return False


class Enforcement(NamedTuple):
    """What a failing reference does, as far as it is known who enforces grants or takes the kind, and notes on that."""

    effect: str
    notes: tuple[str, ...] = ()


def enforcement_of(
    view: View,
    references: Sequence[EvaluatedReference],
    effects: Mapping[int, str],
    obj: JSON,
    conditions: Sequence[Condition],
) -> Mapping[int, Enforcement]:
    """For refused references of an object, by their ids, an effect to show in place of the specification's, from
    `effects`, if that claims more than is known.

    If a controller lets a reference pass, or did before the object was changed, the specification's effect is only
    what a controller that enforces grants would do.
    """
    refused = [
        each
        for each in references
        if each.verdict is Verdict.REFUSED and each.mechanism is Mechanism.REFERENCE_GRANT and effects.get(id(each))
    ]
    if not refused:
        return {}
    reporting = [each for each in conditions if each.is_reported]
    # A verdict does not depend on the classes, so failing to read them is no gap.
    classes = () if reporting else view.without_gaps(lambda subview: _classes_of(subview, references, obj))
    found = {}
    for each in refused:
        passing = _passing_clause(each, obj, reporting) if reporting else ""
        doubts = tuple([doubt for one in classes if (doubt := one.doubt)])
        aliases = tuple([alias for one in classes if (alias := one.alias)]) if is_permitted_as_core([each]) else ()
        where = [_ENFORCED] if passing or doubts else []
        where += [_AS_WRITTEN] if aliases else []
        if where:
            effect = _where(passing, " and ".join(where), effects[id(each)])
            found[id(each)] = Enforcement(effect, (*doubts, *aliases))
    return found


def effects_of_kinds(
    view: View, references: Sequence[EvaluatedReference], effects: Mapping[int, str], obj: JSON
) -> Mapping[int, Enforcement]:
    """For references to kinds that a controller may take although none known does, by their ids, the effect to show in
    place of the specification's, from `effects`."""
    return {
        id(each): Enforcement(f"where the controller does not take that kind, {effects[id(each)]}")
        for each in references
        if each.code is Code.KIND_NOT_SUPPORTED and effects.get(id(each)) and is_in_doubt(view, each.found, obj)
    }


_ENFORCED = "ReferenceGrants are enforced"
_AS_WRITTEN = 'the group "core" is taken as it is written'


def _passing_clause(each: EvaluatedReference, obj: JSON, conditions: Sequence[Condition]) -> str:
    """Who reports that a refused reference passes, or did before the object was changed; empty if nobody does."""
    passing = controllers_reporting_resolved(each, obj, conditions)
    if passing:
        verb = "reports" if len(passing) == 1 else "report"
        return f"{' and '.join(passing)} {verb} ResolvedRefs=True, so it may work today; "
    lagging = _controllers_lagging_behind(each, obj, conditions)
    verb = "has" if len(lagging) == 1 else "have"
    return f"{' and '.join(lagging)} {verb} not reported on the object as it is now; " if lagging else ""


@lru_cache(maxsize=1_000)
def _where(passing: str, where: str, effect: str) -> str:
    """Cached, so that references with the same text share one string."""
    return f"{passing}where {where}, {effect}"


class _Class(NamedTuple):
    """What is known about the controller that a GatewayClass names, as sentences: in which case it asks for no grant, and
    that it reads the group "core" as "". Empty if it does not."""

    doubt: str
    alias: str


def _classes_of(view: View, references: Sequence[EvaluatedReference], obj: JSON) -> tuple[_Class, ...]:
    """What is known about the GatewayClasses of an object without a status: the same for all routes of the same
    Gateways."""
    if key_of(obj).group_kind == GATEWAY:
        return _known_classes(view, [obj])
    parents = [each.reference.to for each in references if each.is_parent and each.reference.to.group_kind == GATEWAY]
    return view.once_as_read(
        ("asking for no grant", *parents),
        lambda subview: _known_classes(subview, [subview.get(each, effect="").object for each in parents]),
    )


def _known_classes(view: View, gateways: Iterable[JSON | None]) -> tuple[_Class, ...]:
    """What is known about the GatewayClasses of these Gateways."""
    found: dict[_Class, None] = {}
    for name, gateway in {class_name_of(gateway): gateway for gateway in gateways}.items():
        by = controller_name(view, gateway)
        controller = controller_of(by)
        if controller is None:
            continue
        said = f'GatewayClass "{name}" names {by}: '
        doubt = controller.never_asks or controller.doubt(partial(running_release, view, controller))
        alias = f'{controller.name} reads the group "core" of a grant as "", and not every controller does'
        found[_Class(doubt and said + doubt, said + alias if controller.takes_core else "")] = None
    return tuple(found)
