"""Fixes of what admits a referrer: patches of `allowedRoutes` and `allowedListeners`, labels of a namespace."""

from __future__ import annotations

from collections.abc import Mapping

from kubectl_refs.core.attachment import listeners
from kubectl_refs.core.attachment.namespace_rules import ALLOWED_LISTENERS, ALLOWED_ROUTES, Labels, RuleField
from kubectl_refs.core.model.fixes import Confidence, Fix
from kubectl_refs.core.model.kinds import namespace_key
from kubectl_refs.core.model.listeners import listeners_of
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.model.selectors import NAME_LABEL, invalid, wanted_labels
from kubectl_refs.core.model.values import at, entries, mapping, text


def admit_routes(reference: Reference, parent: JSON, index: int, labels: Labels) -> tuple[Fix, ...]:
    """The fixes that admit the route's namespace: a label for it, or a change of allowedRoutes."""
    listener = listeners_of(parent)[index]
    namespaces = listeners.namespace_rule(listener)
    if ALLOWED_ROUTES.is_invalid(namespaces):
        # No API server has such a Gateway, which could take a patch.
        return ()
    fixes = []
    if ALLOWED_ROUTES.from_of(namespaces) == "Selector":
        fixes += _labelled(reference, namespaces.get("selector"), labels, "the listener")
    selector = _admitting(namespaces, reference, ALLOWED_ROUTES)
    if selector is not None:
        fixes.append(_allow_namespaces(reference, parent, index, listener, selector))
    return tuple(fixes)


MOST_KINDS = 8
"""The most entries of allowedRoutes.kinds that the API server takes."""


def admit_kind(reference: Reference, parent: JSON, index: int) -> Fix | None:
    """The change that adds the route's kind to a listener's allowedRoutes; None if the listener's protocol does not
    carry that kind, or the list is absent or full."""
    listener, kind = listeners_of(parent)[index], reference.referrer.group_kind
    carried, listed = listeners.carried_kinds(listener), listeners.listed_kinds(listener)
    if carried is None or kind not in carried or not 0 < len(listed) < MOST_KINDS:
        return None
    place, name = f"/spec/listeners/{index}", text(listener.get("name")) or ""
    kinds = f"{place}/allowedRoutes/kinds"
    operations: tuple[JSON, ...] = (
        {"op": "test", "path": f"{place}/name", "value": name},
        # Test the kinds only: the API server fills in a group that the manifest leaves out.
        *({"op": "test", "path": f"{kinds}/{number}/kind", "value": each.kind} for number, each in enumerate(listed)),
        {"op": "add", "path": f"{kinds}/-", "value": kind._asdict()},
    )
    return Fix(
        "patch",
        reference.to,
        f'add {kind.kind} to allowedRoutes.kinds of listener "{name}" of {reference.to}',
        Confidence.LIKELY,
        patch=operations,
        widens=(f"every {kind.kind} in the admitted namespaces to attach",),
    )


def _labelled(reference: Reference, selector: object, labels: Labels, by: str) -> list[Fix]:
    """The fix that adds the labels which a selector asks of the referrer's namespace; nothing if the selector names
    none, or if a label would change its value, since somebody else may rely on it."""
    wanted, own = wanted_labels(selector) or {}, labels.values or {}
    missing = {key: value for key, value in wanted.items() if own.get(key) != value}
    return [_label(reference, missing, by)] if missing and not any(key in own for key in missing) else []


def _label(reference: Reference, labels: dict[str, str], by: str) -> Fix:
    namespace = reference.referrer.namespace
    shown = " ".join(f"{key}={value}" for key, value in labels.items())
    return Fix(
        "edit",
        namespace_key(namespace),
        f"label namespace {namespace} {shown}, as {by} requires",
        Confidence.LIKELY,
        labels=labels,
        widens=(f"whatever else selects namespaces by {shown} to include {namespace}",),
    )


