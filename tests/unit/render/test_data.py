"""The report as data keeps the promises of the contract: these names and types, whatever the format."""

from __future__ import annotations

import json
import re
from dataclasses import fields, replace
from itertools import product
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.conditions import Agreement, Computed, Condition, Reported
from kubectl_refs.core.model.fixes import Confidence
from kubectl_refs.core.model.hints import Hint
from kubectl_refs.core.model.judgements import Assumption, Check, Judgement, Layer, Outcome, ReportedVerdict, Verdict
from kubectl_refs.core.model.near_targets import NearTarget
from kubectl_refs.core.model.reference_fields import Mechanism
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.report import Report
from kubectl_refs.core.model.serving import Serves, Serving
from kubectl_refs.core.text.yaml import to_yaml
from kubectl_refs.process.errors import USAGE, RefsError
from kubectl_refs.render.data.references import reference_data
from kubectl_refs.render.data.report import query, render_json, to_data
from kubectl_refs.render.data.streaming import Repeats, plain
from tests.support.builders import PROPERTY
from tests.support.reports import (
    ALLOWED,
    API,
    BROKEN,
    CONDITIONS,
    FULL,
    GAPS,
    GATEWAY,
    KUBECTL,
    REFUSED,
    UNKNOWN,
    changed,
    condition,
    with_every_string,
)

KEY = {"group": str, "kind": str, "namespace": str, "name": str}
REFERENCE = {
    "from": KEY,
    "path": str,
    "to": {**KEY, "port?": int, "sectionName?": str},
    "mechanism": set(Mechanism),
    "verdict": set(Verdict),
    "reason": (str, None),
    "code": (str, None),
    "grants": [{"namespace": str, "name": str, "from": int, "to": int}],
    "nearMisses": [
        {
            "grant": {"namespace": str, "name": str},
            "from": int,
            "to": int,
            "differences": [{"path": str, "wanted": str, "found": (str, None), "hint": set(Hint)}],
        }
    ],
    "fixes": [
        {
            "action": {"create", "patch", "edit"},
            "object": KEY,
            "manifest?": dict,
            "patch?": [{"op": str, "path": str}],
            "command": str,
            "widens": bool,
            "confidence": set(Confidence),
        }
    ],
}
CONDITION = {
    "object": KEY,
    "parentRef?": dict,
    "controllerName?": str,
    "type": str,
    "computed": {"status": {"True", "False", "Unknown"}, "reason": str, "message": str},
    "agreement": set(Agreement),
    "why": str,
    "code": (str, None),
    "advice": (str, None),
}
REPORTED = {
    "status": str,
    "reason": str,
    "message": str,
    "observedGeneration": (int, None),
    "lastTransitionTime": (str, None),
}
GAP = {
    "verb": str,
    "group": str,
    "resource": str,
    "namespace": (str, None),
    "name?": str,
    "httpStatus": (int, None),
    "message": str,
    "effect": str,
}
CONTRACT = {
    "apiVersion": {"refs/v1alpha1"},
    "kind": {"ReferenceReport"},
    "references": [REFERENCE],
    "conditions": [CONDITION],
    "serving": [{}],
    "unknownFields": [],
    "unknownKinds": [],
    "beingDeleted": [KEY],
    "gaps": [GAP],
    "summary": {"allowed": int, "refused": int, "broken": int, "unknown": int, "assumed": int},
}
"""docs/json.md: types; a set of possible values; `?` after an optional key."""


def breaches(contract: Any, data: Any, path: str = "$") -> list[str]:
    """The places where data breaks a contract; additional keys are allowed."""
    if isinstance(contract, dict):
        if not isinstance(data, dict):
            return [f"{path}: no mapping"]
        found = []
        for key, part in contract.items():
            name = key.removesuffix("?")
            if name in data:
                found += breaches(part, data[name], f"{path}.{name}")
            elif name == key:
                found.append(f"{path}.{name}: missing")
        return found
    if isinstance(contract, list):
        if not isinstance(data, list):
            return [f"{path}: no list"]
        return [each for index, item in enumerate(data) for each in breaches(contract[0], item, f"{path}[{index}]")]
    if isinstance(contract, set):
        return [] if data in contract else [f"{path}: {data!r}"]
    types = contract if isinstance(contract, tuple) else (contract,)
    return [] if any(data is None if kind is None else type(data) is kind for kind in types) else [f"{path}: {data!r}"]


