"""`kubectl refs why`: fetch, think, print."""

from __future__ import annotations

from collections.abc import Sequence

from kubectl_refs.app.exit_status import exit_status
from kubectl_refs.app.input.objects import ask
from kubectl_refs.app.input.source import Inputs
from kubectl_refs.app.output import Output
from kubectl_refs.core.queries.why import investigate
from kubectl_refs.process.errors import OK
from kubectl_refs.process.streams import say
from kubectl_refs.render.data.report import streamed
from kubectl_refs.render.formats import Shapes
from kubectl_refs.render.kubectl import Kubectl
from kubectl_refs.render.why import render_why
from kubectl_refs.render.wide import render_wide


def why(inputs: Inputs, arguments: Sequence[str], output: Output, *, exit_zero: bool) -> int:
    """Explain every reference of the objects asked for on standard output; returns the exit status.

    Objects that could not be had are told on standard error, one line each, after the answer on the others.
    """
    question = ask(inputs, arguments)
    status = OK
    if question.objects or (output.document and not question.problems):
        report = investigate(question.source, question.objects)
        kubectl = Kubectl(
            question.source.catalog, inputs.flags, inputs.program, _asked(inputs, arguments), source=inputs.words
        )
        output.write(
            Shapes(
                text=lambda style: render_why(report, style, kubectl),
                wide=lambda style: render_wide(report, style, kubectl),
                data=lambda: streamed(report, kubectl),
            )
        )
        status = OK if exit_zero else exit_status(report.references, report.conditions)
    elif not question.problems:
        where = f"{inputs.namespace} namespace of the manifests" if inputs.namespace else "the manifests"
        say(f"No resources with references found in {where}.")
    for problem in question.problems:
        say(problem.line)
    return question.problems[0].status if question.problems else status


def _asked(inputs: Inputs, arguments: Sequence[str]) -> tuple[str, ...]:
    """The words of the same question; empty where it cannot be asked again, for standard input is gone."""
    if inputs.files and not inputs.words:
        return ()
    namespace = ("-n", inputs.namespace) if inputs.namespace else ()
    return ("why", *arguments, *namespace, *(inputs.words or inputs.flags))
