"""Whether a route may join a parent, and a ListenerSet its Gateway: docs/rules.md 5, without the program's code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

GROUP = "gateway.networking.k8s.io"
_CARRIED = {
    "HTTP": {"HTTPRoute", "GRPCRoute"},
    "HTTPS": {"HTTPRoute", "GRPCRoute"},
    "TCP": {"TCPRoute"},
    "UDP": {"UDPRoute"},
}
_WORD = r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
_KEY = re.compile(rf"(?:(?=.{{1,253}}/)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*/)?{_WORD}")
_VALUE = re.compile(f"(?:{_WORD})?")


def selects(selector: Any, labels: Mapping[str, str]) -> bool:
    """Whether a LabelSelector selects labels, as in apimachinery: a missing or invalid selector selects nothing."""
    if selector is None:
        return False
    required = [(key, "In", [value]) for key, value in selector.get("matchLabels", {}).items()]
    for each in selector.get("matchExpressions", ()):
        required.append((each.get("key", ""), each.get("operator", ""), each.get("values", [])))
    for key, operator, values in required:
        wants_values = {"In": True, "NotIn": True, "Exists": False, "DoesNotExist": False}.get(operator)
        if wants_values is not bool(values) or not _KEY.fullmatch(key) or not all(map(_VALUE.fullmatch, values)):
            return False
    return all(
        {
            "In": labels.get(key) in values,
            "NotIn": labels.get(key) not in values,
            "Exists": key in labels,
            "DoesNotExist": key not in labels,
        }[operator]
        for key, operator, values in required
    )


def admits(namespaces: Mapping[str, Any], default: str, own: str, guest: str, labels: Mapping[str, str]) -> bool:
    """Whether `allowedRoutes.namespaces` or `allowedListeners.namespaces` admits a guest's namespace."""
    rule = namespaces.get("from", default)
    return (
        rule == "All"
        or (rule == "Same" and own == guest)
        or (rule == "Selector" and selects(namespaces.get("selector"), labels))
    )


def in_common(one: str, other: str) -> bool:
    """Whether some name matches both hostnames, where `*.` stands for one label or more."""
    ones, others = one.lower().split(".")[::-1], other.lower().split(".")[::-1]
    for left, right in zip(ones, others, strict=False):
        if "*" in (left, right):
            return True
        if left != right:
            return False
    return len(ones) == len(others)


def _carried(listener: Mapping[str, Any]) -> set[str] | None:
    """The route kinds that a listener's protocol carries; None if the protocol is an implementation's own."""
    protocol, mode = listener.get("protocol"), listener.get("tls", {}).get("mode", "Terminate")
    if protocol == "TLS":
        return {"TLSRoute"} if mode == "Passthrough" else {"TLSRoute", "TCPRoute"}
    return _CARRIED.get(protocol or "")


def wrong_kinds(listener: Mapping[str, Any]) -> list[int]:
    """Indices of the entries in allowedRoutes.kinds that the listener's protocol cannot carry."""
    carried = _carried(listener)
    return [
        index
        for index, each in enumerate(listener.get("allowedRoutes", {}).get("kinds", []))
        if carried is not None and (each.get("group", GROUP) != GROUP or each["kind"] not in carried)
    ]


def takes_kind(listener: Mapping[str, Any], kind: str) -> bool | None:
    """Whether a listener takes routes of a Gateway API kind; None if its protocol is an implementation's own."""
    carried = _carried(listener)
    listed = listener.get("allowedRoutes", {}).get("kinds", [])
    if listed and (kind, GROUP) not in [(each["kind"], each.get("group", GROUP)) for each in listed]:
        return False
    if carried is None:
        return True if listed else None
    return kind in carried


def joins(
    parent_ref: Mapping[str, Any],
    parent: Mapping[str, Any],
    route: Mapping[str, Any],
    labels: Mapping[str, str],
) -> str:
    """The verdict and reason of a route's parentRef to the listeners of an existing Gateway or ListenerSet."""
    own, guest = parent["metadata"]["namespace"], route["metadata"]["namespace"]
    asked = [
        each
        for each in parent["spec"].get("listeners", ())
        if all(
            parent_ref.get(field, each.get(of)) == each.get(of)
            for field, of in (("sectionName", "name"), ("port", "port"))
        )
    ]
    if not asked:
        return "broken NoMatchingParent"
    answers = set()
    for each in asked:
        kind = takes_kind(each, route["kind"])
        space = admits(each.get("allowedRoutes", {}).get("namespaces", {}), "Same", own, guest, labels)
        names = route["spec"].get("hostnames") if route["kind"] in ("HTTPRoute", "GRPCRoute", "TLSRoute") else None
        host = not names or not each.get("hostname") or any(in_common(each["hostname"], name) for name in names)
        if not space or kind is False:
            answers.add("refused NotAllowedByListeners")
        elif not host:
            answers.add("refused NotAllowedByListeners" if kind is None else "refused NoMatchingListenerHostname")
        else:
            answers.add("unknown None" if kind is None else "allowed Accepted")
    best = ("allowed Accepted", "unknown None", "refused NoMatchingListenerHostname", "refused NotAllowedByListeners")
    return next(each for each in best if each in answers)
