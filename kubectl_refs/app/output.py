"""`-o` and `--query`: which renderer shows a report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kubectl_refs.core.model.report import Report
from kubectl_refs.process.errors import usage
from kubectl_refs.render.kubectl import Kubectl
from kubectl_refs.render.text.style import Style

FORMATS = ("json", "text", "wide", "yaml")


@dataclass(frozen=True, slots=True)
class Output:
    """What the user asked to see. A query over text has no meaning; it asks for JSON."""

    format: str
    query: str | None = None

    @classmethod
    def parse(cls, format_: str | None, query: str | None, formats: Sequence[str] = FORMATS) -> Output:
        """RefsError for a format there is no renderer for, in kubectl's words."""
        chosen = format_ or ("json" if query is not None else "text")
        if chosen not in formats:
            raise usage(
                f'unable to match a printer suitable for the output format "{chosen}", '
                f"allowed formats are: {','.join(formats)}"
            )
        if query is not None and chosen not in ("json", "yaml"):
            raise usage(f"--query needs -o json or -o yaml, not -o {chosen}")
        return cls(chosen, query)

    def render(self, report: Report, style: Style, kubectl: Kubectl) -> Iterator[str]:
        """The report in the format asked for, as it comes. Renderers are imported when used: start-up time."""
        if self.format == "text":
            from kubectl_refs.render.why import render_why

            yield render_why(report, style, kubectl)
        elif self.format == "wide":
            from kubectl_refs.render.wide import render_wide

            yield render_wide(report, style, kubectl)
        else:
            from kubectl_refs.render.data.report import streamed

            yield from self.pieces(streamed(report, kubectl))

    def pieces(self, found: Mapping[str, Any]) -> Iterator[str]:
        """The text of `render_data`, as it comes; values of `found` that are iterators are lists still to be made."""
        from kubectl_refs.core.text.yaml import yaml_lines
        from kubectl_refs.render.data.streaming import json_pieces, whole

        if self.query is not None:
            yield self.render_data(whole(found))
        else:
            yield from json_pieces(found) if self.format == "json" else yaml_lines(found)

    def render_data(self, found: Mapping[str, Any]) -> str:
        """Plain data as JSON or YAML, after the query if there is one."""
        from kubectl_refs.core.text.yaml import to_yaml
        from kubectl_refs.render.data import report as data

        shown = found if self.query is None else data.query(found, self.query)
        return data.render_json(shown) if self.format == "json" else to_yaml(shown)
