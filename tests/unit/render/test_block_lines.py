from __future__ import annotations

import pytest

from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.references import Reference
from kubectl_refs.render.text.block_lines import with_short_name, without_repeated_names, write_line
from kubectl_refs.render.text.brevity import Brevity
from kubectl_refs.render.text.page import Page
from kubectl_refs.render.text.style import Style

TOLD = ObjectKey("", "Service", "shared", "auth")
HOLDER = ObjectKey("gateway.networking.k8s.io", "HTTPRoute", "frontend", "web")


@pytest.mark.parametrize(
    ("sentence", "short"),
    [
        ("Service shared/auth does not exist", "the Service does not exist"),
        ("create Service shared/auth, or correct the reference", "create the Service, or correct the reference"),
        ("Service shared/auth has port 80: the Service's", "the Service has port 80: the Service's"),
        ("Service shared/auth-v2 exists", None),
        ("Service shared/auth:80 is meant", None),
        ("Service shared/auth does not exist; Service shared/other does", None),
        ('Service shared/auth does not exist; Service "auth" exists in frontend', None),
        ("ServiceImport shared/auth does not exist", None),
    ],
)
def test_what_the_headline_names_is_called_by_its_kind(sentence: str, short: str | None) -> None:
    assert with_short_name(sentence, TOLD) == (short or sentence)


def test_what_has_no_namespace_is_named_in_full() -> None:
    told = ObjectKey("gateway.networking.k8s.io", "GatewayClass", "", "envoy")
    assert with_short_name("GatewayClass envoy does not exist", told) == "GatewayClass envoy does not exist"


@pytest.mark.parametrize(
    ("width", "lines"),
    [
        (None, ["  cause:   Service shared/auth does not exist"]),
        (80, ["  cause:   Service shared/auth does not exist"]),
        (40, ["  cause:   the Service does not exist"]),
        (36, ["  cause:   Service shared/auth does", "           not exist"]),
    ],
)
def test_that_is_done_where_it_saves_a_line(width: int | None, lines: list[str]) -> None:
    page = Page(Style(0, width=width))
    write_line(page, "cause", "Service shared/auth does not exist", Reference(HOLDER, "spec", TOLD))
    assert str(page).splitlines() == lines


MINE, OTHERS = (f"{each}-of-a-platform-with-long-names" for each in ("frontend", "shared"))
CROSSING = Reference(HOLDER._replace(namespace=MINE), "spec", TOLD._replace(namespace=OTHERS))


@pytest.mark.parametrize(
    ("sentence", "short"),
    [
        (
            f"there is no ReferenceGrant in namespace {OTHERS}",
            "there is no ReferenceGrant in the namespace of the Service",
        ),
        (
            f"none of the 2 permits HTTPRoutes in {MINE} to reference Service auth; the nearest, x",
            "none of the 2 permits this reference; the nearest, x",
        ),
        (
            f"none permits HTTPRoutes in {MINE} to reference Service auth-v2",
            "none permits HTTPRoutes in the namespace of the HTTPRoute to reference Service auth-v2",
        ),
        (f"it permits HTTPRoutes in {MINE}", "it permits HTTPRoutes in the namespace of the HTTPRoute"),
        (
            f"admit namespace {MINE}: every route in {MINE}",
            "admit the namespace of the HTTPRoute: every route in that namespace",
        ),
        (
            f"admit namespace {MINE}: of all namespaces a route in {MINE}",
            "admit the namespace of the HTTPRoute: of all namespaces a route in the namespace of the HTTPRoute",
        ),
        (f"a route in {MINE}, a Service in {OTHERS}", None),
        (f"ReferenceGrant {OTHERS}/g permits it", "ReferenceGrant g permits it"),
        (f"ReferenceGrant {MINE}/g permits it", f"ReferenceGrant {MINE}/g permits it"),
        (f"HTTPRoute {MINE}/web has it", "the HTTPRoute has it"),
        (f"write namespace {OTHERS}", f"write namespace {OTHERS}"),
        (f'expected "{MINE}"', f'expected "{MINE}"'),
        (f"in {MINE}-2 and namespace {MINE}/x", f"in {MINE}-2 and namespace {MINE}/x"),
        (
            f"it is in namespace x, expected {OTHERS}, that of the target",
            "it is in namespace x, expected that of the target",
        ),
        ('is "a" (typo: no namespace "a" exists)', 'is "a" (typo: no such namespace exists)'),
        ('is "a" (whether a Service "a" exists)', 'is "a" (whether such a Service exists)'),
        ('no namespace "a" exists, expected "b"', 'no namespace "a" exists, expected "b"'),
        ("the Service is in shared, the route in frontend", "the Service is in shared, the route in frontend"),
    ],
)
def test_what_is_named_is_not_named_again(sentence: str, short: str | None) -> None:
    both = "a route in the namespace of the HTTPRoute, a Service in the namespace of the Service"
    assert without_repeated_names(sentence, CROSSING) == (short or both)


def test_of_two_objects_of_one_kind_the_namespaces_are_named() -> None:
    alike = Reference(CROSSING.to._replace(namespace=MINE), "spec", CROSSING.to)
    assert without_repeated_names(f"in {MINE}", alike) == f"in {MINE}"


def test_that_is_done_on_a_page_that_is_to_be_short() -> None:
    sentence = f"there is no ReferenceGrant in namespace {OTHERS}"
    for brevity, lines in ((Brevity.COMMANDS, 2), (Brevity.NAMES, 1)):
        page = Page(Style(0, width=75), brevity)
        write_line(page, "cause", sentence, CROSSING)
        assert len(str(page).splitlines()) == lines
