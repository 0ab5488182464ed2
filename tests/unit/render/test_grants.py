"""Grants as text: readable cells, lines that fit, gaps reported once, and nothing that controls a terminal."""

from __future__ import annotations

import pytest

from kubectl_refs.core.queries.grants import GrantReport
from kubectl_refs.render.data.grants import to_data
from kubectl_refs.render.grant import render_descriptions, render_descriptions_in_full
from kubectl_refs.render.grants import UNKNOWN, age_of, render_table, render_wide, used_of
from kubectl_refs.render.text.style import Style
from tests.support.builders import from_entry, grant, namespaces, parsed, route_to, service, to_entry
from tests.support.reports import KUBECTL
from tests.support.surveying import Cluster, described, findings_page, report_on, surveyed

NOW = 1767312000.0
STYLE = Style(now=NOW)
AROUND = (*namespaces("frontend", "backend"), service(), route_to(("backend", "api")))


def cells(report: GrantReport) -> list[str]:
    table = render_table(report, STYLE, KUBECTL, namespaces=False, headers=False)
    return [cell.strip() for cell in table.splitlines()[0].split("   ") if cell.strip()]


def test_long_lists_are_cut_with_a_count() -> None:
    froms = [from_entry(namespace=f"n{number}") for number in range(5)]
    found = cells(report_on(grant(froms, [to_entry(name=name) for name in ("a", "b", "c")])))
    assert found[1:3] == ["HTTPRoute in n0, HTTPRoute in n1 +3 more", "Service/a, Service/b +1 more"]


def test_any_name_is_said_in_words() -> None:
    assert cells(report_on(grant([from_entry()], [to_entry()])))[2] == "any Service"


def test_kinds_of_other_groups_are_told_with_their_group() -> None:
    found = cells(report_on(grant([from_entry("example.org", "Widget")], [to_entry("example.org", "Thing")])))
    assert found[1:3] == ["Widget.example.org in frontend", "any Thing.example.org"]


@pytest.mark.parametrize(
    ("froms", "used"),
    [
        ([from_entry()], "1 reference, of 1 object"),
        ([from_entry(namespace="other")], "0"),
        ([from_entry("example.org", "Widget")], UNKNOWN),
        ([from_entry(), from_entry("example.org", "Widget")], "at least 1 reference, of 1 object"),
    ],
)
def test_use_is_counted_as_far_as_it_is_known(froms: list[dict[str, str]], used: str) -> None:
    assert used_of(described(report_on(grant(froms, [to_entry(name="api")]), *AROUND))) == used


@pytest.mark.parametrize("wrong", [to_entry("core", name="api"), to_entry(kind="services", name="api")])
def test_what_never_matches_is_known_to_be_used_by_nobody(wrong: dict[str, str]) -> None:
    report = report_on(grant([from_entry()], [wrong]), *AROUND)
    assert used_of(described(report)) == "0"
    (line,) = render_wide(report, STYLE, KUBECTL, namespaces=False, headers=False).splitlines()
    assert "   <none>   " in line
    (data,) = to_data(report, KUBECTL)["grants"]
    assert data["used"] == {"references": 0, "objects": 0, "broken": 0, "known": True}
    assert [pair["known"] for pair in data["pairs"]] == [True]


def test_age_is_unknown_where_nothing_tells_it() -> None:
    (young,) = parsed({**grant(), "metadata": {"name": "g", "creationTimestamp": "2026-01-01T00:00:00Z"}})
    (unknown,) = parsed(grant())
    assert (age_of(young, STYLE), age_of(unknown, STYLE)) == ("24h", UNKNOWN)


@pytest.mark.parametrize(("length", "joint"), [(39, "  "), (40, "\n" + " " * 12)])
def test_the_age_of_a_grant_stands_below_its_name_where_the_line_is_full(length: int, joint: str) -> None:
    name = "n" * length
    metadata = {"namespace": "backend", "name": name, "creationTimestamp": "2026-01-01T00:00:00Z"}
    text = render_descriptions(report_on({**grant(), "metadata": metadata}), Style(now=NOW, width=80), KUBECTL)
    assert text.startswith(f"grant: ReferenceGrant backend/{name}{joint}(age 24h)\n")


def test_a_wide_table_has_a_line_for_each_permission_with_its_users() -> None:
    report = report_on(grant([from_entry()], [to_entry(name="api"), to_entry(name="b")]), *AROUND)
    lines = render_wide(report, STYLE, KUBECTL, namespaces=True, headers=True).splitlines()
    assert lines[0].split() == ["NAMESPACE", "NAME", "PAIR", "FROM", "TO", "USERS", "NOTES", "AGE"]
    found = [[cell.strip() for cell in line.split("   ") if cell.strip()] for line in lines[1:]]
    assert [(cells[2], cells[5]) for cells in found] == [
        ("spec.from[0] spec.to[0]", "HTTPRoute frontend/web spec.rules[0].backendRefs[0]"),
        ("spec.from[0] spec.to[1]", "<none>"),
    ]


