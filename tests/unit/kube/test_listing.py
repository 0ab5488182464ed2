"""Lists decoded as they arrive equal those decoded at once, whatever the body and wherever it is split."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_refs.kube.http import listing
from kubectl_refs.kube.http.listing import read_list
from kubectl_refs.kube.http.response import parse

NESTED: Any = [{"apiVersion": "v1", "kind": "Pod"}, {"apiVersion": "v1", "kind": "Pod"}]
ITEM: Any = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "ownerReferences": NESTED}}
TEXTS = st.sampled_from(['],"items":[{', '},{"apiVersion":"v1","kind"', "\\", '"', "é\ud83d\ude00", "", "]}"])
ITEMS = st.lists(
    st.one_of(
        st.just(ITEM),
        TEXTS.map(lambda text: {"apiVersion": "v1", "kind": text, "metadata": {text: [text, NESTED]}}),
        st.sampled_from([{}, [], None, 1, {"x": NESTED}, {"metadata": {"name": "a"}, "spec": {"items": [ITEM]}}]),
    ),
    max_size=12,
)


def taken(found: Sequence[Any]) -> Sequence[Any]:
    return [{"kept": item} for item in found]


def in_pieces(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


def expected(data: bytes) -> Any:
    body = parse(data)
    if isinstance(body, str) or not isinstance(body.get("items"), list):
        return body
    return {**body, "items": taken(body["items"])}


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "BATCH", 100)


@given(items=ITEMS, size=st.integers(1, 300), compact=st.booleans(), first=st.booleans(), text=TEXTS)
def test_a_list_is_the_same_in_pieces(items: Any, size: int, compact: bool, first: bool, text: str) -> None:
    rest = {"kind": "PodList", "metadata": {"continue": text, "items": []}}
    body = {"apiVersion": "v1", "items": items, **rest} if first else {"apiVersion": "v1", **rest, "items": items}
    data = json.dumps(body, separators=(",", ":") if compact else None).encode()
    assert read_list(in_pieces(data, size), taken) == expected(data)


@given(
    items=ITEMS,
    size=st.integers(1, 300),
    cut=st.integers(1, 2000),
    put=st.sampled_from([b"", b"]", b"NaN", b"\xff", b"}"]),
)
def test_what_is_no_list_at_once_is_none_in_pieces(items: Any, size: int, cut: int, put: bytes) -> None:
    body = {"apiVersion": "v1", "items": items, "kind": "PodList"}
    data = json.dumps(body, separators=(",", ":")).encode()
    data = data[: len(data) - cut % len(data)] + put
    assert read_list(in_pieces(data, size), taken) == expected(data)


@pytest.mark.parametrize("value", ["NaN", "Infinity", '"\xff"', "[" * 100_000, "1,"])
def test_an_item_that_is_no_json_spoils_the_list(value: str) -> None:
    items = [json.dumps(ITEM, separators=(",", ":"))] * 20
    items[3] = f'{{"apiVersion":"v1","kind":{value}}}'
    data = f'{{"items":[{",".join(items)}]}}'.encode("latin-1")
    assert isinstance(read_list(in_pieces(data, 50), taken), str)
    assert read_list(in_pieces(data, 50), taken) == expected(data)


def test_half_a_surrogate_pair_is_replaced_wherever_it_is() -> None:
    data = b'{"items":[' + b",".join([b'{"apiVersion":"v1","kind":"\\ud83d"}'] * 20) + b"]}"
    assert read_list(in_pieces(data, 64), taken) == expected(data)


def test_of_a_long_list_little_is_in_memory_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "BATCH", 64 * 1024)
    item = json.dumps({**ITEM, "spec": {"text": "x" * 1000}}, separators=(",", ":")).encode()
    count = 10_000
    seen = 0

    def take(found: Sequence[Any]) -> Sequence[Any]:
        nonlocal seen
        seen += len(found)
        return [None] * len(found)

    def pieces() -> Iterator[bytes]:
        yield b'{"apiVersion":"v1","items":[' + item
        for _ in range(count - 1):
            yield b"," + item
        yield b'],"kind":"PodList"}'

    tracemalloc.start()
    try:
        body = read_list(pieces(), take)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert isinstance(body, dict)
    assert (seen, len(body["items"])) == (count, count)
    assert peak < 2 * 2**20
