"""`kubectl refs why`: fetch, think, print."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kubectl_refs.app.exit_status import exit_status
from kubectl_refs.app.input.objects import WHOLE_NAMESPACE, FoundObjects, Scope, find_objects, nothing_found
from kubectl_refs.app.input.selection import is_url, parse
from kubectl_refs.app.input.source import Inputs
from kubectl_refs.app.output import Output
from kubectl_refs.core.model.kinds import CONFIG_MAP, REFERENCE_GRANT, SECRET, SERVICE
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.report import Report
from kubectl_refs.core.view.offline import offline_catalog
from kubectl_refs.process.errors import OK, UNKNOWN, USAGE, RefsError, usage
from kubectl_refs.process.streams import say
from kubectl_refs.render.formats import Shapes
from kubectl_refs.render.kubectl import Kubectl
from kubectl_refs.render.text.style import Style
from kubectl_refs.render.why import failing_names, render_why


def why(
    inputs: Inputs,
    arguments: Sequence[str],
    scope: Scope,
    output: Output,
    *,
    method: str | None = None,
    headers: Sequence[str] = (),
    exit_zero: bool,
) -> int:
    """Explain every reference of the objects asked for on standard output; returns the exit status.

    Objects that could not be read are reported on standard error, one line each, after the answer on the others. For a
    Service, Secret or ConfigMap the answer is who references it, for a ReferenceGrant who uses it; for a URL, requested
    with a method and headers, which rule takes the request.
    """
    if any(map(is_url, arguments)):
        if len(arguments) > 1 or scope != WHOLE_NAMESPACE:
            raise usage("a URL cannot be combined with other arguments, -A or -l")
        # Imported here: start-up time.
        from kubectl_refs.app.input.request import parse_request
        from kubectl_refs.app.routing import why_request

        request = parse_request(arguments[0], method, headers)
        asked = (
            *(("-X", method) if method else ()),
            *(word for each in headers for word in ("-H", each)),
            *(("-n", inputs.namespace) if inputs.namespace else ()),
        )
        return why_request(inputs, request, ("why", arguments[0], *asked), output, exit_zero=exit_zero)
    if method is not None or headers:
        raise usage("-X and -H describe a request: they need a URL, as in why https://app.example.com/auth")
    try:
        return _why_objects(inputs, arguments, scope, output, exit_zero=exit_zero)
    except RefsError as error:
        if (
            len(arguments) != 1
            or not re.fullmatch(_HOST, arguments[0])
            or error.status != USAGE
            or _is_type(arguments[0])
        ):
            raise
        raise RefsError(
            error.line, error.status, (f"If it is a URL, write its scheme: why https://{arguments[0]}",)
        ) from None


_HOST = r"(?i:(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?(?:/[^\s]*)?)"
"""A word that may be a URL without its scheme; it may also be TYPE.GROUP/NAME."""


def _is_type(argument: str) -> bool:
    """Whether an argument begins with the name of a known type, so that TYPE.GROUP is meant."""
    # Imported here: only needed after a mistake.
    from kubectl_refs.core.view.offline import GATEWAY_API_KINDS

    first = argument.partition(".")[0].lower()
    return any(first in (served.plural, served.singular) for served in GATEWAY_API_KINDS)


def _why_objects(inputs: Inputs, arguments: Sequence[str], scope: Scope, output: Output, *, exit_zero: bool) -> int:
    names, target = _referenced(arguments) if scope == WHOLE_NAMESPACE else ((), None)
    if names or target:
        # Imported here: start-up time.
        from kubectl_refs.app.grants import grants
        from kubectl_refs.app.input.grant_filters import GrantFilters

        return grants(inputs, GrantFilters(names, to=target), output, all_namespaces=False, exit_zero=exit_zero)
    if any(each.name for each in parse(arguments)):
        return _explain_objects(inputs, arguments, scope, output, exit_zero=exit_zero)
    # Imported here: objects asked for by name are few.
    from kubectl_refs.process.garbage_collection import without_garbage_collection

    with without_garbage_collection():
        return _explain_objects(inputs, arguments, scope, output, exit_zero=exit_zero)


def _explain_objects(inputs: Inputs, arguments: Sequence[str], scope: Scope, output: Output, *, exit_zero: bool) -> int:
    found = find_objects(inputs, arguments, scope, "why")
    status = OK
    if found.objects or found.gaps or (output.document and not found.problems):
        report = found.report()
        kubectl = Kubectl(
            found.source.catalog,
            inputs.flags,
            inputs.program,
            _rerun_words(inputs, arguments, scope),
            source=inputs.words,
        )
        scope_words = None if found.named else _scope_words(found, inputs)
        output.write(
            Shapes(
                text=lambda style: render_why(report, style, kubectl, scope_words),
                wide=lambda style: _wide(report, style, kubectl),
                data=lambda: _data(report, kubectl),
                names=lambda: failing_names(report),
            )
        )
        status = exit_status(report.references, report.conditions, report.misspelt)
        # A kind that could not be listed may hold failing references.
        status = OK if exit_zero else UNKNOWN if status == OK and found.gaps else status
    elif not found.problems:
        say(nothing_found(found, inputs))
    for problem in found.problems:
        say(problem.line)
    return found.problems[0].status if found.problems else status


def _wide(report: Report, style: Style, kubectl: Kubectl) -> str:
    # Imported here, as below: a run needs one of the formats.
    from kubectl_refs.render.wide import render_wide

    return render_wide(report, style, kubectl)


def _data(report: Report, kubectl: Kubectl) -> JSON:
    from kubectl_refs.render.data.report import streamed

    return streamed(report, kubectl)


def _referenced(arguments: Sequence[str]) -> tuple[Sequence[str], str | None]:
    """The ReferenceGrants that arguments name, or the one Service, Secret or ConfigMap they name, as TYPE/NAME."""
    wanted = parse(arguments)
    catalog = offline_catalog()
    kinds = {kind.group_kind for each in wanted if each.name and (kind := catalog.resolve(each.type)) is not None}
    if kinds == {REFERENCE_GRANT}:
        return [each.name for each in wanted], None
    if len(wanted) == 1 and kinds & {SERVICE, SECRET, CONFIG_MAP}:
        return (), f"{wanted[0].type}/{wanted[0].name}"
    return (), None


def _scope_words(found: FoundObjects, inputs: Inputs) -> str:
    """Where all objects were looked at, such as `in namespace x`."""
    if found.namespace:
        return f"in namespace {found.namespace}"
    return "in these manifests" if inputs.has_manifests else "in any namespace"


def _rerun_words(inputs: Inputs, arguments: Sequence[str], scope: Scope) -> tuple[str, ...]:
    """The words that ask the same again; empty for standard input, which cannot be read twice."""
    if inputs.has_manifests and not inputs.words:
        return ()
    namespace = ("-n", inputs.namespace) if inputs.namespace and not scope.all_namespaces else ()
    everywhere = ("-A",) if scope.all_namespaces else ()
    labels = ("-l", scope.selector) if scope.selector else ()
    return ("why", *arguments, *namespace, *everywhere, *labels, *(inputs.words or inputs.flags))
