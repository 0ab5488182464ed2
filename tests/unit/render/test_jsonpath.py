"""kubectl's JSONPath templates applied to the report's data; tests/sidebyside/ compares them with kubectl."""

from __future__ import annotations

import pytest

from kubectl_refs.render.data.jsonpath import TemplateError, render_template
from tests.support.running import REFUSED, WORKING, Program
from tests.support.templates import OBJECT, TEMPLATES, WRONG


@pytest.mark.parametrize(("template", "text"), TEMPLATES)
def test_a_template_is_filled_in(template: str, text: str) -> None:
    assert render_template(template, OBJECT) == text


@pytest.mark.parametrize("template", WRONG)
def test_what_is_no_template_is_refused(template: str) -> None:
    with pytest.raises(TemplateError):
        render_template(template, OBJECT)


def test_no_control_character_of_a_stranger_is_printed() -> None:
    assert render_template('{.a}{"\\n"}', {"a": "x\x1b[31m\ny"}) == "x\\x1b[31m\ny\n"


def test_a_command_fills_in_a_template_with_its_data(refs: Program) -> None:
    template = '{range .references[?(@.verdict=="refused")]}{.from.name} {.code}{"\\n"}{end}'
    done = refs("why", "-f", REFUSED, "--whole", "-o", f"JSONPath={template}")
    assert (done.status, done.out, done.err) == (1, "frontend-routes REF002\n", "")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["-o", "jsonpath"], "error: template format specified but no template given\n"),
        (["-o", "jsonpath="], "error: template format specified but no template given\n"),
        (["-o", "jsonpath={.a"], "error: error parsing jsonpath {.a, unclosed action\n"),
        (
            ["-o", "json={.a}"],
            'error: unable to match a printer suitable for the output format "json={.a}", allowed formats are: '
            "json,jsonpath,name,text,wide,yaml\n",
        ),
        (["-o", "jsonpath={.a}", "--query", "a"], "error: --query and -o jsonpath are mutually exclusive\n"),
    ],
)
def test_a_mistake_is_one_line(refs: Program, words: list[str], line: str) -> None:
    done = refs("why", "-f", REFUSED, *words)
    assert (done.status, done.out, done.err) == (2, "", line)


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["why", "-f", REFUSED, "--whole"], ["httproute.gateway.networking.k8s.io/frontend-routes"]),
        (["why", "-f", WORKING, "--whole"], []),
        (
            ["graph", "httproute/frontend-routes", "-f", WORKING, "--whole"],
            [
                "httproute.gateway.networking.k8s.io/frontend-routes",
                "gateway.gateway.networking.k8s.io/pingora-gateway",
                "service/frontend-service",
                "service/auth-service",
            ],
        ),
        (
            ["fix", "-f", REFUSED, "--whole"],
            ["referencegrant.gateway.networking.k8s.io/allow-app-routes"],
        ),
    ],
)
def test_names_are_those_that_kubectl_writes(refs: Program, words: list[str], names: list[str]) -> None:
    assert sorted(refs(*words, "-o", "name").out.splitlines()) == sorted(names)
