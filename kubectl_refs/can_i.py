"""`kubectl refs can-i`: a supposed reference, without objects."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence

import click

from kubectl_refs.core.commands import Kubectl
from kubectl_refs.core.hypothesis import suppose
from kubectl_refs.core.inquiry import inquire
from kubectl_refs.core.model import ObjectKey, Report
from kubectl_refs.core.snapshot import Source
from kubectl_refs.errors import exit_status, usage
from kubectl_refs.output import Output
from kubectl_refs.place import Place
from kubectl_refs.render.style import Style, style_for
from kubectl_refs.selection import check_segment, resolve

FORMATS = ("json", "text", "yaml")
ANY = "any"
"""The name of a referrer that was given none: a grant's `from` has no name either."""


def can_i(
    place: Place, words: Sequence[str], namespaces: Sequence[str], output: Output, *, quiet: bool, color: str
) -> int:
    """Answer on standard output; returns 0 for yes, 1 for no, 3 where it could not be told.

    `namespaces` are the referrer's and the target's, as far as given; `place.namespace` is the first of them.
    """
    if len(words) != 2 or len(namespaces) > 2:
        raise usage("you must specify who refers and to what: TYPE[/NAME] TYPE/NAME[.NAMESPACE]")
    for each in namespaces:
        check_segment("namespace", each)
    source, named = place.open()
    own = named or "default"
    referrer = _referrer(source, words[0], own)
    target = _target(source, words[1], namespaces[1] if len(namespaces) == 2 else None, own)
    kubectl = Kubectl(source.catalog, place.flags)
    report = inquire(source, lambda world: suppose(world, referrer, target, kubectl))
    if not quiet:
        style = style_for(sys.stdout, os.environ, time.time(), color)
        sys.stdout.write(_render(report, output, style))
    for warning in source.warnings:
        click.echo(f"Warning: {warning}", err=True)
    return exit_status(report)


def _referrer(source: Source, word: str, namespace: str) -> ObjectKey:
    type_, _, name = word.partition("/")
    kind = resolve(source.catalog, type_)
    if not kind.namespaced:
        raise usage(f"{kind.qualified} are not namespaced, and a ReferenceGrant names the namespace of who refers")
    if name:
        check_segment("resource name", name)
    return ObjectKey(kind.group, kind.kind, namespace, name or ANY)


def _target(source: Source, word: str, namespace: str | None, own: str) -> ObjectKey:
    """TYPE/NAME in the namespace given, or TYPE/NAME.NAMESPACE, or TYPE/NAME in the referrer's own."""
    type_, slash, name = word.partition("/")
    kind = resolve(source.catalog, type_)
    if namespace is None and "." in name:
        name, _, namespace = name.rpartition(".")
    if not slash or not name or "/" in name:
        raise usage("arguments in resource/name form must have a single resource and name")
    check_segment("resource name", name)
    return ObjectKey(kind.group, kind.kind, (namespace or own) if kind.namespaced else "", name)


def _render(report: Report, output: Output, style: Style) -> str:
    if output.format != "text":
        return output.render(report, style)
    from kubectl_refs.render.can_i import render_can_i

    return render_can_i(report, style)
