"""Label selectors as Kubernetes evaluates them, over labels that may be known only in part."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.values import entries, mapping, text

NAME_LABEL = "kubernetes.io/metadata.name"
"""The label the API server keeps on every Namespace; its value is the namespace's name."""


def matches(selector: Any, labels: Mapping[str, str], *, complete: bool = True) -> bool | None:
    """Whether a LabelSelector selects a set of labels; None if that turns on labels that are not known.

    A null selector selects nothing, an empty one everything (apimachinery's LabelSelector). `complete` is False
    where only some of the labels are known.
    """
    if not isinstance(selector, dict):
        return False
    results = [_requirement(requirement, labels, complete) for requirement in _requirements(selector)]
    if False in results:
        return False
    return None if None in results else True


def _requirements(selector: JSON) -> list[JSON]:
    equal = [
        {"key": key, "operator": "In", "values": [value]} for key, value in mapping(selector.get("matchLabels")).items()
    ]
    return [*equal, *(mapping(entry) for entry in entries(selector.get("matchExpressions")))]


def _requirement(requirement: JSON, labels: Mapping[str, str], complete: bool) -> bool | None:
    key = text(requirement.get("key")) or ""
    operator, values = requirement.get("operator"), entries(requirement.get("values"))
    if key not in labels and not complete:
        return None
    match operator:
        case "In":
            return key in labels and labels[key] in values
        case "NotIn":
            return key not in labels or labels[key] not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
    return False


def describe(selector: Any) -> str:
    """A selector in kubectl's notation: `tenant=a,env in (prod,test),!legacy`; empty if it asks for nothing."""
    parts = []
    for requirement in _requirements(mapping(selector)):
        key, values = requirement.get("key"), ",".join(map(str, entries(requirement.get("values"))))
        match requirement.get("operator"):
            case "In" if "," not in values:
                parts.append(f"{key}={values}")
            case "In":
                parts.append(f"{key} in ({values})")
            case "NotIn":
                parts.append(f"{key} notin ({values})")
            case "Exists":
                parts.append(f"{key}")
            case "DoesNotExist":
                parts.append(f"!{key}")
    return ",".join(parts)


def wanted_labels(selector: Any) -> dict[str, str] | None:
    """Labels that would make a namespace selected, where the selector spells them out; None where it does not."""
    labels = {}
    for requirement in _requirements(mapping(selector)):
        key, values = text(requirement.get("key")), entries(requirement.get("values"))
        if requirement.get("operator") != "In" or not values or key is None or key == NAME_LABEL:
            return None
        labels[key] = str(values[0])
    # Two requirements of one key may want different values; what satisfies one of them is no answer.
    return labels if labels and matches(selector, labels) else None


def parse(expression: str) -> JSON:
    """A selector in kubectl's notation (`a=b,c!=d,e in (x,y),f notin (z),g,!h`) as a LabelSelector; ValueError if none.

    An empty expression selects everything (apimachinery's labels.Parse).
    """
    parts = _PART.findall(expression)
    if "".join(parts) != expression:
        raise ValueError(f'unable to parse requirement: "{expression}"')
    return {"matchExpressions": [_parsed(part.strip().removesuffix(",").strip()) for part in _whole(parts)]}


_PART = re.compile(r"(?:[^,()]|\([^()]*\))+,?|,")
"""One requirement with the comma after it: a comma in parentheses is none."""
_SET = re.compile(r"(?P<key>\S+)\s+(?P<operator>in|notin)\s*\((?P<values>[^()]*)\)")
_EQUAL = re.compile(r"(?P<key>[^=!<>\s]+)\s*(?P<operator>==|=|!=)\s*(?P<value>\S*)")
_PRESENT = re.compile(r"(?P<absent>!?)\s*(?P<key>[^=!<>\s()]+)")
_LABEL = r"(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)"
_KEY = re.compile(rf"(?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?/)?{_LABEL}")
_VALUE = re.compile(rf"{_LABEL}?")


def _whole(parts: list[str]) -> list[str]:
    """The parts of an expression; one that ends in a comma lacks its last, which is an empty one."""
    return [*parts, ""] if parts and parts[-1].endswith(",") else parts if "".join(parts).strip() else []


def _parsed(part: str) -> JSON:
    values: list[str] | None = None
    if found := _SET.fullmatch(part):
        operator = "In" if found["operator"] == "in" else "NotIn"
        values = [each.strip() for each in found["values"].split(",")]
    elif found := _EQUAL.fullmatch(part):
        operator = "NotIn" if found["operator"] == "!=" else "In"
        values = [found["value"]]
    elif found := _PRESENT.fullmatch(part):
        operator = "DoesNotExist" if found["absent"] else "Exists"
    else:
        raise ValueError(f'unable to parse requirement: "{part}"')
    wrong = [each for each in values or () if not _VALUE.fullmatch(each)]
    if not _KEY.fullmatch(found["key"]) or wrong:
        raise ValueError(
            f'unable to parse requirement: "{(wrong or [found["key"]])[0]}" is no label {"value" if wrong else "key"}'
        )
    return {"key": found["key"], "operator": operator, **({} if values is None else {"values": values})}
