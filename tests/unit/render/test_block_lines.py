from __future__ import annotations

import pytest

from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.render.text.block_lines import shortened, write_line
from kubectl_refs.render.text.page import Page
from kubectl_refs.render.text.style import Style

TOLD = ObjectKey("", "Service", "shared", "auth")


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
    assert shortened(sentence, TOLD) == (short or sentence)


def test_what_has_no_namespace_is_named_in_full() -> None:
    told = ObjectKey("gateway.networking.k8s.io", "GatewayClass", "", "envoy")
    assert shortened("GatewayClass envoy does not exist", told) == "GatewayClass envoy does not exist"


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
    write_line(page, "cause", "Service shared/auth does not exist", TOLD)
    assert str(page).splitlines() == lines
