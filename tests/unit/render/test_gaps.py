"""Gaps in what could be read: the same refusals are grouped, everything else is quoted as the server worded it."""

from __future__ import annotations

from kubectl_refs.core.model.objects import GATEWAY_GROUP
from kubectl_refs.core.model.report import Gap
from kubectl_refs.render.text.brevity import Brevity
from kubectl_refs.render.text.gaps import shown_gaps, write_gaps
from kubectl_refs.render.text.page import Page
from kubectl_refs.render.text.style import Style


def forbidden(
    resource: str,
    *,
    verb: str = "list",
    group: str = GATEWAY_GROUP,
    namespace: str | None = "shop",
    name: str | None = None,
    user: str = "jane",
    more: str = "",
) -> Gap:
    """A gap with RBAC's sentence, followed by `more`."""
    full = f"{resource}.{group}" if group else resource
    named = f' "{name}"' if name else ""
    where = f'in the namespace "{namespace}"' if namespace else "at the cluster scope"
    message = (
        f'{full}{named} is forbidden: User "{user}" cannot {verb} resource "{resource}" in API group "{group}" {where}'
    )
    return Gap(verb, group, resource, namespace, name, 403, message + more, f"what {resource} say is not known")


def written(*gaps: Gap) -> list[str]:
    page = Page(Style(0))
    write_gaps(page, gaps)
    return str(page).splitlines()


def test_a_refusal_names_the_request_and_the_user_once() -> None:
    assert written(forbidden("services", verb="get", group="", name="api")) == [
        'not read: forbidden: User "jane" cannot get services "api" in namespace shop',
        "          so what services say is not known",
    ]


def test_what_was_refused_alike_stands_together_each_with_what_it_leaves_open() -> None:
    assert written(forbidden("httproutes"), forbidden("services", group=""), forbidden("tlsroutes")) == [
        'not read: forbidden: User "jane" cannot list in namespace shop:',
        "          httproutes.gateway.networking.k8s.io, so what httproutes say is not known",
        "          services, so what services say is not known",
        "          tlsroutes.gateway.networking.k8s.io, so what tlsroutes say is not known",
    ]


def test_other_verbs_other_places_and_other_users_are_other_refusals() -> None:
    alone = (
        forbidden("httproutes"),
        forbidden("httproutes", namespace=None),
        forbidden("httproutes", verb="get", name="web"),
        forbidden("httproutes", user="system:serviceaccount:ci:bot"),
    )
    assert [line for line in written(*alone) if line.startswith("not read: ")] == [
        'not read: forbidden: User "jane" cannot list httproutes.gateway.networking.k8s.io in namespace shop',
        'not read: forbidden: User "jane" cannot list httproutes.gateway.networking.k8s.io',
        'not read: forbidden: User "jane" cannot get httproutes.gateway.networking.k8s.io "web" in namespace shop',
        'not read: forbidden: User "system:serviceaccount:ci:bot" cannot list httproutes.gateway.networking.k8s.io in '
        "namespace shop",
    ]


def test_what_is_refused_at_the_cluster_scope_is_said_to_be() -> None:
    first, *_ = written(forbidden("namespaces", group="", namespace=None), forbidden("gateways", namespace=None))
    assert first == 'not read: forbidden: User "jane" cannot list at the cluster scope:'


def test_a_refusal_with_a_reason_keeps_every_word_of_the_server() -> None:
    reason = ': RBAC: clusterrole.rbac.authorization.k8s.io "view" not found'
    gap = forbidden("httproutes", more=reason)
    assert written(gap, forbidden("tlsroutes"))[1] == f"          HTTP 403: {gap.message}"


def test_what_failed_otherwise_is_told_each_by_itself() -> None:
    timeouts = [
        Gap("list", "", name, "shop", None, 504, "timed out", "it is not known") for name in ("pods", "secrets")
    ]
    assert written(*timeouts) == [
        "not read: list pods in namespace shop",
        "          HTTP 504: timed out",
        "          so it is not known",
        "not read: list secrets in namespace shop",
        "          HTTP 504: timed out",
        "          so it is not known",
    ]


def failed_list(namespace: str | None, resource: str = "httproutes") -> Gap:
    return Gap("list", "example.org", resource, namespace, None, 403, "forbidden", f"{resource} of {namespace}")


def test_gaps_of_one_kind_are_one_where_they_are_many_and_name_their_namespaces() -> None:
    shown = shown_gaps(
        [failed_list(None), *(failed_list(f"n{number}") for number in range(5)), failed_list("n0", "grpcroutes")]
    )
    assert [(each.request, each.effect) for each in shown] == [
        ("list httproutes.example.org", "httproutes of None"),
        (
            "list httproutes.example.org in namespaces n0, n1, n2, n3 and n4",
            "httproutes of n0, among other things",
        ),
        ("list grpcroutes.example.org in namespace n0", "grpcroutes of n0"),
    ]


def test_the_namespaces_of_very_many_gaps_are_counted() -> None:
    (shown,) = shown_gaps([failed_list(f"n{number}") for number in range(15)])
    assert shown.request == (
        "list httproutes.example.org in namespaces n0, n1, n2, n3, n4, n5, n6, n7, n8, n9 and 5 more"
    )


def test_many_objects_of_one_kind_are_counted() -> None:
    (shown,) = shown_gaps(
        [Gap("get", "", "services", "shop", f"s{number}", 504, "timed out", "it is not known") for number in range(5)]
    )
    assert (shown.request, shown.effect) == (
        'get services "s0" in namespace shop and 4 more like it',
        "it is not known",
    )


def test_few_gaps_are_told_one_by_one() -> None:
    assert [each.gaps for each in shown_gaps([failed_list("a"), failed_list("b")])] == [
        (failed_list("a"),),
        (failed_list("b"),),
    ]


def test_many_refusals_of_one_user_are_one_sentence_that_names_every_namespace() -> None:
    lists = [forbidden(name, namespace=place) for place in "abcd" for name in ("httproutes", "services")]
    assert written(*lists, forbidden("gateways", namespace="infra"), forbidden("namespaces", namespace=None)) == [
        'not read: forbidden: User "jane" cannot read httproutes and services in namespaces a, b, c and d; gateways in '
        "namespace infra; namespaces at the cluster scope",
        "          so what depends on them is not known",
    ]


def test_a_page_without_the_whole_still_names_every_namespace_or_counts_them() -> None:
    page = Page(Style(0))
    write_gaps(page, [forbidden("services", namespace=f"n{number}") for number in range(12)], brief=True)
    assert str(page) == (
        'not read: forbidden: User "jane" cannot read services in namespaces n0, n1, n2, n3, n4, n5, n6, n7, n8, n9 and '
        "2 more\n"
    )


def test_what_is_told_in_full_is_told_each_by_itself() -> None:
    page = Page(Style(0))
    write_gaps(page, [forbidden("services", namespace=f"n{number}") for number in range(5)], full=True)
    assert str(page).count("not read: ") == 5


def test_a_page_without_room_names_what_was_refused_and_not_where() -> None:
    page = Page(Style(0), Brevity.BESIDES)
    places = (("services", "backend"), ("gateways", "infra"), ("services", "team"))
    write_gaps(page, [forbidden(resource, namespace=place) for resource, place in places], brief=True)
    assert str(page) == 'not read: forbidden: User "jane" cannot read services and gateways (-o wide says where)\n'
