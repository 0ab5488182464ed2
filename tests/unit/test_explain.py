"""explain: each code in full, all codes as a list, and one clear line for a word that is not a code."""

from __future__ import annotations

import json

import pytest

from kubectl_refs.core.findings.explanations import EXPLANATIONS
from kubectl_refs.core.model.codes import Code
from tests.support.running import Program


@pytest.mark.parametrize("code", Code)
def test_a_code_is_explained_by_its_number_and_by_its_name(refs: Program, code: Code) -> None:
    shown = refs("explain", code)
    assert shown.status == 0
    assert shown.out.startswith(f"{code} {code.slug}: {code.summary}\n")
    assert EXPLANATIONS[code].text in shown.out
    assert all(f"    {line}".rstrip() in shown.out.splitlines() for line in EXPLANATIONS[code].example.splitlines())
    assert refs("explain", code.slug.upper()).out == shown.out


def test_all_codes_are_a_list(refs: Program) -> None:
    header, *rows = refs("explain").out.splitlines()
    assert header.split() == ["CODE", "NAME", "SEVERITY"]
    assert [row.split()[0] for row in rows] == [*Code]
    assert max(map(len, rows)) <= 80
    assert refs("explain", "-o", "name").out.splitlines() == [*Code]
    assert Code.NO_GRANT.summary in refs("explain", "-o", "wide").out


def test_data_has_what_the_text_has(refs: Program) -> None:
    (found,) = json.loads(refs("explain", "REF002", "-o", "json").out)["codes"]
    assert (found["code"], found["title"], found["severity"]) == ("REF002", "near-miss", "error")
    assert found["explanation"] == EXPLANATIONS[Code.NEAR_MISS].text


def test_a_word_that_is_no_code_is_one_line(refs: Program) -> None:
    done = refs("explain", "REF002", "REF999")
    assert (done.status, done.out, done.err) == (
        2,
        "",
        "error: unknown code \"REF999\"; the command 'explain' lists all\n",
    )
