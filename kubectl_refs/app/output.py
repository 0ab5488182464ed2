"""`-o`, `--query`, `--color` and `--no-headers`: how the user wants an answer shown, and showing it that way."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection
from dataclasses import replace
from time import time as now
from typing import Any

from kubectl_refs.core.records import dataclass
from kubectl_refs.process.errors import usage
from kubectl_refs.render.formats import FORMATS, JSONPATH, Shape, Shapes, formats_of
from kubectl_refs.render.text.style import style_for


@dataclass(frozen=True, slots=True)
class Output:
    """What the user asked to see. `template` is that of -o jsonpath=TEMPLATE. `color` is auto, always or never;
    `headers` is for tables; `chosen` is False if the format is the default."""

    format: str
    shape: Shape
    query: str | None = None
    color: str = "auto"
    headers: bool = True
    chosen: bool = False
    template: str | None = None

    @classmethod
    def parse(
        cls,
        format_: str | None,
        shapes: Collection[Shape],
        query: str | None = None,
        *,
        color: str = "auto",
        headers: bool = True,
    ) -> Output:
        """The output that the flags ask for, in one of these shapes; RefsError, in kubectl's words, for any other.

        A query without -o implies JSON, since querying text has no meaning.
        """
        default = "text" if Shape.TEXT in shapes else "yaml"
        format_, chosen = format_ or (default if query is None else "json"), format_ is not None
        name, equals, template = format_.partition("=")
        if name not in formats_of(shapes) or (equals and name != JSONPATH):
            raise usage(
                f'unable to match a printer suitable for the output format "{format_}", '
                f"allowed formats are: {','.join(formats_of(shapes))}"
            )
        format_ = name
        if format_ == JSONPATH and not template:
            raise usage("template format specified but no template given")
        if template and query is not None:
            raise usage("--query and -o jsonpath are mutually exclusive")
        shape = next(shape for shape in FORMATS[format_] if shape in shapes)
        if query is not None and shape is not Shape.DATA:
            able = " or ".join(f"-o {name}" for name in formats_of([Shape.DATA]) if name != JSONPATH)
            raise usage(f"--query needs {able}, not -o {format_}")
        return cls(format_, shape, query, color, headers, chosen, template or None)

    @property
    def document(self) -> bool:
        """Whether the format is one document for programs, which is written even if the answer is empty."""
        return self.shape in (Shape.DATA, Shape.FINDINGS)

    def write(self, shapes: Shapes) -> None:
        """Show an answer on standard output."""
        if self.query is not None:
            shapes = replace(shapes, data=self._queried(shapes))
        if self.template is not None:
            shapes = replace(shapes, data=self._templated(shapes))
        style = style_for(sys.stdout, os.environ, now(), self.color)
        sys.stdout.writelines(FORMATS[self.format][self.shape](shapes, style))
        sys.stdout.flush()

    def _queried(self, shapes: Shapes) -> Any:
        # Imported here: start-up time.
        from kubectl_refs.render.data.report import query
        from kubectl_refs.render.data.streaming import whole

        assert self.query is not None
        found = query(whole(shapes.data()), self.query)
        return lambda: found

    def _templated(self, shapes: Shapes) -> Any:
        # Imported here: start-up time.
        from kubectl_refs.render.data.streaming import whole

        text = self.filled(whole(shapes.data()))
        return lambda: text

    def filled(self, data: Any) -> str:
        """Data rendered by the template; RefsError, in kubectl's words, for a mistake in the template."""
        # Imported here: start-up time.
        from kubectl_refs.render.data.jsonpath import TemplateError, render_template

        assert self.template is not None
        try:
            return render_template(self.template, data)
        except TemplateError as error:
            raise usage(f"error parsing jsonpath {self.template}, {error}") from None
