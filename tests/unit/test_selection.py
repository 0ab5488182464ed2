"""kubectl's syntax for objects on the command line, with its complaints word for word (docs/kubectl.md 1)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from kubectl_refs.app.input.selection import ObjectArgument, check_segment, parse, resolve
from kubectl_refs.core.model.kinds import HTTP_ROUTE
from kubectl_refs.core.model.objects import GATEWAY_GROUP, GroupKind
from kubectl_refs.core.view.catalog import CORE_KINDS, Catalog, ServedKind
from kubectl_refs.core.view.offline import GATEWAY_API_KINDS, offline_catalog
from kubectl_refs.process.errors import USAGE, RefsError

MIXED = (
    "error: there is no need to specify a resource type as a separate argument when passing arguments in "
    "resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of "
    "'kubectl get resource resource/<resource_name>'"
)
NOT_SINGLE = "error: arguments in resource/name form must have a single resource and name"
SLASHES = "error: arguments in resource/name form may not have more than one slash"

OTHER = ServedKind("traefik.io", "HTTPRoute", "httproutes", ("v1alpha1",), singular="httproute")
LIVE = Catalog((*CORE_KINDS, OTHER, *GATEWAY_API_KINDS))


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ([], []),
        (["httproute/web"], [("httproute", "web")]),
        (["httproute", "web"], [("httproute", "web")]),
        (["httproute", "web", "api"], [("httproute", "web"), ("httproute", "api")]),
        (["httproute/web", "grpcroute/api"], [("httproute", "web"), ("grpcroute", "api")]),
        (["HTTPRoute/web"], [("HTTPRoute", "web")]),
        (["httproutes.v1.gateway.networking.k8s.io/web"], [("httproutes.v1.gateway.networking.k8s.io", "web")]),
        (["httproute,grpcroute", "web"], [("httproute", "web"), ("grpcroute", "web")]),
        (
            ["httproute,grpcroute", "a", "b"],
            [("httproute", "a"), ("httproute", "b"), ("grpcroute", "a"), ("grpcroute", "b")],
        ),
        (["httproute/web", "httproute/web"], [("httproute", "web")]),
        (["httproute", "web", "api", "web"], [("httproute", "web"), ("httproute", "api")]),
        (["httproute", "web.example"], [("httproute", "web.example")]),
        (["httproute"], [("httproute", "")]),
        (["httproute,grpcroute"], [("httproute", ""), ("grpcroute", "")]),
    ],
)
def test_arguments_name_objects_each_once(arguments: Sequence[str], wanted: Sequence[tuple[str, str]]) -> None:
    assert parse(arguments) == tuple(ObjectArgument(*each) for each in wanted)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["httproute", "httproute/web"], MIXED),
        (["httproute/web", "api"], MIXED),
        (["httproute/"], NOT_SINGLE),
        (["/web"], NOT_SINGLE),
        (["/"], NOT_SINGLE),
        (["httproute,grpcroute/web"], NOT_SINGLE),
        (["httproute/web", "httproute/"], NOT_SINGLE),
        (["frontend/httproute/web"], SLASHES),
        (["httproute/web/"], SLASHES),
        (["https://app.example.com/auth"], "error: a URL is only for 'why'"),
        (["httproute", "."], "error: invalid resource name \".\": [may not be '.']"),
        (["httproute/.."], "error: invalid resource name \"..\": [may not be '..']"),
        (["httproute", "a%2fb"], "error: invalid resource name \"a%2fb\": [may not contain '%']"),
        (["httproute/web", "httproute/a%"], "error: invalid resource name \"a%\": [may not contain '%']"),
    ],
)
def test_a_mistake_is_named_in_kubectls_words(arguments: Sequence[str], line: str) -> None:
    with pytest.raises(RefsError) as caught:
        parse(arguments)
    assert (caught.value.line, caught.value.status) == (line, USAGE)


@pytest.mark.parametrize(
    ("value", "line"),
    [
        (".", "error: invalid namespace \".\": [may not be '.']"),
        ("a/b", "error: invalid namespace \"a/b\": [may not contain '/']"),
        ("50%", "error: invalid namespace \"50%\": [may not contain '%']"),
    ],
)
def test_what_cannot_be_a_segment_of_a_path_is_refused(value: str, line: str) -> None:
    with pytest.raises(RefsError) as caught:
        check_segment("namespace", value)
    assert caught.value.line == line


@pytest.mark.parametrize("value", ["web", "a.b-c", "...", "Ünicode", ""])
def test_other_segments_are_the_servers_to_judge(value: str) -> None:
    check_segment("namespace", value)


@pytest.mark.parametrize(
    "word",
    [
        "httproute",
        "httproutes",
        "HTTPRoute",
        "HTTPROUTES",
        f"httproutes.{GATEWAY_GROUP}",
        f"httproute.v1.{GATEWAY_GROUP}",
        f"HTTPRoute.V1beta1.{GATEWAY_GROUP}",
    ],
)
def test_a_type_has_many_names_and_gateway_apis_kind_comes_first(word: str) -> None:
    assert resolve(LIVE, word).group_kind == HTTP_ROUTE
    assert resolve(offline_catalog(), word).group_kind == HTTP_ROUTE


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("svc", GroupKind("", "Service")),
        ("services", GroupKind("", "Service")),
        ("gtw", GroupKind(GATEWAY_GROUP, "Gateway")),
        ("httproute.traefik.io", OTHER.group_kind),
        ("httproutes.v1alpha1.traefik.io", OTHER.group_kind),
    ],
)
def test_short_names_and_groups_choose_among_kinds(word: str, kind: GroupKind) -> None:
    assert resolve(LIVE, word).group_kind == kind


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("nope", '"nope"'),
        ("", '""'),
        ("http", '"http"'),
        ("httproutes.example.org", '"httproutes" in group "example.org"'),
        (f"httproutes.v9.{GATEWAY_GROUP}", f'"httproutes" in group "v9.{GATEWAY_GROUP}"'),
    ],
)
def test_an_unknown_type_is_named_in_kubectls_words(word: str, told: str) -> None:
    with pytest.raises(RefsError) as caught:
        resolve(LIVE, word)
    assert caught.value.line == f"error: the server doesn't have a resource type {told}"
    with pytest.raises(RefsError) as caught:
        resolve(offline_catalog(), word)
    assert caught.value.line == f'error: the manifests have no resource type "{word}"'


def test_a_type_of_a_group_that_does_not_answer_is_not_said_to_be_missing() -> None:
    with pytest.raises(RefsError) as caught:
        resolve(Catalog(CORE_KINDS, stale_groups=[GATEWAY_GROUP]), "httproute")
    assert caught.value.line == (
        f'error: resource type "httproute" is not known: API group {GATEWAY_GROUP} does not answer discovery'
    )
