"""The output formats: what each shows of an answer, and how it writes that. This is the only list of formats."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from kubectl_refs.core.queries.check import CheckReport
    from kubectl_refs.render.graph.picture import Picture
    from kubectl_refs.render.manifests import CommentedManifest
    from kubectl_refs.render.text.style import Style


class Shape(StrEnum):
    """A view of an answer. Each command has some of these shapes, and a format shows one of them."""

    TEXT = "text"
    WIDE = "wide"
    DATA = "data"
    NAMES = "names"
    FINDINGS = "findings"
    MANIFESTS = "manifests"
    PICTURE = "picture"
    MARKDOWN = "markdown"


def _missing(*_: object) -> NoReturn:
    raise AssertionError("the command has no such shape")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shapes:
    """The shapes of one answer that a command has, each made only if a format asks for it.

    `data` is plain mappings and lists by the JSON contract, with iterators for lists that are not made yet. `names` are
    TYPE/NAME as kubectl writes them. `findings` is the report of a check. `picture` is a graph with what else is needed
    to draw it. `markdown` is the text of a comment on a pull request.
    """

    text: Callable[[Style], str] = _missing
    wide: Callable[[Style], str] = _missing
    data: Callable[[], Any] = _missing
    names: Callable[[], Iterable[str]] = _missing
    findings: Callable[[], CheckReport] = _missing
    manifests: Callable[[], Sequence[CommentedManifest]] = _missing
    picture: Callable[[], Picture] = _missing
    markdown: Callable[[], str] = _missing


def _text(shapes: Shapes, style: Style) -> Iterable[str]:
    return [shapes.text(style)]


def _wide(shapes: Shapes, style: Style) -> Iterable[str]:
    return [shapes.wide(style)]


def _names(shapes: Shapes, style: Style) -> Iterable[str]:
    from kubectl_refs.core.text.escaping import safe

    return (f"{safe(name)}\n" for name in shapes.names())


def _manifest_names(shapes: Shapes, style: Style) -> Iterable[str]:
    from kubectl_refs.core.model.values import key_of
    from kubectl_refs.core.text.escaping import safe
    from kubectl_refs.render.kubectl import resource_name

    return (f"{safe(resource_name(key_of(each.object)))}\n" for each in shapes.manifests())


def _json(shapes: Shapes, style: Style) -> Iterable[str]:
    from kubectl_refs.render.data.streaming import json_chunks

    return json_chunks(shapes.data())


def _jsonpath(shapes: Shapes, style: Style) -> Iterable[str]:
    """Here the data is the text of the template, already filled in."""
    return [shapes.data()]


def _yaml(shapes: Shapes, style: Style) -> Iterable[str]:
    from kubectl_refs.core.text.yaml import yaml_chunks
    from kubectl_refs.render.data.streaming import plain

    return yaml_chunks(plain(shapes.data()))


def _sarif(shapes: Shapes, style: Style) -> Iterable[str]:
    from kubectl_refs.render.data.sarif import to_sarif
    from kubectl_refs.render.data.streaming import json_chunks

    return json_chunks(to_sarif(shapes.findings()))


def _junit(shapes: Shapes, style: Style) -> Iterable[str]:
    from kubectl_refs.render.data.junit import junit_chunks

    return junit_chunks(shapes.findings())


def _github(shapes: Shapes, style: Style) -> Iterable[str]:
    from kubectl_refs.render.data.github import workflow_commands

    return workflow_commands(shapes.findings())


def _openreports(shapes: Shapes, style: Style) -> Iterable[str]:
    from kubectl_refs.render.data.policy_reports import OPENREPORTS, policy_reports

    return policy_reports(shapes.findings(), OPENREPORTS)


def _policyreport(shapes: Shapes, style: Style) -> Iterable[str]:
    from kubectl_refs.render.data.policy_reports import POLICY_REPORT, policy_reports

    return policy_reports(shapes.findings(), POLICY_REPORT)


def _summary(shapes: Shapes, style: Style) -> Iterable[str]:
    from kubectl_refs.render.summary import render_summary

    return [render_summary(shapes.findings())]


def _json_list(shapes: Shapes, style: Style) -> Iterable[str]:
    from kubectl_refs.render.manifests import json_list

    return [json_list(shapes.manifests())]


def _yaml_stream(shapes: Shapes, style: Style) -> Iterable[str]:
    from kubectl_refs.render.manifests import yaml_stream

    return [yaml_stream(shapes.manifests())]


def _mermaid(shapes: Shapes, style: Style) -> Iterable[str]:
    from kubectl_refs.render.graph.mermaid import render_mermaid

    picture = shapes.picture()
    return [render_mermaid(picture.graph, picture.direction)]


def _dot(shapes: Shapes, style: Style) -> Iterable[str]:
    from kubectl_refs.render.graph.dot import render_dot

    picture = shapes.picture()
    return [render_dot(picture.graph, picture.direction)]


def _svg(shapes: Shapes, style: Style) -> Iterable[str]:
    from kubectl_refs.render.graph.svg import render_svg

    picture = shapes.picture()
    return [render_svg(picture.graph, picture.direction)]


def _markdown(shapes: Shapes, style: Style) -> Iterable[str]:
    from kubectl_refs.render.graph.markdown import render_markdown

    picture = shapes.picture()
    return [render_markdown(picture.graph, picture.direction)]


def _comment(shapes: Shapes, style: Style) -> Iterable[str]:
    return [shapes.markdown()]


def _html(shapes: Shapes, style: Style) -> Iterable[str]:
    from kubectl_refs.render.graph.html import render_html

    return [render_html(shapes.picture())]


Writer = Callable[[Shapes, "Style"], Iterable[str]]
"""Writes one shape in one format. It imports its module only when used, to keep start-up fast: a run needs just one."""

JSONPATH = "jsonpath"
"""The format that is given with a template: `-o jsonpath=TEMPLATE`."""

FORMATS: Mapping[str, Mapping[Shape, Writer]] = {
    "dot": {Shape.PICTURE: _dot},
    "github": {Shape.FINDINGS: _github},
    "html": {Shape.PICTURE: _html},
    "json": {Shape.DATA: _json, Shape.MANIFESTS: _json_list},
    JSONPATH: {Shape.DATA: _jsonpath},
    "junit": {Shape.FINDINGS: _junit},
    "markdown": {Shape.PICTURE: _markdown, Shape.FINDINGS: _summary, Shape.MARKDOWN: _comment},
    "mermaid": {Shape.PICTURE: _mermaid},
    "name": {Shape.NAMES: _names, Shape.MANIFESTS: _manifest_names},
    "openreports": {Shape.FINDINGS: _openreports},
    "policyreport": {Shape.FINDINGS: _policyreport},
    "sarif": {Shape.FINDINGS: _sarif},
    "svg": {Shape.PICTURE: _svg},
    "text": {Shape.TEXT: _text},
    "wide": {Shape.WIDE: _wide},
    "yaml": {Shape.DATA: _yaml, Shape.MANIFESTS: _yaml_stream},
}
"""The values of `-o` in alphabetical order, each with the writers of the shapes that the format can show."""


def formats_of(shapes: Iterable[Shape]) -> tuple[str, ...]:
    """The formats of a command that has these shapes."""
    wanted = set(shapes)
    return tuple(name for name, writers in FORMATS.items() if writers.keys() & wanted)
