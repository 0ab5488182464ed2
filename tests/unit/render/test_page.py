from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_refs.render.text.brevity import Brevity
from kubectl_refs.render.text.page import Page
from kubectl_refs.render.text.style import Style, Tone
from kubectl_refs.render.text.table import Narrow
from tests.support.builders import PROPERTY

WORDS = st.lists(st.text("abcdefgh-./", min_size=1, max_size=18), min_size=1, max_size=60)


def page(width: int | None = None, **more: bool) -> Page:
    return Page(Style(0, width=width, **more))


@PROPERTY
@given(WORDS, st.sampled_from([40, 80, 100, 300]))
def test_sentences_are_wrapped_at_the_width_and_in_their_column(words: list[str], width: int) -> None:
    made = page(width)
    made.prose("because", " ".join(words))
    first, *rest = str(made).splitlines()
    assert first.startswith("  because:  ")
    assert all(line.startswith(" " * 12) and line[12] != " " for line in rest)
    assert all(len(line) <= min(width, 100) for line in (first, *rest))
    assert " ".join(line[12:] for line in (first, *rest)).split() == words


@PROPERTY
@given(WORDS)
def test_nothing_is_wrapped_where_there_is_no_terminal(words: list[str]) -> None:
    made = page()
    made.prose("because", " ".join(words))
    assert str(made) == f"  because:  {' '.join(words)}\n"


@PROPERTY
@given(WORDS, st.integers(20, 31))
def test_where_there_is_no_room_beside_the_label_the_text_stands_below_it(words: list[str], width: int) -> None:
    made = page(width)
    made.prose("because", " ".join(words))
    made.prose("", "more")
    label, *rest = str(made).splitlines()
    assert (label, rest[-1]) == ("  because:", "    more")
    assert all(line.startswith("    ") and line[4] != " " for line in rest)
    assert all(len(line) <= width or " " not in line[4:] for line in rest)
    assert re.sub(r"/\s+", "/", " ".join(rest[:-1])).split() == re.sub(r"/\s+", "/", " ".join(words)).split()


@pytest.mark.parametrize("width", [None, 20, 80])
def test_what_is_longer_than_a_line_and_has_no_spaces_stays_whole(width: int | None) -> None:
    long = "x" * 150
    made = page(width)
    made.prose("where", long)
    assert long in str(made).splitlines()[-1]


def test_a_name_that_no_line_has_room_for_goes_on_behind_its_namespace() -> None:
    path = f"{'n' * 50}/{'s' * 40}"
    made = page(80)
    made.prose("cause", f"Service {path} does not exist")
    made.flowed([["broken:", f" HTTPRoute {path}"], ["-> ", (f"Service {path}:80", Tone.NAME)]], 8)
    assert str(made).splitlines() == [
        f"  cause:    Service {'n' * 50}/",
        f"            {'s' * 40} does not exist",
        f"broken: HTTPRoute {'n' * 50}/",
        f"        {'s' * 40}",
        f"        -> Service {'n' * 50}/",
        f"        {'s' * 40}:80",
    ]


def test_a_label_longer_than_its_column_moves_its_text() -> None:
    made = page()
    made.prose("a very long label", "text")
    assert str(made) == "  a very long label: text\n"


def test_a_label_that_is_empty_continues_the_column_above() -> None:
    made = page(80)
    made.prose("fix", "one")
    made.prose("", "two")
    assert str(made) == "  fix:      one\n            two\n"


@pytest.mark.parametrize("width", [None, 40, 80, 100])
def test_commands_stand_at_the_margin_as_they_are(width: int | None) -> None:
    command = "kubectl patch " + "a-long-word " * 30 + "\n  indented:\n\tEOF"
    made = page(width)
    made.line("before")
    made.verbatim(command)
    made.line("after")
    shown = command.rstrip().replace("\t", r"\t").split("\n")
    assert str(made).split("\n") == ["before", "", *[line.rstrip() for line in shown], "", "after", ""]


def test_empty_lines_neither_begin_a_page_nor_follow_each_other() -> None:
    made = page()
    made.blank()
    made.line("one")
    made.blank()
    made.blank()
    made.line("two")
    assert str(made) == "one\n\ntwo\n"
    assert str(page()) == ""


def test_colour_surrounds_the_escaped_text() -> None:
    made = page(color=True)
    made.line(("bad\x1b[0m", Tone.BAD), " plain")
    assert str(made) == "\x1b[31mbad\\x1b[0m\x1b[0m plain\n"


def test_a_table_has_three_spaces_between_columns_and_leaves_values_alone() -> None:
    made = page()
    made.table(("NAME", "VALUE", "LAST"), [("a", "00123", "0.10"), ("longer-name", "1e5", "<none>"), ("", "None", "x")])
    assert str(made).splitlines() == [
        "NAME          VALUE   LAST",
        "a             00123   0.10",
        "longer-name   1e5     <none>",
        "              None    x",
    ]


