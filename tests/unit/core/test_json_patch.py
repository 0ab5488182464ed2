"""The object that results from a patch, and that the original stays unchanged."""

from __future__ import annotations

from typing import Any

import pytest

from kubectl_refs.core.fixes.json_patch import InapplicableError, applied


def route() -> dict[str, Any]:
    return {"metadata": {"name": "web"}, "spec": {"rules": [{"backendRefs": [{"name": "a"}]}], "hostnames": None}}


@pytest.mark.parametrize(
    ("operation", "after"),
    [
        (
            {"op": "replace", "path": "/spec/rules/0/backendRefs/0/name", "value": "b"},
            {"rules": [{"backendRefs": [{"name": "b"}]}], "hostnames": None},
        ),
        (
            {"op": "add", "path": "/spec/rules/0/backendRefs/-", "value": {"name": "b"}},
            {"rules": [{"backendRefs": [{"name": "a"}, {"name": "b"}]}], "hostnames": None},
        ),
        (
            {"op": "add", "path": "/spec/hostnames/first", "value": 1},
            {"rules": [{"backendRefs": [{"name": "a"}]}], "hostnames": {"first": 1}},
        ),
        ({"op": "remove", "path": "/spec/rules"}, {"hostnames": None}),
    ],
)
def test_a_patch_changes_a_copy(operation: dict[str, Any], after: dict[str, Any]) -> None:
    obj = route()
    changed = applied(obj, [operation])
    assert (changed, obj) == ({**route(), "spec": after}, route())
    assert applied(changed, [{"op": "add", "path": "/spec/x/y", "value": 1}])["spec"] == {**after, "x": {"y": 1}}
    assert changed["spec"] == after


def test_a_step_into_a_word_is_no_patch() -> None:
    with pytest.raises(InapplicableError):
        applied(route(), [{"op": "add", "path": "/metadata/name/first", "value": 1}])
