"""`kubectl refs why`: fetch, think, print."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from time import time as now

import click

from kubectl_refs.app.exit_status import exit_status
from kubectl_refs.app.input.objects import ask
from kubectl_refs.app.input.source import Place
from kubectl_refs.app.output import Output
from kubectl_refs.core.queries.why import investigate
from kubectl_refs.core.text.escaping import safe
from kubectl_refs.process.errors import OK
from kubectl_refs.render.kubectl import Kubectl
from kubectl_refs.render.text.style import style_for


def why(place: Place, arguments: Sequence[str], output: Output, *, color: str, exit_zero: bool) -> int:
    """Explain every reference of the objects asked for on standard output; returns the exit status.

    Objects that could not be had are told on standard error, one line each, after the answer on the others.
    """
    question = ask(place, arguments)
    status = OK
    if question.objects or (output.format in ("json", "yaml") and not question.problems):
        report = investigate(question.source, question.objects)
        style = style_for(sys.stdout, os.environ, now(), color)
        sys.stdout.writelines(output.render(report, style, Kubectl(question.source.catalog, place.flags)))
        sys.stdout.flush()
        status = OK if exit_zero else exit_status(report.references)
    elif not question.problems:
        where = f"{place.namespace} namespace of the manifests" if place.namespace else "the manifests"
        click.echo(safe(f"No resources with references found in {where}."), err=True)
    for problem in question.problems:
        click.echo(safe(problem.line), err=True)
    return question.problems[0].status if question.problems else status
