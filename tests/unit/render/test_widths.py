"""The output of commands other than `why` fits a terminal of 80 columns, except for text to be copied."""

from __future__ import annotations

import pytest

from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.report import Report
from kubectl_refs.core.queries.can_i import evaluate_supposed
from kubectl_refs.core.rbac.grant_writers import VERBS, find_writers
from kubectl_refs.core.view.inquiry import inquire
from kubectl_refs.render.can_i import render_can_i
from kubectl_refs.render.details import render_details
from kubectl_refs.render.explain import render_explained
from kubectl_refs.render.text.style import Style
from kubectl_refs.render.who_can import render_text
from tests.support.builders import namespaces
from tests.support.rbac import Stored
from tests.support.reports import KUBECTL, NOW, REFUSED
from tests.support.surveying import Cluster

TERMINAL = Style(NOW, width=80)


def longest(text: str) -> int:
    return max(map(len, text.splitlines()))


@pytest.mark.parametrize("code", Code)
def test_an_explained_code_with_its_example(code: Code) -> None:
    assert longest(render_explained([code], TERMINAL)) <= 80


def test_the_answer_to_a_supposed_reference() -> None:
    source = Cluster(namespaces("the-frontend-of-the-shop", "shared-services"))
    route = ObjectKey("gateway.networking.k8s.io", "HTTPRoute", "the-frontend-of-the-shop", "*")
    target = ObjectKey("", "Service", "shared-services", "auth-service")
    report = inquire(source, lambda view: evaluate_supposed(view, route, target))
    first, second, *_ = render_can_i(report, TERMINAL, KUBECTL, "").splitlines()
    assert f"{first} {second.strip()}" == (
        "no: HTTPRoutes in the-frontend-of-the-shop may not reference Service shared-services/auth-service"
    )
    assert len(first) <= 80


def test_that_nobody_may_write_grants() -> None:
    assert longest(render_text(find_writers(Stored(()), VERBS, "shared-services"), TERMINAL)) <= 80


def test_a_report_within_another_page_has_the_same_excerpts_and_fewer_columns() -> None:
    text = render_details(Report((REFUSED,)), TERMINAL.indented(2), KUBECTL)
    assert "|  " in text
    assert longest(text.partition("\n\n")[0]) <= 78
