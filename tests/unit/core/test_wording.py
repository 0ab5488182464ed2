"""Which words count as slips of each other, and which look intentional."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_refs.core.model.hints import Hint, group_hint, kind_hint, plural_of
from kubectl_refs.core.model.objects import GATEWAY_GROUP
from kubectl_refs.core.text.language import enumerated, several
from kubectl_refs.core.text.similarity import edit_distance, is_affixed, is_close, looks_deliberate
from kubectl_refs.core.text.vocabulary import LIKELY, NEIGHBOURS, Vocabulary, nearest
from tests.support.builders import PROPERTY


@pytest.mark.parametrize(
    ("left", "right", "distance"),
    [
        ("", "", 0),
        ("", "abc", 3),
        ("api", "api", 0),
        ("api", "apis", 1),
        ("api", "pi", 1),
        ("api", "apo", 1),
        ("api", "pai", 1),
        ("frontend", "fronted", 1),
        ("frontend", "frnotned", 2),
        ("kitten", "sitting", 3),
        ("abc", "xyz", 3),
    ],
)
def test_the_distance_counts_slips(left: str, right: str, distance: int) -> None:
    assert edit_distance(left, right) == distance


WORDS = st.text("abc-", max_size=8)


def by_the_table(left: str, right: str) -> int:
    """The distance by its definition: restricted Damerau-Levenshtein, cell by cell."""
    cells = {(row, 0): row for row in range(len(left) + 1)} | {(0, column): column for column in range(len(right) + 1)}
    for row, a in enumerate(left, 1):
        for column, b in enumerate(right, 1):
            ways = [cells[row - 1, column] + 1, cells[row, column - 1] + 1, cells[row - 1, column - 1] + (a != b)]
            if min(row, column) > 1 and (a, left[row - 2]) == (right[column - 2], b):
                ways.append(cells[row - 2, column - 2] + 1)
            cells[row, column] = min(ways)
    return cells[len(left), len(right)]


@PROPERTY
@given(st.text("ab-", max_size=12), st.text("abc", max_size=12))
def test_the_distance_is_that_of_its_definition(left: str, right: str) -> None:
    assert edit_distance(left, right) == by_the_table(left, right)


@PROPERTY
@given(WORDS, WORDS)
def test_the_distance_is_symmetric_and_bounded(left: str, right: str) -> None:
    distance = edit_distance(left, right)
    assert distance == edit_distance(right, left)
    assert (distance == 0) == (left == right)
    assert abs(len(left) - len(right)) <= distance <= max(len(left), len(right))


@PROPERTY
@given(WORDS, WORDS, st.integers(0, 4))
def test_up_to_a_limit_the_distance_is_exact_and_beyond_it_above_it(left: str, right: str, limit: int) -> None:
    distance, found = edit_distance(left, right), edit_distance(left, right, limit)
    assert found == distance if distance <= limit else found > limit


@PROPERTY
@given(WORDS, WORDS, WORDS, WORDS)
def test_what_both_words_begin_and_end_with_does_not_count(start: str, left: str, right: str, end: str) -> None:
    assert edit_distance(start + left + end, start + right + end) == edit_distance(left, right)


@PROPERTY
@given(st.text("abcdefgh-12345", max_size=16), st.lists(st.text("abcdefgh-12345", max_size=16), max_size=30))
def test_the_nearest_word_is_found_among_all(wanted: str, candidates: list[str]) -> None:
    near = sorted({(edit_distance(wanted, word), word) for word in candidates if is_close(wanted, word)})
    if len(wanted) <= 3:
        near = [each for each in near if not looks_deliberate(wanted, each[1])] or near
        near = near if len(near) == 1 else []
    assert nearest(wanted, candidates) == (near[0][1] if near else None)


@PROPERTY
@given(st.integers(0, 10 * NEIGHBOURS), st.data())
def test_a_slip_is_found_among_very_many_names(number: int, data: st.DataObject) -> None:
    every = [f"service-{number:04d}-blue" for number in range(10 * NEIGHBOURS + 1)]
    names = Vocabulary(every)
    meant = f"service-{number:04d}-blue"
    slip = data.draw(st.sampled_from(sorted(slips(meant))))
    near = [name for name in every if edit_distance(slip, name, 1) == 1]
    slipped = [name for name in near if not looks_deliberate(slip, name)]
    assert names.nearest(slip) == (min(slipped) if slipped else near[0] if len(near) == 1 else None)


@pytest.mark.parametrize("more", [(), tuple(f"far-away-{number}-{number * 7919}" for number in range(LIKELY + 1))])
def test_no_name_of_a_series_is_nearer_than_the_others(more: Sequence[str]) -> None:
    assert Vocabulary(["api-v1", "api-v2", *more]).nearest("api-v3") is None
    assert Vocabulary(["api-v1", *more]).nearest("api-v3") == "api-v1"
    assert Vocabulary(["api-v1", "api-v2", "apj-v3", *more]).nearest("api-v3") == "apj-v3"


def slips(word: str) -> set[str]:
    """Every word one insertion, deletion, substitution or swap of neighbours away from a word."""
    letters, places = "abc-x", range(len(word) + 1)
    return (
        {word[:at] + letter + word[at:] for at in places for letter in letters}
        | {word[:at] + word[at + 1 :] for at in places}
        | {word[:at] + letter + word[at + 1 :] for at in places for letter in letters}
        | {word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :] for at in range(1, len(word))}
    ) - {word}


@PROPERTY
@given(st.text("abc-", min_size=3, max_size=10))
def test_one_slip_in_a_word_of_three_letters_or_more_is_close(word: str) -> None:
    for slip in slips(word):
        assert edit_distance(word, slip) == 1
        assert is_close(word, slip)
        assert is_close(slip, word)


@pytest.mark.parametrize(
    ("wanted", "found", "expected"),
    [
        ("frontend", "fronted", True),
        ("frontend", "frotned", True),
        ("frontend", "backend", False),
        ("frontend", "frontend", False),
        ("prod", "prd", True),
        ("prod", "dev", False),
        ("web", "wbe", True),
        ("web", "we", True),
        ("api", "apy", True),
        ("web", "api", False),
        ("dev", "prd", False),
        ("blue", "red", False),
        ("v1", "v2", False),
        ("qa", "qs", False),
        ("a", "b", False),
        ("", "a", False),
        ("orders", "orders-v2", False),
        ("payment-service-eu", "paymnet-servcie-eu", True),
    ],
)
def test_words_are_close_in_proportion_to_their_length(wanted: str, found: str, expected: bool) -> None:
    assert is_close(wanted, found) is expected


@pytest.mark.parametrize(
    ("wanted", "found", "expected"),
    [
        ("team-a", "team-b", True),
        ("v1", "v2", True),
        ("api-v1", "api-v2", True),
        ("cluster1", "cluster2", True),
        ("frontend", "frontend2", True),
        ("web-eu", "web-us", True),
        ("a.example", "b.example", True),
        ("app", "api", True),
        ("api", "apy", True),
        ("dev", "dve", False),
        ("dev", "deev", False),
        ("dev", "de", False),
        ("frontend", "fronted", False),
        ("front-end", "frontend", False),
        ("team-payments", "team-paymnets", False),
        ("team-a-x", "team-b-y", False),
    ],
)
def test_numbers_and_short_parts_are_chosen_on_purpose(wanted: str, found: str, expected: bool) -> None:
    assert looks_deliberate(wanted, found) is expected
    assert looks_deliberate(found, wanted) is expected


def test_the_nearest_close_word_is_found() -> None:
    assert nearest("frontend", ["backend", "frontends", "fronted", "fontened"]) == "fronted"
    assert nearest("frontend", ["backend", "shop"]) is None
    assert nearest("frontend", ["frontend"]) is None
    assert nearest("frontend", []) is None


def test_of_several_words_near_a_short_one_the_one_that_is_no_name_on_purpose_is_found() -> None:
    assert nearest("apy", ["api", "web"]) == "api"
    assert nearest("apy", ["api", "app", "web"]) is None
    assert nearest("dve", ["dev", "dvd"]) == "dev"
    assert nearest("dev", ["devs", "devv"]) is None


@pytest.mark.parametrize(
    ("kind", "plural"),
    [("Service", "services"), ("Gateway", "gateways"), ("GatewayClass", "gatewayclasses"), ("Policy", "policies")],
)
def test_plurals_as_people_write_them(kind: str, plural: str) -> None:
    assert plural in plural_of(kind)


@pytest.mark.parametrize(
    ("wanted", "found", "hint"),
    [
        ("", "core", Hint.CORE_ALIAS),
        ("", "core/v1", Hint.CORE_ALIAS),
        ("", "v1", Hint.GROUP_WITH_VERSION),
        ("", "apps", Hint.WRONG_GROUP),
        ("", None, Hint.WRONG_GROUP),
        (GATEWAY_GROUP, "v1", Hint.GROUP_WITH_VERSION),
        (GATEWAY_GROUP, "v1alpha2", Hint.GROUP_WITH_VERSION),
        (GATEWAY_GROUP, f"{GATEWAY_GROUP}/v1beta1", Hint.GROUP_WITH_VERSION),
        (GATEWAY_GROUP, "core", Hint.WRONG_GROUP),
        (GATEWAY_GROUP, "", Hint.WRONG_GROUP),
        (GATEWAY_GROUP, "networking.gateway.k8s.io", Hint.WRONG_GROUP),
        (GATEWAY_GROUP, "networking.k8s.io", Hint.WRONG_GROUP),
        (GATEWAY_GROUP, "gateway.k8s.io", Hint.WRONG_GROUP),
        (GATEWAY_GROUP, "gateway.networking.x-k8s.io", Hint.OLD_GROUP),
        (GATEWAY_GROUP, "networking.x-k8s.io", Hint.OLD_GROUP),
        (GATEWAY_GROUP, "GATEWAY.networking.k8s.io", Hint.CASE),
        (GATEWAY_GROUP, "gateway.netwroking.k8s.io", Hint.TYPO),
        ("gateway.networking.x-k8s.io", GATEWAY_GROUP, Hint.WRONG_GROUP),
        ("gateway.envoyproxy.io", GATEWAY_GROUP, Hint.WRONG_GROUP),
    ],
)
def test_a_wrong_group_is_classified(wanted: str, found: str | None, hint: Hint) -> None:
    assert group_hint(wanted, found) is hint


ROUTE_KINDS = ("HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute")


@pytest.mark.parametrize("wanted", ROUTE_KINDS)
@pytest.mark.parametrize("found", ROUTE_KINDS)
def test_one_route_kind_is_never_a_typo_of_another(wanted: str, found: str) -> None:
    if wanted != found:
        assert kind_hint(wanted, found, ()) is Hint.OTHER_KIND


@pytest.mark.parametrize(
    ("wanted", "found", "hint"),
    [
        ("HTTPRoute", "httproute", Hint.CASE),
        ("HTTPRoute", "httproutes", Hint.PLURAL),
        ("HTTPRoute", "HTTPRoutes", Hint.PLURAL),
        ("HTTPRoute", "HTTPRout", Hint.TYPO),
        ("HTTPRoute", "Gateway", Hint.OTHER_KIND),
        ("HTTPRoute", None, Hint.OTHER_KIND),
        ("Service", "Servcie", Hint.TYPO),
        ("Service", "svc", Hint.SHORT_NAME),
        ("Service", "SVC", Hint.SHORT_NAME),
        ("Secret", "svc", Hint.OTHER_KIND),
        ("Service", "Secret", Hint.OTHER_KIND),
        ("Service", "ServiceImport", Hint.OTHER_KIND),
        ("ListenerSet", "XListenerSet", Hint.TYPO),
    ],
)
def test_a_wrong_kind_is_classified(wanted: str, found: str | None, hint: Hint) -> None:
    assert kind_hint(wanted, found, ("svc",) if wanted == "Service" else ()) is hint


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("HTTPRoute", "HTTPRoutes"),
        ("Gateway", "Gateways"),
        ("SecurityPolicy", "SecurityPolicies"),
        ("GatewayClass", "GatewayClasses"),
        ("XMesh", "XMeshes"),
        ("Switch", "Switches"),
        ("Proxy", "Proxies"),
        ("Box", "Boxes"),
        ("Key", "Keys"),
        ("Y", "Ys"),
        ("Endpoints", "Endpoints"),
        ("HTTPRoutes", "HTTPRoutes"),
        ("Status", "Statuses"),
        ("Alias", "Aliases"),
    ],
)
def test_several_objects_of_a_kind_are_called_by_its_plural(kind: str, words: str) -> None:
    assert several(kind) == words


@pytest.mark.parametrize(("words", "said"), [("", ""), ("a", "a"), ("ab", "a and b"), ("abc", "a, b and c")])
def test_words_are_enumerated_with_one_and(words: str, said: str) -> None:
    assert enumerated(list(words)) == said


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("x-auth-service", "auth-service", True),
        ("auth-service-v", "auth-service", True),
        ("auth-service", "auth-srvice", False),
        ("front-end", "frontend", False),
        ("auths", "auth", False),
        ("auth", "auth", False),
    ],
)
def test_a_word_before_or_behind_a_name_makes_another_name(one: str, other: str, expected: bool) -> None:
    assert is_affixed(one, other) is is_affixed(other, one) is expected