def test_a_column_of_digits_is_no_column_of_numbers() -> None:
    made = page()
    made.table((), [("00123", "0.10"), ("7", "1e5")])
    assert str(made) == "00123   0.10\n7       1e5\n"


def test_a_table_without_rows_is_its_header() -> None:
    made = page()
    made.table(("NAME", "VALUE"), [])
    assert str(made) == "NAME   VALUE\n"


@PROPERTY
@given(st.lists(st.tuples(*[st.text("ab\n\x1b\u202e漢é|+-", max_size=8)] * 3), max_size=6))
def test_a_row_is_one_line_whatever_it_holds(rows: list[tuple[str, str, str]]) -> None:
    made = page()
    made.table(("A", "B", "C", "D"), [(*row, "end") for row in rows])
    assert len(str(made).splitlines()) == 1 + len(rows)
    assert not re.search("[\x1b\u202e]", str(made))


NARROW = Narrow(lambda cells: f"{cells[1]} -n {cells[0]}", headed=2, spare=("AGE",))
GRANTS = [("shared", "allow-app", "HTTPRoute in frontend", ("refused", Tone.BAD), "3d")]
HEADERS = ("NAMESPACE", "NAME", "FROM", "VERDICT", "AGE")


@pytest.mark.parametrize(
    ("width", "headers", "shown"),
    [
        (
            70,
            HEADERS,
            [
                "NAMESPACE   NAME        FROM                    VERDICT   AGE",
                "shared      allow-app   HTTPRoute in frontend   refused   3d",
            ],
        ),
        (
            None,
            HEADERS,
            [
                "NAMESPACE   NAME        FROM                    VERDICT   AGE",
                "shared      allow-app   HTTPRoute in frontend   refused   3d",
            ],
        ),
        (
            60,
            HEADERS,
            [
                "NAMESPACE   NAME        FROM                    VERDICT",
                "shared      allow-app   HTTPRoute in frontend   refused",
            ],
        ),
        (50, HEADERS, ["allow-app -n shared", "  from:    HTTPRoute in frontend", "  verdict: refused"]),
        (50, (), ["shared   allow-app   HTTPRoute in frontend   refused   3d"]),
    ],
)
def test_a_table_fits_the_terminal(width: int | None, headers: tuple[str, ...], shown: list[str]) -> None:
    built = page(width)
    built.table(headers, GRANTS, NARROW)
    assert str(built).splitlines() == shown


def test_a_cell_with_a_tone_is_escaped_and_painted_and_counted_without_its_colour() -> None:
    built = page(color=True)
    built.table(("VERDICT", "NAME"), [(("re\x1bfused", Tone.BAD), "web")])
    assert str(built).splitlines()[1] == "\x1b[31mre\\x1bfused\x1b[0m   web"


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (40, ["infra", "  object: gateway/public.infra"]),
        (28, ["infra", "  object:", "    gateway/public.infra"]),
        (20, ["infra", "  object:", "    gateway/public.infra"]),
    ],
)
def test_a_cell_that_is_to_be_copied_stays_whole(width: int, shown: list[str]) -> None:
    made = page(width)
    narrow = Narrow(lambda cells: cells[0], whole=("OBJECT",))
    made.table(("NAMESPACE", "OBJECT", "N"), [("infra", "gateway/public.infra", "and" * 6)], narrow)
    assert str(made).splitlines()[: len(shown)] == shown


def test_what_has_no_room_from_its_column_on_goes_on_close_to_the_margin() -> None:
    made = page(40)
    made.prose("cause", f"it is {'x' * 34} and more")
    assert str(made).splitlines() == ["  cause:    it is", f"    {'x' * 34}", "    and more"]


def test_a_page_that_is_to_be_short_has_lines_close_to_the_margin_and_none_that_is_empty() -> None:
    made = Page(Style(0, width=35), Brevity.BESIDES)
    made.prose("cause", "there is hardly a ReferenceGrant in it", column=11)
    made.blank()
    made.flowed([["refused:", " HTTPRoute shop/web"], ["-> Service shop/api"]], 9)
    assert str(made).splitlines() == [
        "  cause:   there is hardly a",
        "    ReferenceGrant in it",
        "refused: HTTPRoute shop/web",
        "    -> Service shop/api",
    ]


def test_a_name_of_which_a_line_has_no_room_beside_its_kind_stands_below_it() -> None:
    made = page(30)
    made.flowed([["broken:", f" GatewayClass {'x' * 26}"]], 2)
    assert str(made).splitlines() == ["broken: GatewayClass", f"  {'x' * 26}"]
