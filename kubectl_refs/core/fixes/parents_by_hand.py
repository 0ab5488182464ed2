"""Advice on parentRefs that no offered fix repairs: only the owners know which side is wrong."""

from __future__ import annotations

from collections.abc import Mapping

from kubectl_refs.core.attachment import listeners
from kubectl_refs.core.attachment.namespace_rules import ALLOWED_LISTENERS, ALLOWED_ROUTES, RuleField
from kubectl_refs.core.attachment.parents import namespace_labels
from kubectl_refs.core.fixes.parent_refs import (
    answers_of,
    is_already_named,
    labels_of_namespace,
    parent_of,
    same_protocol,
    with_section_name,
)
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.kinds import GATEWAY, LISTENER_SETS, TLS_ROUTE
from kubectl_refs.core.model.listeners import listener_named, listeners_of, selects
from kubectl_refs.core.model.objects import JSON, GroupKind
from kubectl_refs.core.model.references import EvaluatedReference, Reference
from kubectl_refs.core.model.selectors import NAME_LABEL, Requirement, keys_of, name_label, unmet
from kubectl_refs.core.model.values import at, integer, text
from kubectl_refs.core.records import replace
from kubectl_refs.core.text.language import enumerated, listing, several
from kubectl_refs.core.view.view import View


def advice_on_parent(view: View, evaluated: EvaluatedReference, route: JSON) -> str:
    """What to do about a parentRef that no listener, or no Gateway, lets in; empty where nothing is known to help."""
    reference = evaluated.reference
    if evaluated.fault is Code.NO_MATCHING_PARENT and reference.section_name is not None:
        ways = port_of_listener(view, evaluated, route)
        return ways or f"name a listener that {reference.to} has, or add this one to it"
    if evaluated.fault is Code.NO_MATCHING_PARENT:
        if reference.to.group_kind not in (GATEWAY, *LISTENER_SETS):
            return ""
        return f"name the port of a listener that {reference.to} has, or add a listener on port {reference.port} to it"
    if evaluated.code is Code.NO_MATCHING_HOSTNAME:
        return _other_hostname(view, evaluated, route)
    listener = own_listener(view, evaluated, route) or _listener_of_kind(view, evaluated, route)
    return listener or _valid_from(view, reference) or _other_labels(view, evaluated, route)


def _valid_from(view: View, reference: Reference) -> str:
    """Advice if `from` of the rule that refuses has a value that no API server accepts; otherwise empty. No patch, since
    no API server has the parent as it is written."""
    parent = parent_of(view, reference)
    rules = [(ALLOWED_LISTENERS, at(parent, "spec", "allowedListeners", "namespaces"), str(reference.to))]
    if reference.referrer.group_kind not in LISTENER_SETS:
        rules = [
            (ALLOWED_ROUTES, listeners.namespace_rule(each), f'listener "{each.get("name")}" of {reference.to}')
            for each in listeners_of(parent)
            if selects(reference, each)
        ]
    for field, rule, holder in rules:
        if field.is_invalid(rule):
            meant = field.meant(rule)
            # The other values would not admit this referrer.
            words = meant if meant in ("All", "Selector") else "All or Selector"
            return f'write {words} in {field.path}.from of {holder}: no API server accepts "{field.from_of(rule)}"'
    return ""


def _other_hostname(view: View, evaluated: EvaluatedReference, route: JSON) -> str:
    """Advice if the listeners that admit a route have other hostnames than the route: only the owners know which side
    is wrong."""
    reference = evaluated.reference
    parent = parent_of(view, reference)
    labels = namespace_labels(view, reference, parent)
    asked = answers_of(reference, route, parent, labels)
    names = listing([f'"{answer.name}"' for _, answer in asked if answer.selected and answer.admits], " or ")
    return f"give the route a hostname that listener {names} of {reference.to} matches, or change that of the listener"


def port_of_listener(view: View, evaluated: EvaluatedReference, route: JSON) -> str:
    """Advice if a parentRef names a listener together with the port of another; otherwise empty. No patch, since HTTP
    and HTTPS must not be exchanged unasked. A port that the route's other parentRefs exclude is not advised."""
    found, reference = evaluated.found, evaluated.reference
    if evaluated.fault is not Code.NO_MATCHING_PARENT or reference.section_name is None or reference.port is None:
        return ""
    port = integer(at(listener_named(parent_of(view, reference), reference.section_name), "port"))
    if port is None:
        return ""
    ways = {port: f'write port {port}, that of listener "{reference.section_name}"', None: "leave port out"}
    possible = (
        way
        for other, way in ways.items()
        if not is_already_named(view, replace(found, reference=replace(reference, port=other)), route)
    )
    return ", or ".join(possible)


