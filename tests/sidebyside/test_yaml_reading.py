"""Manifests are read as kubectl reads them: the same are refused, and all others have the same values."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kubectl_refs.documents.decoding import decoded
from kubectl_refs.documents.errors import DocumentError
from kubectl_refs.documents.reading import read_documents
from tests.sidebyside.local_kubectl import MARK, read_by_kubectl, refused_by_kubectl
from tests.support.hostile_yaml import hostile_strings

HEAD = "apiVersion: v1\nkind: Widget\nmetadata: {name: a, annotations: {}}\n"

SCALARS = r"""
18446744073709551615 18446744073709551616 -9223372036854775809 9223372036854775807 +9223372036854775808 1e20 1e21 -0.0
0x7FFFFFFFFFFFFFFF 0xFFFFFFFFFFFFFFFF 0x1FFFFFFFFFFFFFFFF 01777777777777777777777 0b_1 0x_1 1_.5 .5_0 ._5 1e1_0 100000000000000000000
"\/" "a\\/b" "\x41\u00e9\U0001F642" "\e\N\_\L\P" 'it''s' "\d" "\ud83d"
!!null !!null~ !!str !!int"12" !!int 1.5
"""
WRITTEN = [
    *(
        '"a\\/b"',
        '"a\\\\/b"',
        "!!null x",
        "!!null ''",
        "!!null null",
        "!!binary aGk=",
        "!!binary ü",
        "!!binary /w==",
        "!!int x",
    ),
    *(
        "!!int 1.5",
        "!!int '0x1F'",
        "!!float 3",
        "!!float 1.5",
        "!!float x",
        "!!bool y",
        "!!bool 'no'",
        "!!bool 1",
        "!!str 12",
    ),
    *(
        "! 12",
        "!!timestamp 2001-01-01",
        "!!timestamp x",
        "!!timestamp 12",
        "!x 12",
        "!!merge <<",
        "!!map {a: 1}",
        "!!seq [1]",
    ),
    *(
        "!!set {a}",
        "!!map [1]",
        "!!seq {a: 1}",
        "!!omap [a: 1]",
        "{? a : b}",
        "[a: b]",
        "{a}",
        "[a, , b]",
        "{1: a, 2: b}",
    ),
    *(
        "{1.5: a}",
        "{true: a}",
        "{y: a}",
        "{null: a}",
        "{2001-01-01: a}",
        "&a [1]",
        "|\n  a\n  b",
        ">-\n  a\n  b",
        "|2\n   a",
    ),
    *('"a\n  b"', "'a\n\n  b'", "a\n  b", "a # b", "a\t# b", "@a", "`a", "%a", "a\\/b", "'a\\/b'", "{a: &x 1, b: *x}"),
]
FILES = [
    *(
        "---# x\n" + HEAD,
        "--- # x\n" + HEAD,
        HEAD + "---# x\n" + HEAD,
        HEAD + "--- # x\n" + HEAD,
        HEAD + "---x\n" + HEAD,
    ),
    *(
        HEAD + "---\n",
        HEAD + "---\n---\n" + HEAD,
        "---\n---# x\n" + HEAD,
        "# a\n---\n" + HEAD,
        "\n---\n" + HEAD + "...\n",
    ),
    *(
        HEAD + "...\n---\n" + HEAD,
        HEAD + 'x: "a\n---\n  b"\n',
        HEAD + "x: |\n  a\n---\n" + HEAD,
        HEAD + " ---\n" + HEAD,
    ),
    *(
        "\ufeff" + HEAD,
        HEAD.replace("\n", "\r\n"),
        (HEAD + "---\n" + HEAD).replace("\n", "\r\n"),
        "%YAML 1.1\n---\n" + HEAD,
    ),
    *(HEAD + "---\u00a0# x\n" + HEAD, HEAD + "--- |\n a\n", HEAD + "a: 1\na: [1\n", "---- \n" + HEAD, "--\n" + HEAD),
]


BYTES = [
    *(
        HEAD.encode() + b"x: " + word + b"\n"
        for word in (b"a\xffb", b"a\xe2\x82b", b"\xf0\x9f\x98", b"\xed\xa0\x80", b"\xc0\xaf")
    ),
    HEAD.encode() + b"\xff: a\n",
    b'{"apiVersion": "v1", "kind": "Widget", "metadata": {"name": "a", "annotations": {}}, "x": "a\xff\xe2\x82b"}',
    *(HEAD.encode(encoding) for encoding in ("utf-16", "utf-16-le", "utf-8-sig")),
    (HEAD + "x: a").encode("utf-16") + b"b",
    (HEAD + "x: 'a").encode("utf-16") + b"\x00\xd8" + "b'".encode("utf-16-le"),
]
"""Files that are not valid UTF-8 throughout."""


def _kubectl(kubectl: Path, content: bytes, folder: Path) -> list[Any] | None:
    folder.mkdir()
    found = read_by_kubectl(kubectl, content, folder)
    for each in found or ():
        del each["metadata"]["annotations"][MARK]
    return found


def _refs(content: bytes) -> list[Any] | None:
    try:
        return [each.value for each in read_documents(decoded(content)) if each.value is not None]
    except DocumentError:
        return None


def _comparable(found: list[Any] | None) -> str:
    """JSON in which integers too large for Go are floats, as in Go, so that only the way of printing them differs."""

    def number(digits: str) -> int | float:
        return int(digits) if -(2**63) < int(digits) < 2**63 else float(digits)

    return json.dumps(json.loads(json.dumps(found), parse_int=number), sort_keys=True)


def _documents() -> list[str]:
    words = [*WRITTEN, *SCALARS.split(), *(word for word in hostile_strings() if "\n" not in word)]
    return [f"{HEAD}x: {word}\ny: [1]\n" for word in words]


def test_what_is_read_kubectl_reads_as_the_same_values(kubectl: Path, tmp_path: Path) -> None:
    read = [document for document in _documents() if _refs(document.encode())]
    assert len(read) > 200
    theirs = _kubectl(kubectl, "---\n".join(read).encode(), tmp_path / "all")
    assert theirs is not None
    for document, their in zip(read, theirs, strict=True):
        assert _comparable(_refs(document.encode())) == _comparable([their])


def test_what_is_refused_kubectl_refuses(kubectl: Path, tmp_path: Path) -> None:
    refused = [document for document in _documents() if _refs(document.encode()) is None]
    assert len(refused) > 60
    theirs = refused_by_kubectl(kubectl, refused, tmp_path)
    assert [document for document, their in zip(refused, theirs, strict=True) if not their] == []


@pytest.mark.parametrize("content", FILES)
def test_a_file_is_split_into_the_same_documents(kubectl: Path, tmp_path: Path, content: str) -> None:
    written = content.encode()
    assert _comparable(_refs(written)) == _comparable(_kubectl(kubectl, written, tmp_path / "file"))


@pytest.mark.parametrize("content", BYTES)
def test_bytes_are_decoded_to_the_same_text(kubectl: Path, tmp_path: Path, content: bytes) -> None:
    assert _comparable(_refs(content)) == _comparable(_kubectl(kubectl, content, tmp_path / "file"))
