"""Label selectors as apimachinery evaluates them: the same ones are invalid, and valid ones select the same labels."""

from __future__ import annotations

import json
import random
import subprocess
from typing import Any

from kubectl_refs.core.model.selectors import invalid, matches
from tests.support.cluster import binaries

KEYS = ("a", "tenant", "example.com/team", "kubernetes.io/metadata.name", "x_y.z")
BAD_KEYS = ("", "/a", "a/", "-a", "a-", "A b", "Example.com/a", "a..b/c", "a/b/c", "k" * 64, f"{'p' * 254}/a", "é")
VALUES = ("", "a", "b", "1", "A.b_c-d", "v" * 63)
BAD_VALUES = ("-", "a b", "a/b", "v" * 64, "é", "a,")
OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist")
BAD_OPERATORS = ("", "in", "Gt", "=", "Equals")


def test_selectors_are_judged_as_apimachinery_judges_them() -> None:
    drawn = random.Random(20261128)
    questions = [{"selector": _selector(drawn), "labels": _labels(drawn)} for _ in range(4000)]
    done = subprocess.run(
        [binaries.selectors()], input=json.dumps(questions), capture_output=True, text=True, check=True, timeout=60
    )
    expected = json.loads(done.stdout)
    answers = [_answer(each["selector"], each["labels"]) for each in questions]
    assert {*expected} == {"selected", "not selected", "invalid"}
    assert [
        (question, ours, theirs)
        for question, ours, theirs in zip(questions, answers, expected, strict=True)
        if ours != theirs
    ] == []


def _answer(selector: Any, labels: dict[str, str]) -> str:
    if invalid(selector):
        assert matches(selector, labels) is False
        return "invalid"
    return "selected" if matches(selector, labels) else "not selected"


def _selector(drawn: random.Random) -> Any:
    if drawn.random() < 0.02:
        return None
    selector: dict[str, Any] = {}
    if drawn.random() < 0.5:
        selector["matchLabels"] = {_key(drawn): _value(drawn) for _ in range(drawn.randrange(3))}
    if drawn.random() < 0.8:
        selector["matchExpressions"] = [_requirement(drawn) for _ in range(drawn.randrange(3))]
    return selector


def _requirement(drawn: random.Random) -> dict[str, Any]:
    operator = drawn.choice(OPERATORS if drawn.random() < 0.9 else BAD_OPERATORS)
    usual = 0 if operator in ("Exists", "DoesNotExist") else 2
    count = usual if drawn.random() < 0.85 else 2 - usual
    requirement: dict[str, Any] = {"key": _key(drawn), "operator": operator}
    return requirement | ({"values": [_value(drawn) for _ in range(count)]} if count or drawn.random() < 0.5 else {})


def _key(drawn: random.Random) -> str:
    return drawn.choice(KEYS if drawn.random() < 0.93 else BAD_KEYS)


def _value(drawn: random.Random) -> str:
    return drawn.choice(VALUES if drawn.random() < 0.93 else BAD_VALUES)


def _labels(drawn: random.Random) -> dict[str, str]:
    return {drawn.choice(KEYS): drawn.choice(VALUES) for _ in range(drawn.randrange(4))}
