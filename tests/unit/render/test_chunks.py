from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kubectl_refs.render.data.report import render_json
from kubectl_refs.render.data.streaming import json_chunks, whole

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def unmade(data: dict[str, Any]) -> dict[str, Any]:
    """The same data with its lists still to be made."""
    return {name: iter(value) if isinstance(value, list) else value for name, value in data.items()}


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
