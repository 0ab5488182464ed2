"""Comparison of computed conditions with those that a controller wrote."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kubectl_refs.core.model.objects import JSON

Written = tuple[str, str] | None
"""Status and reason of a condition; None if there is none."""

_STEP = re.compile(r"(\w+)(?:\[(\d+)\])?")
_LISTENER = re.compile(r"spec\.listeners\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Difference:
    """A condition for which the controller wrote nothing, or something other than was computed.

    `object` is the object as created, `made` are all created objects. `references` are the references that the
    condition is about, as in the report. For a condition about a ListenerSet, or a route's attachment to one,
    `set_refused`: the Gateway refuses the set; `set_unresolved`: a listener's references are reported unresolved.
    """

    condition: JSON
    object: JSON
    made: Sequence[JSON]
    references: Sequence[JSON]
    set_refused: bool
    set_unresolved: bool

    @property
    def kind(self) -> str:
        return str(self.condition["object"]["kind"])

    @property
    def type(self) -> str:
        return str(self.condition["type"])

    @property
    def computed(self) -> Written:
        return _written(self.condition["computed"])

    @property
    def reported(self) -> Written:
        return _written(self.condition["reported"])

    @property
    def grants(self) -> Sequence[JSON]:
        return [each for each in self.made if each["kind"] == "ReferenceGrant"]

    @property
    def parent(self) -> JSON | None:
        """The parent that a route's condition is about."""
        about = self.condition.get("parentRef")
        return about and next(
            each for each in self.made if each["kind"] == about["kind"] and _name(each["metadata"]) == _name(about)
        )

    @property
    def labels(self) -> Mapping[str, str]:
        """The labels of the object's namespace."""
        namespace = self.object["metadata"]["namespace"]
        made = (each["metadata"] for each in self.made if each["kind"] == "Namespace")
        found: Mapping[str, str] = next(each["labels"] for each in made if each["name"] == namespace)
        return found

    @property
    def failing(self) -> Sequence[JSON]:
        return [each for each in self.references if each["verdict"] in ("refused", "broken")]

    def weight(self, reference: JSON) -> int:
        """The weight of a reference; 1 if the object does not give one."""
        entry = self.object
        for name, index in _STEP.findall(reference["path"]):
            entry = entry[name][int(index)] if index else entry[name]
        return int(entry.get("weight", 1))

    def __str__(self) -> str:
        condition, place = self.condition, self.condition["object"]
        about = condition.get("listener") or condition.get("parentRef") or ""
        reported = condition["reported"] or {}
        return "\n".join(
            [
                f"{place['kind']} {place.get('namespace')}/{place['name']} {self.type} {about} ({condition['agreement']})",
                f"  computed {self.computed}: {condition['computed']['message']}",
                f"  reported {self.reported}: {reported.get('message', '')}",
            ]
        )


def differences(report: JSON, objects: Sequence[JSON]) -> Iterator[Difference]:
    """Conditions in a report that differ from what the controller wrote or should have written about these objects."""
    known = {(each["kind"], *_name(each["metadata"])): each for each in objects if "namespace" in each["metadata"]}
    refused, unresolved = set(), set()
    for condition in report["conditions"]:
        if condition["object"]["kind"] == "ListenerSet":
            if condition["type"] == "Accepted" and condition["computed"]["status"] == "False":
                refused.add(_name(condition["object"]))
            if condition["type"] == "ResolvedRefs" and (_written(condition["reported"]) or ("", ""))[0] == "False":
                unresolved.add(_name(condition["object"]))
    listeners: Counter[tuple[str, str, str]] = Counter()
    for condition in report["conditions"]:
        place = condition["object"]
        index = listeners[place["kind"], *_name(place)]
        listeners[place["kind"], *_name(place)] += "listener" in condition
        if _written(condition["computed"]) == _written(condition["reported"]) or _is_no_claim(condition):
            continue
        about = [each for each in report["references"] if each["from"] == place]
        parent = condition.get("parentRef") or condition["object"]
        set_ = _name(parent) if parent["kind"] == "ListenerSet" else None
        concerned = [each for each in about if _concerns(each, condition, index)]
        yield Difference(
            condition, known[place["kind"], *_name(place)], objects, concerned, set_ in refused, set_ in unresolved
        )


def _is_no_claim(condition: JSON) -> bool:
    """Whether nothing is computed: the condition only shows a failure that a controller reports, whatever its cause."""
    return str(condition["computed"]["message"]).startswith("what decides this condition is not checked here")


def _written(condition: JSON | None) -> Written:
    return (condition["status"], condition["reason"]) if condition else None


def _name(obj: JSON) -> tuple[str, str]:
    return obj["namespace"], obj["name"]


def _concerns(reference: JSON, condition: JSON, index: int) -> bool:
    """Whether a reference affects a condition: parents affect Accepted, all others ResolvedRefs.

    `index` is the number of the listener that the condition is about, if it is about one.
    """
    path: str = reference["path"]
    if condition["type"] == "Accepted":
        return path.startswith("spec.parentRef")
    listener = _LISTENER.match(path)
    if "listener" in condition and listener:
        return int(listener[1]) == index
    return not path.startswith("spec.parentRef")
