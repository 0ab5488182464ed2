"""`kubectl refs can-i`: a supposed reference, without objects."""

from __future__ import annotations

from collections.abc import Sequence

from kubectl_refs.app.exit_status import exit_status
from kubectl_refs.app.input.objects import refuse_emptiness
from kubectl_refs.app.input.selection import check_namespace, named_target, resolve
from kubectl_refs.app.input.source import Inputs
from kubectl_refs.app.output import Output
from kubectl_refs.core.model.objects import GroupKind, ObjectKey
from kubectl_refs.core.queries.can_i import ANY, evaluate_supposed
from kubectl_refs.core.targets.requirements import BACKEND_KINDS
from kubectl_refs.core.view.catalog import Catalog, ServedKind
from kubectl_refs.core.view.inquiry import inquire
from kubectl_refs.core.view.reads import Source
from kubectl_refs.manifests.kinds import guessed_kind
from kubectl_refs.process.errors import usage
from kubectl_refs.render.can_i import render_can_i, render_can_i_wide
from kubectl_refs.render.data.report import streamed
from kubectl_refs.render.formats import Shapes
from kubectl_refs.render.kubectl import Kubectl


def can_i(inputs: Inputs, words: Sequence[str], namespaces: Sequence[str], output: Output, *, quiet: bool) -> int:
    """Answer on standard output; returns 0 for yes, 1 for no, 3 if it cannot be told.

    `namespaces` are the referrer's and the target's, as far as given; `inputs.namespace` is the first of them.
    """
    if len(namespaces) > 2:
        raise usage("-n may be given at most twice")
    if len(words) != 2:
        raise usage("you must specify the referencing object and its target: TYPE[/NAME] TYPE/NAME[.NAMESPACE]")
    for each in namespaces:
        check_namespace(each)
    source, named = inputs.open()
    refuse_emptiness(source, "can-i")
    referrer = _referrer(source, words[0], namespaces[0] if namespaces else None, named or "default")
    target = _target(source, words[1], namespaces[1] if len(namespaces) == 2 else None, referrer.namespace)
    report = inquire(source, lambda view: evaluate_supposed(view, referrer, target))
    if not quiet:
        kubectl = Kubectl(source.catalog, inputs.flags, inputs.program)
        places = [word for each in namespaces for word in ("-n", each)]
        asked = () if inputs.files and not inputs.words else ("can-i", *words, *places, *(inputs.words or inputs.flags))
        more = Kubectl(source.catalog, program=inputs.program, rerun_words=asked).rerun("-o", "wide")
        output.write(
            Shapes(
                text=lambda style: render_can_i(report, style, kubectl, more),
                wide=lambda style: render_can_i_wide(report, style, kubectl),
                data=lambda: streamed(report, kubectl),
            )
        )
    return exit_status(report.references)


def _kind(catalog: Catalog, word: str) -> ServedKind:
    """The kind that a word names. As neither object has to exist, manifests need not show that there is such a kind:
    every kind in the table of fields, or known as a backend, can be named, and as KIND.GROUP any other."""
    if catalog.live or catalog.resolve(word) is not None:
        return resolve(catalog, word)
    kinds = dict.fromkeys((*catalog.table.referrers, *sorted(BACKEND_KINDS)))
    known = Catalog((guessed_kind(kind) for kind in kinds), live=False).resolve(word)
    if known is not None:
        return known
    kind, _, group = word.partition(".")
    return guessed_kind(GroupKind(group, kind)) if kind[:1].isupper() and "." in group else resolve(catalog, word)


def _referrer(source: Source, word: str, namespace: str | None, default: str) -> ObjectKey:
    """TYPE or TYPE/NAME in the namespace given, or TYPE/NAME.NAMESPACE, or either in the default namespace."""
    type_, slash, name = word.partition("/")
    kind = _kind(source.catalog, type_)
    if not kind.namespaced:
        raise usage(
            f"{kind.qualified} are not namespaced, and a ReferenceGrant names the namespace of the referencing object"
        )
    if slash:
        name, namespace = (ANY, namespace) if name == ANY else named_target(kind, name, namespace)
    return ObjectKey(kind.group, kind.kind, namespace or default, name or ANY)


def _target(source: Source, word: str, namespace: str | None, own: str) -> ObjectKey:
    """TYPE/NAME in the namespace given, or TYPE/NAME.NAMESPACE, or TYPE/NAME in the referrer's own."""
    type_, slash, name = word.partition("/")
    if not slash and source.catalog.resolve(word) is None:
        raise usage(f"you must specify the type of the target: TYPE/NAME or TYPE/NAME.NAMESPACE, as in service/{word}")
    if not slash:
        raise usage(f"you must name the target: {word}/NAME or {word}/NAME.NAMESPACE")
    kind = _kind(source.catalog, type_)
    if not kind.namespaced:
        raise usage(f"{kind.qualified} are not namespaced, so no ReferenceGrant can permit references to them")
    name, namespace = named_target(kind, name, namespace)
    return ObjectKey(kind.group, kind.kind, namespace or own, name)