def shown(report: Report = FULL) -> Any:
    return json.loads(render_json(to_data(report, KUBECTL)))


@pytest.mark.parametrize("report", [FULL, Report()])
def test_a_report_has_every_key_of_the_contract_with_its_type(report: Report) -> None:
    assert breaches(CONTRACT, shown(report)) == []


def test_a_breach_of_the_contract_would_be_found() -> None:
    data = shown()
    del data["references"][0]["fixes"][0]["widens"]
    data["references"][0]["verdict"] = "perhaps"
    data["gaps"] = {}
    assert breaches(CONTRACT, data) == [
        "$.references[0].verdict: 'perhaps'",
        "$.references[0].fixes[0].widens: missing",
        "$.gaps: no list",
    ]


def test_what_a_controller_reports_is_told_whole_or_is_null() -> None:
    reported = [each["reported"] for each in shown()["conditions"]]
    assert [each is None for each in reported] == [each.reported is None for each in CONDITIONS]
    assert breaches([REPORTED], [each for each in reported if each is not None]) == []


def test_a_condition_has_the_code_and_the_advice_of_its_text() -> None:
    differs = condition(Agreement.STALE, code=Code.STALE_GRANT, advice="wait a moment")
    alike, other = shown(Report((), (condition(Agreement.AGREES), differs)))["conditions"]
    assert (alike["code"], alike["advice"]) == (None, None)
    assert (other["code"], other["advice"]) == ("REF202", "wait a moment")


def test_what_is_too_much_to_tell_is_counted() -> None:
    told = changed(REFUSED, grants_omitted=3, near_misses_omitted=40)
    (reference,) = shown(Report((told,)))["references"]
    assert (reference["grantsOmitted"], reference["nearMissesOmitted"]) == (3, 40)
    assert len(reference["nearMisses"]) == len(REFUSED.near_misses)


def test_optional_keys_are_left_out_where_there_is_nothing_to_tell() -> None:
    references = {each["path"]: each for each in shown()["references"]}
    assert references[ALLOWED.reference.path]["to"] == {
        "group": "gateway.networking.k8s.io",
        "kind": "Gateway",
        "namespace": "infra",
        "name": "public",
        "sectionName": "http",
    }
    assert references[REFUSED.reference.path]["to"]["port"] == 8080
    assert "sectionName" not in references[REFUSED.reference.path]["to"]
    first, second, _ = references[REFUSED.reference.path]["fixes"]
    assert ("manifest" in first, "patch" in first, first["widens"]) == (False, True, True)
    assert ("manifest" in second, "patch" in second, second["widens"]) == (True, False, False)
    assert "name" in shown()["gaps"][0]
    assert "name" not in shown()["gaps"][1]
    assert "parentRef" in shown()["conditions"][0]
    assert "controllerName" not in shown()["conditions"][-1]


def test_a_permitting_pair_and_a_near_miss_are_named_by_grant_and_entries() -> None:
    references = {each["path"]: each for each in shown()["references"]}
    permitting = {"namespace": "backend", "name": "g", "from": 0, "to": 1}
    assert references[ALLOWED.reference.path]["grants"] == [permitting]
    miss = references[REFUSED.reference.path]["nearMisses"][0]
    assert (miss["grant"], miss["from"], miss["to"]) == ({"namespace": "backend", "name": "g"}, 0, 0)
    assert [each["found"] for each in miss["differences"]] == ["fronted", None]
    assert "source" not in miss