def own_listener(view: View, evaluated: EvaluatedReference, route: JSON) -> str:
    """Advice to name another listener of the same parent, which admits the route's namespace but not its hostnames:
    that listener was made for this namespace, so nobody else's should be opened. No patch, since only the owner knows
    the right hostname. Empty if there is no such listener."""
    if evaluated.code is not Code.NOT_ALLOWED_BY_LISTENERS:
        return ""
    found, reference = evaluated.found, evaluated.reference
    parent = parent_of(view, reference)
    labels = namespace_labels(view, reference, parent)
    for listener, answer in answers_of(reference, route, parent, labels):
        admits = answer.admits and not answer.assumed and not answer.selected and not answer.hostname
        if not admits or is_already_named(view, with_section_name(found, listener), route):
            continue
        if same_protocol(reference, route, parent, listener):
            return (
                f'name listener "{answer.name}", which takes routes of namespace {reference.referrer.namespace}, and a '
                f"hostname that matches its own, {text(listener.get('hostname'))}"
            )
    return ""


def _listener_of_kind(view: View, evaluated: EvaluatedReference, route: JSON) -> str:
    """Advice if none of the listeners that a parentRef selects takes the route's kind; otherwise empty. No patch, since
    a listener needs a port and a certificate, which its owner chooses."""
    found, reference = evaluated.found, evaluated.reference
    parent, kind = parent_of(view, reference), reference.referrer.group_kind
    protocols = listeners.protocols_of(kind)
    labels = namespace_labels(view, replace(reference, section_name=None, port=None), parent)
    others = []
    for listener, answer in answers_of(reference, route, parent, labels):
        if answer.selected and answer.kind is not False:
            return ""
        if answer.selected and answer.namespace and _lacks_only_protocol_tls(kind, listener):
            hostname = "" if answer.hostname else ", with a hostname that matches or none"
            return f'to pass TLS through, write protocol TLS in listener "{answer.name}" of {reference.to}{hostname}'
        if answer.kind and not is_already_named(view, with_section_name(found, listener), route):
            others += [answer] if same_protocol(reference, route, parent, listener) else []
    if not protocols:
        return ""
    if others:
        answer = others[0]
        return (
            f'name listener "{answer.name}" of {reference.to} in sectionName, once it admits the route ({answer.why})'
        )
    chosen = reference.section_name is not None or reference.port is not None
    name = ", and name that one in sectionName" if chosen else ""
    takes = f"takes {several(kind.kind)} of namespace {reference.referrer.namespace}"
    return f"add to {reference.to} a listener of protocol {listing(protocols, ' or ')} that {takes}{name}"


def _lacks_only_protocol_tls(kind: GroupKind, listener: JSON) -> bool:
    """Whether a listener passes TLS through as TLSRoutes ask for, but with protocol HTTPS, which API servers refuse."""
    listed = listeners.listed_kinds(listener)
    meant = listener.get("protocol") == "HTTPS" and at(listener, "tls", "mode") == "Passthrough"
    return meant and kind == TLS_ROUTE and (not listed or kind in listed)


def _other_labels(view: View, evaluated: EvaluatedReference, route: JSON) -> str:
    """Advice if a selector does not take the referrer's namespace because of its labels; otherwise empty. No patch, since
    somebody else may rely on the present labels, or the selector leaves the value open."""
    reference = evaluated.reference
    parent = parent_of(view, reference)
    namespace = reference.referrer.namespace
    own = {**name_label(namespace), **(labels_of_namespace(view, namespace).values or {})}
    if evaluated.code is Code.NOT_ALLOWED_BY_GATEWAY:
        return _of_labels(reference, ALLOWED_LISTENERS, at(parent, "spec", "allowedListeners", "namespaces"), own)
    labels = namespace_labels(view, reference, parent)
    for listener, answer in answers_of(reference, route, parent, labels):
        rule = listeners.namespace_rule(listener)
        advice = _of_labels(reference, ALLOWED_ROUTES, rule, own) if answer.selected else ""
        if advice:
            return advice if answer.hostname else f"{advice}; then give the route a hostname that the listener matches"
    return ""


def _of_labels(reference: Reference, field: RuleField, rule: object, own: Mapping[str, str]) -> str:
    selector = at(rule, "selector")
    failing = unmet(selector, own) if field.from_of(rule) == "Selector" else ()
    if not failing:
        return ""
    namespace = reference.referrer.namespace
    asked = keys_of(selector)
    if any(each.key == NAME_LABEL or asked.count(each.key) > 1 for each in failing):
        # That label is not to be changed, and two requirements of one key may exclude each other.
        return f"admit namespace {namespace} in the selector of {reference.to}"
    changes = enumerated([_change_of_label(each, own.get(each.key)) for each in failing])
    unless = ", if nothing relies on the present labels" if any(each.key in own for each in failing) else ""
    return f"in namespace {namespace} {changes}{unless}, or admit that namespace in the selector of {reference.to}"


def _change_of_label(required: Requirement, value: str | None) -> str:
    """What a namespace needs that does not meet a requirement; `value` is that of its label, None if it has none."""
    key, values = required.key, listing(required.values, " or ")
    match required.operator:
        case "In" if value is None:
            return f"add label {key}={values}"
        case "In":
            return f"change label {key}={value} to {values}"
        case "NotIn":
            return f"change or remove label {key}={value}"
        case "Exists":
            return f"add a label {key}"
    return f"remove label {key}={value}"
