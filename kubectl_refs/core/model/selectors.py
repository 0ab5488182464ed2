"""Label selectors as Kubernetes evaluates them, over labels that may be known only in part."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from kubectl_refs.core.model.names import is_subdomain
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.values import entries, mapping, may_be, text, unsubstituted
from kubectl_refs.core.text.language import enumerated

NAME_LABEL = "kubernetes.io/metadata.name"
"""The label the API server keeps on every Namespace; its value is the namespace's name."""

_LABEL_LENGTH = 63
"""The greatest length of the name and the value of a label."""

_LABEL = r"(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)"


def name_label(namespace: str) -> Mapping[str, str]:
    """The label that holds a namespace's name; none for a name that is not substituted yet."""
    return {} if unsubstituted(namespace) else {NAME_LABEL: namespace}


def matches(selector: Any, labels: Mapping[str, str], *, complete: bool = True) -> bool | None:
    """Whether a LabelSelector selects a set of labels; None if that depends on labels that are not known.

    A null or invalid selector selects nothing, and an empty one everything, whatever the labels
    (apimachinery's LabelSelectorAsSelector). `complete` is False where only some of the labels are known.
    """
    if not isinstance(selector, dict) or invalid(selector):
        return False
    results = [_requirement(requirement, labels, complete) for requirement in _requirements(selector)]
    if False in results:
        return False
    return None if None in results else True


def invalid(selector: Any) -> str:
    """Why apimachinery rejects a LabelSelector, with the path of the field; empty if it is valid or absent.

    One invalid requirement makes the whole selector invalid: it is not used at all (apimachinery pkg/labels
    NewRequirement). CRDs that hold a LabelSelector do not check it, so the API server stores such a selector.
    """
    if not isinstance(selector, dict):
        return "" if selector is None else "it is not an object"
    for key, value in mapping(selector.get("matchLabels")).items():
        problem = _invalid_key(key) or _invalid_value(value)
        if problem:
            return f'matchLabels["{key}"]: {problem}'
    for index, requirement in enumerate(map(mapping, entries(selector.get("matchExpressions")))):
        problem = _invalid_requirement(requirement)
        if problem:
            return f"matchExpressions[{index}].{problem}"
    return ""


def _invalid_requirement(requirement: JSON) -> str:
    operator, values = requirement.get("operator"), entries(requirement.get("values"))
    problem = _invalid_key(requirement.get("key"))
    if problem:
        return f"key: {problem}"
    match operator:
        case "In" | "NotIn" if not values:
            return f"values is empty, and operator {operator} needs a value"
        case "Exists" | "DoesNotExist" if values:
            return f"values is not empty, and operator {operator} takes none"
        case "In" | "NotIn" | "Exists" | "DoesNotExist":
            problems = (f"values[{index}]: {_invalid_value(value)}" for index, value in enumerate(values))
            return next((each for each in problems if not each.endswith(": ")), "")
    return f'operator is "{operator}", expected In, NotIn, Exists or DoesNotExist'


def _invalid_key(key: Any) -> str:
    return "" if isinstance(key, str) and is_label_key(key) else f'"{key}" is not a valid label key'


def _invalid_value(value: Any) -> str:
    valid = isinstance(value, str) and (unsubstituted(value) or is_label_value(value))
    return "" if valid else f'"{value}" is not a valid label value'


def is_label_key(key: str) -> bool:
    """Whether the API server takes it as the key of a label."""
    prefix, slash, name = key.rpartition("/")
    named = len(name) <= _LABEL_LENGTH and re.fullmatch(_LABEL, name)
    return bool(named) and (not slash or is_subdomain(prefix))


def is_label_value(value: str) -> bool:
    """Whether the API server takes it as the value of a label."""
    return len(value) <= _LABEL_LENGTH and re.fullmatch(rf"{_LABEL}?", value) is not None


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
    if key in labels and labels[key] not in values and any(may_be(text(value) or "", labels[key]) for value in values):
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


class Requirement(NamedTuple):
    """One requirement of a valid selector."""

    key: str
    operator: str
    values: tuple[str, ...]