@pytest.mark.parametrize(
    "changes",
    [
        {"mechanism": Mechanism.SAME_NAMESPACE},
        {"verdict": Verdict.BROKEN},
        {"reason": "BackendNotFound"},
        {"code": Code.NO_GRANT},
        {"because": "another cause"},
        {"checks": (replace(REFUSED.checks[0], layer=Layer.CONTENT), *REFUSED.checks[1:])},
        {"checks": (replace(REFUSED.checks[0], outcome=Outcome.NOTE), *REFUSED.checks[1:])},
        {"checks": (replace(REFUSED.checks[0], message="other words"), *REFUSED.checks[1:])},
        {"checks": REFUSED.checks[:1]},
        {"grants": ALLOWED.grants},
        {"grants_omitted": 1},
        {"near_misses": REFUSED.near_misses[1:]},
        {"near_misses": ()},
        {"near_misses_omitted": 1},
        {"notes": ()},
        {"fault": Code.TARGET_NOT_FOUND},
        {"unsupported": "its controller takes none"},
        {"effect": ""},
        {"ask": "Is there a ReferenceGrant?"},
        {"ask": "Is there a Gateway?", "ask_in": "infra"},
        {"by_hand": "look at it"},
        {"fixes": REFUSED.fixes[:1]},
    ],
    ids=str,
)
def test_a_reference_that_differs_in_one_thing_is_told_as_if_it_were_alone(changes: dict[str, Any]) -> None:
    other = changed(REFUSED, **changes)
    alone, beside = (to_data(Report(each), KUBECTL)["references"] for each in ((other,), (REFUSED, other)))
    assert beside[1] == alone[0]


def test_references_that_were_judged_as_one_are_written_once() -> None:
    again = REFUSED.for_alike(
        replace(REFUSED.found, reference=replace(REFUSED.reference, path="spec.rules[1].backendRefs[0]"))
    )
    repeats = Repeats()
    first, second = (reference_data(each, KUBECTL, repeats) for each in (REFUSED, again))
    assert first.values[0] is second.values[0]
    assert first.values[2] is second.values[2]


PARTS = [each.name for each in (*fields(EvaluatedReference), *fields(Judgement)) if each.name != "judgement"]


@pytest.mark.parametrize("field", PARTS)
def test_what_differs_in_one_field_is_not_written_as_what_was_written_before(field: str) -> None:
    rich = changed(
        ALLOWED,
        assumptions=(Assumption(API, "exists"),),
        near_targets=(NearTarget(API, ()),),
        unsupported="it takes none",
        grants_omitted=1,
        near_misses_omitted=2,
        fault=Code.PORT_NOT_FOUND,
    )
    reported = (ReportedVerdict(Verdict.BROKEN, None, "Invalid", "Accepted=False (Invalid)"),)
    further = changed(rich, near_targets=(NearTarget(GATEWAY, ()),)), changed(UNKNOWN, reported=reported)
    several = (REFUSED, ALLOWED, BROKEN, UNKNOWN, rich, *further)
    for first, other in product(several, repeat=2):
        part = other if hasattr(other, field) else other.judgement
        one = changed(first, **{field: getattr(part, field)})
        repeats = Repeats()
        reference_data(first, KUBECTL, repeats)
        assert plain(reference_data(one, KUBECTL, repeats)) == plain(reference_data(one, KUBECTL, Repeats()))


@pytest.mark.parametrize("field", [each.name for each in fields(Check)])
def test_what_differs_in_one_check_is_not_written_as_what_was_written_before(field: str) -> None:
    others: dict[str, Any] = {"layer": Layer.CONTENT, "outcome": Outcome.NOTE, "message": "another"}
    repeats = Repeats()
    reference_data(REFUSED, KUBECTL, repeats)
    for number in range(len(REFUSED.checks)):
        checks = list(REFUSED.checks)
        checks[number] = replace(checks[number], **{field: others[field]})
        one = changed(REFUSED, checks=tuple(checks))
        assert plain(reference_data(one, KUBECTL, repeats)) == plain(reference_data(one, KUBECTL, Repeats()))


@pytest.mark.parametrize("field", [each.name for each in fields(Condition)])
def test_a_condition_that_differs_in_one_field_is_told_as_if_it_were_alone(field: str) -> None:
    others: dict[str, Any] = {
        "object": API,
        "type": "Programmed",
        "computed": Computed("Unknown", "Pending", "nobody knows"),
        "agreement": Agreement.UNKNOWN,
        "why": "another cause",
        "reported": Reported("True", "Accepted", "", 7, None),
        "parent_ref": {"name": "another"},
        "controller_name": "example.com/another",
        "listener": "another",
        "ancestor_ref": {"name": "another"},
        "code": Code.UNDECIDED,
        "advice": "wait",
    }
    for first in CONDITIONS:
        changed = replace(first, **{field: others[field]})
        alone, beside = (shown(Report((), each))["conditions"] for each in ((changed,), (first, changed)))
        assert beside[1] == alone[0] != beside[0]


