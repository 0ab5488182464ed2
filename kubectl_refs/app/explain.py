"""`kubectl refs explain`: what a code means, an example of it, and how to resolve it."""

from __future__ import annotations

from collections.abc import Sequence

from kubectl_refs.app.input.selection import code
from kubectl_refs.app.output import Output
from kubectl_refs.core.model.codes import Code
from kubectl_refs.process.errors import OK
from kubectl_refs.render import explain as render
from kubectl_refs.render.formats import Shapes


def explain(words: Sequence[str], output: Output) -> int:
    """Explain codes on standard output, or list all if none is named; returns the exit status.

    RefsError for a word that is not a code.
    """
    named = list(dict.fromkeys(code(word) for word in words))
    codes = named or list(Code)
    output.write(
        Shapes(
            text=lambda style: (
                render.render_explained(codes, style)
                if named
                else render.render_codes(codes, style, headers=output.headers)
            ),
            wide=lambda style: render.render_codes(codes, style, headers=output.headers, wide=True),
            data=lambda: render.to_data(codes),
            names=lambda: map(str, codes),
        )
    )
    return OK