def _admitting(namespaces: JSON, reference: Reference, field: RuleField) -> JSON | None:
    """A rule for namespaces (`from`, `selector`) with the referrer's namespace added; None if one rule cannot say that."""
    namespace, own = reference.referrer.namespace, reference.to.namespace
    rule = field.from_of(namespaces)
    if rule == "None":
        return _by_name({namespace})
    if rule == "Same":
        return _by_name({own, namespace})
    selector = namespaces.get("selector")
    if not isinstance(selector, dict) or invalid(selector):
        # It selects no namespace, so there is none to keep.
        return _by_name({namespace})
    requirements = entries(selector.get("matchExpressions"))
    if not mapping(selector.get("matchLabels")) and len(requirements) == 1:
        only = mapping(requirements[0])
        if only.get("key") == NAME_LABEL and only.get("operator") == "In":
            return _by_name({namespace, *map(str, entries(only.get("values")))})
    if list(mapping(selector.get("matchLabels"))) == [NAME_LABEL] and not requirements:
        return _by_name({namespace, str(selector["matchLabels"][NAME_LABEL])})
    return None


def _by_name(namespaces: set[str]) -> JSON:
    names = {"key": NAME_LABEL, "operator": "In", "values": sorted(namespaces)}
    return {"from": "Selector", "selector": {"matchExpressions": [names]}}


def united_namespace_rules(one: object, other: object) -> JSON | None:
    """The namespace rule (or allowedListeners) that admits the namespaces of two made here; None for other values."""
    if not isinstance(one, Mapping) or not isinstance(other, Mapping):
        return None
    if set(one) == set(other) == {"namespaces"}:
        rule = united_namespace_rules(one["namespaces"], other["namespaces"])
        return None if rule is None else {"namespaces": rule}
    names = [at(dict(each), "selector", "matchExpressions", 0, "values") for each in (one, other)]
    if not all(isinstance(values, list) for values in names):
        return None
    values = set(map(str, names[0]))
    rules = [_by_name(set(map(str, each))) for each in names]
    return _by_name(values.union(map(str, names[1]))) if rules == [one, other] else None


def _allow_namespaces(reference: Reference, parent: JSON, index: int, listener: JSON, namespaces: JSON) -> Fix:
    place = f"/spec/listeners/{index}"
    current = ALLOWED_ROUTES.filled_in(listeners.namespace_rule(listener))
    operations = (
        {"op": "test", "path": f"{place}/name", "value": listener.get("name")},
        {"op": "test", "path": f"{place}/allowedRoutes/namespaces", "value": current},
        {"op": "replace", "path": f"{place}/allowedRoutes/namespaces", "value": namespaces},
    )
    kinds = " and ".join(kind.kind for kind in listeners.allowed_kinds(listener) or (reference.referrer.group_kind,))
    return Fix(
        "patch",
        reference.to,
        f'admit namespace {reference.referrer.namespace} in allowedRoutes of listener "{listener.get("name")}" of {reference.to}',
        Confidence.CERTAIN,
        patch=operations,
        widens=(f"every {kinds} in {reference.referrer.namespace} to attach: allowedRoutes cannot name single routes",),
    )


def admit_listener_sets(reference: Reference, gateway: JSON, labels: Labels) -> tuple[Fix, ...]:
    """The fix that admits the ListenerSet's namespace beside those already admitted: a change of allowedListeners, or
    if one rule cannot say that, a label for the namespace."""
    current = at(gateway, "spec", "allowedListeners")
    namespaces = mapping(at(current, "namespaces"))
    if ALLOWED_LISTENERS.is_invalid(namespaces):
        return ()
    rule = _admitting(namespaces, reference, ALLOWED_LISTENERS)
    if rule is None:
        return tuple(_labelled(reference, namespaces.get("selector"), labels, "the Gateway"))
    # The API server takes a test for null as a test for absence.
    held = None if current is None else {"namespaces": ALLOWED_LISTENERS.filled_in(namespaces)}
    unchanged = {"op": "test", "path": "/spec/allowedListeners", "value": held}
    change = {"op": "add", "path": "/spec/allowedListeners", "value": {"namespaces": rule}}
    operations: tuple[JSON, ...] = (unchanged, change)
    namespace = reference.referrer.namespace
    return (
        Fix(
            "patch",
            reference.to,
            f"admit ListenerSets of namespace {namespace} in allowedListeners of {reference.to}",
            Confidence.CERTAIN,
            patch=operations,
            widens=(f"every ListenerSet in {namespace} to join the Gateway",),
        ),
    )