@pytest.mark.parametrize("field", [each.name for each in fields(Serving) if each.name not in ("explain", "by_verdict")])
def test_what_serves_an_object_and_differs_in_one_field_is_told_as_if_it_were_alone(field: str) -> None:
    first = Serving(GATEWAY, Serves.YES, "it is programmed", API, "http", backends=True)
    others: dict[str, Any] = {
        "object": API,
        "serves": Serves.NO,
        "because": "another cause",
        "parent": GATEWAY,
        "listener": None,
        "backends": False,
        "backend": API,
        "rule": "spec.rules[0]",
        "perhaps": "another class is meant",
        "fix": REFUSED.fixes[0],
    }
    changed = replace(first, **{field: others[field]})
    alone, beside = (shown(Report(serving=each))["serving"] for each in ((changed,), (first, changed)))
    assert beside[1] == alone[0] != beside[0]


def test_the_summary_counts_the_verdicts() -> None:
    assert shown(Report((REFUSED, ALLOWED, ALLOWED, BROKEN)))["summary"] == {
        "allowed": 2,
        "refused": 1,
        "broken": 1,
        "unknown": 0,
        "assumed": 0,
        "reportedFalse": 0,
    }


def test_json_is_indented_as_kubectl_indents() -> None:
    assert render_json({"a": [1]}) == '{\n    "a": [\n        1\n    ]\n}\n'


PREFIXES = st.text(min_size=0, max_size=5).filter(lambda text: not re.search("[\ud800-\udfff]", text))
YAML_LOOKALIKES = st.sampled_from(["yes", "null", "0x10", "1e3", "2026-01-01", "&a", "*a", "!x", "- ", "# ", "'", ": "])


@PROPERTY
@given(st.one_of(PREFIXES, YAML_LOOKALIKES))
def test_yaml_and_json_say_the_same(prefix: str) -> None:
    data = to_data(with_every_string(FULL, lambda string: prefix + string), KUBECTL)
    assert yaml.load(to_yaml(data), yaml.CSafeLoader) == json.loads(render_json(data)) == data


@pytest.mark.parametrize("value", ["yes", "null", "8080", "1.10", "2026-01-01T00:00:00Z", "", "~"])
def test_a_string_stays_a_string_in_yaml(value: str) -> None:
    report = Report((changed(ALLOWED, because=value),))
    assert yaml.safe_load(to_yaml(to_data(report, KUBECTL)))["references"][0]["because"] == value


def test_yaml_writes_a_value_that_stands_in_two_places_twice() -> None:
    events = list(yaml.parse(to_yaml(to_data(Report((REFUSED, REFUSED), CONDITIONS, GAPS), KUBECTL))))
    assert not [event for event in events if isinstance(event, yaml.AliasEvent)]
    assert not [event for event in events if getattr(event, "anchor", None)]


def test_yaml_keeps_the_order_of_the_contract() -> None:
    assert re.findall(r"^(\w+):", to_yaml(to_data(FULL, KUBECTL)), re.MULTILINE) == list(CONTRACT)


@pytest.mark.parametrize(("value", "written"), [("word", "word\n"), (3, "3\n"), (None, "null\n"), ([], "[]\n")])
def test_a_single_value_is_a_line_of_yaml(value: object, written: str) -> None:
    assert to_yaml(value) == written


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("kind", "ReferenceReport"),
        ("references[?verdict=='refused'].to.name", ["api"]),
        ("length(references)", 4),
        ("references[0].nearMisses[0].differences[].hint", ["typo", "other-name"]),
        ("gaps[].httpStatus", [403]),
        ("nothing.here", None),
        ("{a: summary.allowed}", {"a": 1}),
    ],
)
def test_a_query_finds_what_its_expression_says(expression: str, found: object) -> None:
    assert query(to_data(FULL, KUBECTL), expression) == found


@pytest.mark.parametrize(
    "expression", ["", "foo[", "foo bar", "]", "nosuchfunction(@)", "length(`1`)", "sort(@)", "&kind", "[&kind]", "#"]
)
def test_a_wrong_expression_is_a_mistake_of_the_command_line(expression: str) -> None:
    with pytest.raises(RefsError) as caught:
        query(to_data(FULL, KUBECTL), expression)
    assert caught.value.status == USAGE
    assert caught.value.line.startswith(f'error: invalid --query "{expression}": ')
    assert "\n" not in caught.value.line
    assert not caught.value.line.endswith(":")
