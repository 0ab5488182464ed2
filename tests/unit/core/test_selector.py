"""Label selectors as Kubernetes evaluates them, and the answer if labels are only partly known."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_refs.core.model.selectors import NAME_LABEL, invalid, labelled, matches, wanted_labels
from tests.support.builders import PROPERTY


def requirement(key: str, operator: str, *values: str) -> dict[str, Any]:
    return {"key": key, "operator": operator, "values": list(values)} if values else {"key": key, "operator": operator}


def expressions(*requirements: dict[str, Any]) -> dict[str, Any]:
    return {"matchExpressions": list(requirements)}


LABELS = {"tenant": "a", "env": "prod"}


@pytest.mark.parametrize(
    ("selector", "selected"),
    [
        pytest.param(None, False, id="null selects nothing"),
        pytest.param({}, True, id="empty selects everything"),
        pytest.param({"matchLabels": {}}, True, id="empty labels"),
        pytest.param({"matchExpressions": []}, True, id="empty expressions"),
        ({"matchLabels": {"tenant": "a"}}, True),
        ({"matchLabels": {"tenant": "b"}}, False),
        ({"matchLabels": {"tenant": "A"}}, False),
        ({"matchLabels": {"tenant": "a", "env": "test"}}, False),
        ({"matchLabels": {"missing": ""}}, False),
        (expressions(requirement("tenant", "In", "a", "b")), True),
        (expressions(requirement("tenant", "In", "b")), False),
        (expressions(requirement("missing", "In", "a")), False),
        (expressions(requirement("tenant", "NotIn", "b")), True),
        (expressions(requirement("tenant", "NotIn", "a")), False),
        (expressions(requirement("missing", "NotIn", "a")), True),
        (expressions(requirement("tenant", "Exists")), True),
        (expressions(requirement("missing", "Exists")), False),
        (expressions(requirement("tenant", "DoesNotExist")), False),
        (expressions(requirement("missing", "DoesNotExist")), True),
        (expressions(requirement("tenant", "Like", "a")), False),
        ({"matchLabels": {"env": "prod"}, **expressions(requirement("tenant", "NotIn", "a"))}, False),
        ("tenant=a", False),
        ([], False),
    ],
)
def test_a_selector_selects_as_in_kubernetes(selector: Any, selected: bool) -> None:
    assert matches(selector, LABELS) is selected


@pytest.mark.parametrize("value", [None, 1, True, ["a"], {"a": "b"}])
def test_a_malformed_value_selects_no_label(value: Any) -> None:
    assert matches({"matchLabels": {"missing": value}}, LABELS) is False
    assert matches(expressions({"key": "missing", "operator": "In", "values": [value]}), LABELS) is False


@pytest.mark.parametrize(
    ("selector", "selected"),
    [
        (None, False),
        ({}, True),
        ({"matchLabels": {"tenant": "a"}}, True),
        ({"matchLabels": {"tenant": "b", "unread": "x"}}, False),
        ({"matchLabels": {"unread": "x"}}, None),
        ({"matchLabels": {"tenant": "a", "unread": "x"}}, None),
        (expressions(requirement("unread", "Exists")), None),
        (expressions(requirement("unread", "DoesNotExist")), None),
        (expressions(requirement("unread", "NotIn", "x")), None),
        (expressions(requirement("unread", "NotIn", "x"), requirement("tenant", "DoesNotExist")), False),
    ],
)
def test_labels_that_are_not_known_matter_only_where_they_decide(selector: Any, selected: bool | None) -> None:
    assert matches(selector, LABELS, complete=False) is selected


KEYS, VALUES = ("a", "b", "c"), ("x", "y", "z")


def one_of_values(operator: str) -> st.SearchStrategy[dict[str, Any]]:
    values = st.lists(st.sampled_from(VALUES), min_size=1, max_size=2)
    return st.builds(lambda key, some: requirement(key, operator, *some), st.sampled_from(KEYS), values)


REQUIREMENTS = st.one_of(
    one_of_values("In"),
    one_of_values("NotIn"),
    st.builds(requirement, st.sampled_from(KEYS), st.sampled_from(("Exists", "DoesNotExist"))),
)
SOME_LABELS = st.dictionaries(st.sampled_from(KEYS), st.sampled_from(VALUES))
SELECTORS = st.builds(
    lambda labels, some: {"matchLabels": labels, "matchExpressions": some},
    SOME_LABELS,
    st.lists(REQUIREMENTS, max_size=3),
)


def oracle(selector: dict[str, Any], labels: dict[str, str]) -> bool:
    """apimachinery's rules, written as the set of states of a key that a requirement allows."""
    states: dict[str, set[str | None]] = {key: {None, *VALUES} for key in KEYS}
    for key, value in selector["matchLabels"].items():
        states[key] &= {value}
    for each in selector["matchExpressions"]:
        named = set(each.get("values", ()))
        allowed = {
            "In": named,
            "NotIn": {None, *VALUES} - named,
            "Exists": set(VALUES),
            "DoesNotExist": {None},
        }[each["operator"]]
        states[each["key"]] &= allowed
    return all(labels.get(key) in states[key] for key in KEYS)