def test_a_description_fits_eighty_columns_save_what_is_to_be_copied() -> None:
    objects = [
        grant([from_entry(namespace="fronted"), from_entry()], [to_entry(), to_entry(kind="services")]),
        *AROUND,
        *(route_to(("backend", f"name-{number}"), name=f"route-{number}") for number in range(9)),
        route_to(("other", "api"), name="idle"),
        route_to(("backend", "api"), name="refused", kind="GRPCRoute"),
        grant([from_entry(kind="GRPCRoutes")], [to_entry(name="api")], name="h"),
    ]
    report = report_on(*objects, namespace="backend", everywhere=True)
    text = render_descriptions(report, Style(now=NOW, width=80), KUBECTL)
    prose = [line for line in text.splitlines() if not line.startswith(("kubectl ", " {", "]"))]
    assert max(map(len, prose)) <= 80
    for label in ("permits:", "never:", "others:", "without:", "fails:", "warning:", "error:", "fix:"):
        assert f"\n  {label}" in text


def test_a_grant_of_many_users_and_findings_fits_a_screen_and_in_full_tells_all() -> None:
    objects = [
        grant([from_entry(namespace="fronted"), from_entry()], [to_entry(), to_entry(name="api")]),
        *AROUND,
        *(route_to(("backend", "api"), name=f"route-{number}") for number in range(9)),
    ]
    report = report_on(*objects, namespace="backend", everywhere=True)
    style = Style(now=NOW, width=80)
    lines = render_descriptions(report, style, KUBECTL).splitlines()
    assert len(lines) <= 22
    assert max(map(len, lines)) <= 80
    assert "  without:  10 references would be refused: no other grant permits them" in lines
    full = render_descriptions_in_full(report, style, KUBECTL)
    assert full.count("  without:  ") == 10
    assert full.count("\nkubectl patch referencegrant/g -n backend --type=json -p '[\n") == 2


def test_the_steps_of_a_change_have_their_commands_together_or_not_at_all() -> None:
    report = report_on(
        grant([from_entry()], [to_entry(name="api")], namespace="frontend"),
        *AROUND,
        namespace="frontend",
        everywhere=True,
    )
    whole = render_descriptions(report, Style(now=NOW), KUBECTL)
    assert "\nkubectl create -f - " in whole
    assert "\nkubectl delete referencegrant/g -n frontend\n" in whole
    short = render_descriptions(report, Style(now=NOW, width=60), KUBECTL)
    assert "  fix:      move ReferenceGrant frontend/g to backend\n" in short
    assert "  then:     delete ReferenceGrant frontend/g, which has no\n            known user\n" in short
    assert "kubectl create" not in short
    assert "kubectl delete" not in short


def test_a_grant_of_which_nothing_is_known_is_described_so() -> None:
    source = Cluster(
        [grant([from_entry()], [to_entry(name="api")])], refuses=lambda read: "Route" in str(read.group_kind)
    )
    text = render_descriptions(surveyed(source, "backend", everywhere=True), STYLE, KUBECTL)
    assert "            its users are not known\n" in text
    assert (
        '  others:   any HTTPRoute in frontend may use it: a "from" entry covers every object of its kind in its namespace\n'
        in text
    )
    assert "without:" not in text


@pytest.mark.parametrize(
    ("entry", "target"),
    [
        (from_entry(kind="HTTPRoutes"), to_entry()),
        (from_entry(), to_entry(kind="Services")),
        (from_entry(namespace="backend"), to_entry()),
    ],
)
def test_nobody_may_use_what_never_matches_or_needs_no_grant(entry: dict[str, str], target: dict[str, str]) -> None:
    objects = [*AROUND, route_to(("backend", "api"), name="own", namespace="backend")]
    text = render_descriptions(report_on(grant([entry], [target]), *objects, everywhere=True), STYLE, KUBECTL)
    assert "may use it:" not in text
    assert f"HTTPRoutes in {entry['namespace']} to reference any Service" in text


def test_others_are_told_by_name_up_to_a_few() -> None:
    idle = [route_to(("frontend", "own"), name=f"r{number}") for number in range(7)]
    text = render_descriptions(report_on(grant([from_entry()], [to_entry(name="api")]), *idle), STYLE, KUBECTL)
    assert (
        'HTTPRoutes r0, r1, r2, r3, r4 and 2 more in frontend may use it: a "from" entry covers every object of its kind in its namespace\n'
        in text
    )


def test_findings_name_their_code_and_change() -> None:
    text = findings_page(report_on(grant([from_entry()], [to_entry()]), *AROUND))
    assert (
        "  warning:  spec.to[0] has no name: it permits every Service in backend; of these, api is used [REF107]\n"
        in text
    )
    assert "\nkubectl patch referencegrant/g -n backend --type=json -p '[\n" in text


def test_no_character_of_a_cluster_controls_the_terminal() -> None:
    evil = "x\x1b[31m\u202e\r\ny"
    objects = [
        grant([from_entry(evil, evil, evil)], [to_entry(evil, evil, evil)], name="g"),
        grant([from_entry()], [to_entry(name=evil)], name="h"),
        route_to(("backend", evil)),
        route_to(("frontend", "own"), name=evil),
    ]
    report = report_on(*objects, namespace="backend", everywhere=True)
    texts = [
        render_table(report, STYLE, KUBECTL, namespaces=True, headers=True),
        render_wide(report, STYLE, KUBECTL, namespaces=True, headers=True),
        render_descriptions(report, STYLE, KUBECTL),
        findings_page(report),
    ]
    for text in texts:
        assert not set("\x1b\u202e\r") & set(text)
        assert "\\x1b[31m\\u202e\\r\\ny" in text
