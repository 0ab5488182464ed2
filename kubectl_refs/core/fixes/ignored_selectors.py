"""The fix of a parent whose rule for namespaces has a selector, but no `from: Selector`, so that the selector counts for
nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kubectl_refs.core.attachment import listeners
from kubectl_refs.core.attachment.namespace_rules import ALLOWED_LISTENERS, ALLOWED_ROUTES, RuleField
from kubectl_refs.core.fixes.parent_refs import labels_of_namespace
from kubectl_refs.core.model.fixes import Confidence, Fix
from kubectl_refs.core.model.listeners import listeners_of
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.model.selectors import invalid, labelled, matches, name_label
from kubectl_refs.core.model.values import at
from kubectl_refs.core.view.view import View


def heed_selector_of_listener(view: View, reference: Reference, parent: JSON, index: int) -> tuple[Fix, ...]:
    """The fix that makes the selector of a listener count, if it takes the namespace of the route."""
    listener = listeners_of(parent)[index]
    place, name = f"/spec/listeners/{index}", listener.get("name")
    kinds = " and ".join(kind.kind for kind in listeners.allowed_kinds(listener) or (reference.referrer.group_kind,))
    return _heed_selector(
        view,
        reference,
        listeners.namespace_rule(listener),
        ALLOWED_ROUTES,
        f'listener "{name}" of {reference.to}',
        f"{place}/allowedRoutes/namespaces",
        ({"op": "test", "path": f"{place}/name", "value": name},),
        lambda where: f"every {kinds} {where} to attach",
    )


def heed_selector_of_gateway(view: View, reference: Reference, gateway: JSON) -> tuple[Fix, ...]:
    """The same for the ListenerSets of a Gateway."""
    return _heed_selector(
        view,
        reference,
        at(gateway, "spec", "allowedListeners", "namespaces"),
        ALLOWED_LISTENERS,
        str(reference.to),
        "/spec/allowedListeners/namespaces",
        (),
        lambda where: f"every ListenerSet {where} to join the Gateway",
    )


def _heed_selector(
    view: View,
    reference: Reference,
    rule: object,
    field: RuleField,
    holder: str,
    pointer: str,
    tests: Sequence[JSON],
    widening: Callable[[str], str],
) -> tuple[Fix, ...]:
    selector = at(rule, "selector")
    if not field.ignores_selector(rule) or invalid(selector):
        return ()
    if _selects(view, selector, reference.referrer.namespace) is False:
        return ()
    which, own = labelled(selector), reference.to.namespace
    title = f"write from: Selector in {field.path} of {holder}"
    if field.from_of(rule) == "Same" and not _selects(view, selector, own):
        title += f"; {field.admitted} in {own} are then admitted only if that namespace is {which}"
    operations = (
        *tests,
        {"op": "test", "path": pointer, "value": field.filled_in(rule)},
        {"op": "add", "path": f"{pointer}/from", "value": "Selector"},
    )
    widens = (widening(f"in namespaces {which}" if which else "in every namespace"),)
    return (Fix("patch", reference.to, title, Confidence.LIKELY, patch=operations, widens=widens),)


def _selects(view: View, selector: object, namespace: str) -> bool | None:
    """Whether a selector takes a namespace; None if its labels are not known."""
    labels = labels_of_namespace(view, namespace)
    known = {**name_label(namespace), **(labels.values or {})}
    return matches(selector, known, complete=labels.complete and labels.values is not None)