@PROPERTY
@given(SELECTORS, SOME_LABELS)
def test_selection_agrees_with_the_oracle(selector: dict[str, Any], labels: dict[str, str]) -> None:
    assert matches(selector, labels) is oracle(selector, labels)


def completions(labels: dict[str, str]) -> list[dict[str, str]]:
    """Every full set of labels that contains the known ones."""
    unread = [key for key in KEYS if key not in labels]
    return [
        {**labels, **{key: value for key, value in zip(unread, states, strict=True) if value is not None}}
        for states in product((None, *VALUES), repeat=len(unread))
    ]


@PROPERTY
@given(SELECTORS, SOME_LABELS)
def test_an_answer_over_known_labels_holds_whatever_the_others_are(
    selector: dict[str, Any], labels: dict[str, str]
) -> None:
    answer = matches(selector, labels, complete=False)
    outcomes = {oracle(selector, whole) for whole in completions(labels)}
    if answer is not None:
        assert outcomes == {answer}
    asked = [*selector["matchLabels"], *(each["key"] for each in selector["matchExpressions"])]
    if len(asked) == len(set(asked)) and len(outcomes) == 1:
        assert answer in outcomes


@pytest.mark.parametrize(
    ("selector", "shown"),
    [
        ({"matchLabels": {"tenant": "a", "env": "prod"}}, "labelled tenant=a,env=prod"),
        (expressions(requirement("env", "In", "prod", "test")), "labelled env in (prod,test)"),
        (expressions(requirement("env", "In", "prod")), "labelled env=prod"),
        (expressions(requirement("env", "NotIn", "prod", "test")), "labelled env notin (prod,test)"),
        (
            expressions(requirement("env", "Exists"), requirement("old", "DoesNotExist")),
            "labelled env and without the label old",
        ),
        (
            expressions(requirement("a", "DoesNotExist"), requirement("b", "DoesNotExist")),
            "without the labels a and b",
        ),
        ({}, ""),
        (None, ""),
    ],
)
def test_a_selector_is_shown_in_words_and_as_kubectl_takes_it(selector: Any, shown: str) -> None:
    assert labelled(selector) == shown


@pytest.mark.parametrize(
    ("selector", "labels"),
    [
        ({"matchLabels": {"tenant": "a"}}, {"tenant": "a"}),
        (expressions(requirement("env", "In", "prod", "test")), {"env": "prod"}),
        ({}, None),
        (None, None),
        ({"matchLabels": {NAME_LABEL: "frontend"}}, None),
        (expressions(requirement("env", "Exists")), None),
        (expressions(requirement("env", "NotIn", "prod")), None),
        ({"matchLabels": {"env": "test"}, **expressions(requirement("env", "In", "prod", "test"))}, None),
    ],
)
def test_labels_to_add_are_named_where_the_selector_spells_them_out(selector: Any, labels: Any) -> None:
    assert wanted_labels(selector) == labels


@PROPERTY
@given(SELECTORS, SOME_LABELS)
def test_adding_the_wanted_labels_makes_the_selector_select(selector: dict[str, Any], labels: dict[str, str]) -> None:
    wanted = wanted_labels(selector)
    if wanted is not None:
        assert oracle(selector, {**labels, **wanted})


@pytest.mark.parametrize(
    ("selector", "problem"),
    [
        pytest.param(None, "", id="none"),
        ({}, ""),
        (expressions(requirement("a", "In", "x"), requirement("b", "Exists")), ""),
        (
            expressions(requirement("b", "Exists"), {"key": "a", "operator": "NotIn", "values": []}),
            "matchExpressions[1].values is empty, and operator NotIn needs a value",
        ),
        (
            expressions(requirement("a", "Exists", "x")),
            "matchExpressions[0].values is not empty, and operator Exists takes none",
        ),
        (
            expressions(requirement("a", "Gt", "0")),
            'matchExpressions[0].operator is "Gt", expected In, NotIn, Exists or DoesNotExist',
        ),
        (expressions(requirement("a b", "Exists")), 'matchExpressions[0].key: "a b" is not a valid label key'),
        ({"matchLabels": {"a": "x/y"}}, 'matchLabels["a"]: "x/y" is not a valid label value'),
        ("a=b", "it is not an object"),
    ],
)
def test_an_invalid_selector_says_which_field_is_wrong(selector: Any, problem: str) -> None:
    assert invalid(selector) == problem


def test_one_invalid_requirement_makes_a_selector_select_nothing() -> None:
    invalid_one = expressions(requirement("tenant", "In", "a"), {"key": "x", "operator": "NotIn"})
    assert matches(invalid_one, LABELS) is False
    assert matches(invalid_one, {}, complete=False) is False