def unmet(selector: Any, labels: Mapping[str, str]) -> Sequence[Requirement]:
    """The requirements of a selector that labels do not meet; none if the selector is absent or invalid."""
    if invalid(selector):
        return ()
    return [
        Requirement(each["key"], each["operator"], tuple(entries(each.get("values"))))
        for each in _requirements(mapping(selector))
        if not _requirement(each, labels, complete=True)
    ]


def keys_of(selector: Any) -> Sequence[str]:
    """The keys that the requirements of a selector are about, each as often as it occurs."""
    return [text(each.get("key")) or "" for each in _requirements(mapping(selector))]


def labelled(selector: Any) -> str:
    """The namespaces that a selector takes, in words with kubectl's notation: `labelled tenant=a,env in (prod,test) and
    without the label legacy`; empty if it takes all."""
    parts = []
    lacking = []
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
                lacking.append(str(key))
    without = f"without the label{'' if len(lacking) == 1 else 's'} {enumerated(lacking)}" if lacking else ""
    return " and ".join(filter(None, (f"labelled {','.join(parts)}" if parts else "", without)))


def shown_labels(labels: Mapping[str, str]) -> str:
    """The labels of a namespace without the one that all Namespaces have: `team=shop`, or a phrase if none is left."""
    own = ", ".join(f"{key}={value}" for key, value in sorted(labels.items()) if key != NAME_LABEL)
    return own or "no labels except the default one"


def wanted_labels(selector: Any) -> dict[str, str] | None:
    """Labels that make a namespace selected, if the selector spells them out; otherwise None."""
    labels = {}
    for requirement in _requirements(mapping(selector)):
        key, values = text(requirement.get("key")), entries(requirement.get("values"))
        if requirement.get("operator") != "In" or not values or key is None or key == NAME_LABEL:
            return None
        labels[key] = str(values[0])
    # Two requirements may want different values for one key; the last value alone would not match both.
    return labels if labels and matches(selector, labels) else None


def parse(expression: str) -> JSON:
    """The LabelSelector for kubectl's notation (`a=b,c!=d,e in (x,y),f notin (z),g,!h`); ValueError if it is invalid.

    An empty expression selects everything (apimachinery's labels.Parse).
    """
    parts = re.findall(_PART, expression)
    if "".join(parts) != expression:
        raise ValueError(f'unable to parse requirement: "{expression}"')
    return {"matchExpressions": [_parsed(part.strip().removesuffix(",").strip()) for part in _whole(parts)]}


_PART = r"(?:[^,()]|\([^()]*\))+,?|,"
"""One requirement with the comma after it; a comma in parentheses does not end it."""
_SET = r"(?P<key>\S+)\s+(?P<operator>in|notin)\s*\((?P<values>[^()]*)\)"
_EQUAL = r"(?P<key>[^=!<>\s]+)\s*(?P<operator>==|=|!=)\s*(?P<value>\S*)"
_PRESENT = r"(?P<absent>!?)\s*(?P<key>[^=!<>\s()]+)"
"""These are kept as text: they are compiled only when there is a selector to read."""


def _whole(parts: list[str]) -> list[str]:
    """The parts of an expression; a comma at the end leaves an empty last part."""
    return [*parts, ""] if parts and parts[-1].endswith(",") else parts if "".join(parts).strip() else []


def _parsed(part: str) -> JSON:
    values: list[str] | None = None
    if found := re.fullmatch(_SET, part):
        operator = "In" if found["operator"] == "in" else "NotIn"
        values = [each.strip() for each in found["values"].split(",")]
    elif found := re.fullmatch(_EQUAL, part):
        operator = "NotIn" if found["operator"] == "!=" else "In"
        values = [found["value"]]
    elif found := re.fullmatch(_PRESENT, part):
        operator = "DoesNotExist" if found["absent"] else "Exists"
    else:
        raise ValueError(f'unable to parse requirement: "{part}"')
    problem = next(filter(None, map(_invalid_value, values or ())), "") or _invalid_key(found["key"])
    if problem:
        raise ValueError(f"unable to parse requirement: {problem}")
    return {"key": found["key"], "operator": operator, **({} if values is None else {"values": values})}
