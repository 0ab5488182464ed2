from __future__ import annotations

import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from kubectl_refs.render.data.report import render_json
from kubectl_refs.render.data.streaming import KEPT, Filled, Form, Repeated, Repeats, json_chunks, plain, whole

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def unmade(data: dict[str, Any]) -> dict[str, Any]:
    """The same data with its lists made lazily."""
    return {name: iter(value) if isinstance(value, list) else value for name, value in data.items()}


@example({"100 %s": "%d", "%": {"%%": [{}, []]}})
@example({"n": (1, 2.5, True, False, None), "m": ()})
@given(VALUES)
def test_the_text_is_that_of_the_standard_library(value: Any) -> None:
    assert render_json(value) == json.dumps(value, indent=4) + "\n"


@given(st.lists(VALUES), VALUES)
def test_a_list_that_is_still_to_be_made_may_stand_within_others(data: list[Any], beside: Any) -> None:
    made, lazy = ({"runs": [{"tool": beside, "results": each}, beside]} for each in (data, iter(data)))
    assert "".join(json_chunks(lazy)) == render_json(made)


@given(st.dictionaries(st.text(), VALUES))
def test_the_chunks_are_the_text_of_the_whole(data: dict[str, Any]) -> None:
    assert "".join(json_chunks(unmade(data))) == render_json(data)
    assert whole(unmade(data)) == data


def test_an_element_is_made_when_its_turn_to_be_written_comes() -> None:
    made = []
    data = {"names": (made.append(name) or name for name in "abc")}  # type: ignore[func-returns-value]
    for chunk in json_chunks(data):
        if '"a"' in chunk:
            break
    assert made == ["a"]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["of the form", "known later", "repeated"]), st.dictionaries(st.text(), VALUES, min_size=1)
        ),
        min_size=1,
        max_size=4,
    ),
    VALUES,
)
def test_what_is_in_parts_and_repeated_reads_as_if_it_were_not(
    parts: list[tuple[str, dict[str, Any]]], value: Any
) -> None:
    several = [{f"{number} {name}": member for name, member in part.items()} for number, (_, part) in enumerate(parts)]
    kinds = [kind for kind, _ in parts]
    form = Form(*[part if kind == "of the form" else ... for kind, part in zip(kinds, several, strict=True)])
    later = [(kind, part) for kind, part in zip(kinds, several, strict=True) if kind != "of the form"]
    filled = Filled(form, [Repeated(part) if kind == "repeated" else part for kind, part in later])
    once = Repeated(value)
    # At several depths, and twice at one depth.
    shown = {"all": [filled, {"deeper": [filled, once]}, filled, once, once]}
    joined = {name: member for part in several for name, member in part.items()}
    expected = {"all": [joined, {"deeper": [joined, value]}, joined, value, value]}
    assert render_json(shown) == render_json(expected)
    assert plain(shown) == expected
    assert whole(unmade(shown)) == expected


def test_the_latest_values_are_made_once_and_no_more_are_kept() -> None:
    repeats, made = Repeats(), []

    def make(name: int) -> int:
        made.append(name)
        return name

    assert [repeats.of(name, make, name).value for name in (1, 2, 1, 2)] == [1, 2, 1, 2]
    assert made == [1, 2]
    last = 3 * KEPT
    for name in range(3, last + 1):
        repeats.of(name, make, name)
        # A result in constant use is kept.
        repeats.of(2, make, 2)
    assert made == list(range(1, last + 1))
    repeats.of(1, make, 1)
    assert made[-1] == 1


def test_of_what_is_repeated_parts_may_be_repeated_in_others() -> None:
    part = Repeated([1, {"a": None}])
    shown = [Repeated({"b": part}), {"c": [part]}, Filled(Form(...), [Repeated({"d": part})])]
    expected = [{"b": [1, {"a": None}]}, {"c": [[1, {"a": None}]]}, {"d": [1, {"a": None}]}]
    assert plain(shown) == expected
    assert render_json(shown) == render_json(expected)


@example({"100 %s": "%", "a": [["%d"], {}, []]}, [1])
@given(VALUES, st.lists(VALUES))
def test_a_form_that_is_filled_reads_as_if_it_were_not_one(beside: Any, values: list[Any]) -> None:
    def data(held: list[Any], around: Any) -> dict[str, Any]:
        return {"all": held, "deeper": [{f"{number} %": each, "a": around} for number, each in enumerate(held)]}

    form = Form(data([...] * len(values), beside))
    filled = Filled(form, [*values, *map(Repeated, values)])
    expected = data(values, beside)
    # At several depths, and twice at one depth.
    shown = [filled, [filled], filled]
    assert plain(shown) == [expected, [expected], expected]
    assert render_json(shown) == render_json(plain(shown))
