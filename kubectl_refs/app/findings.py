"""Findings, from the flags that choose them to the output: the one pipeline of `check` and `grants --findings`."""

from __future__ import annotations

from collections.abc import Sequence

from kubectl_refs.app import baseline
from kubectl_refs.app.baseline import Baseline
from kubectl_refs.app.input import selection
from kubectl_refs.app.input.locations import with_places
from kubectl_refs.app.input.source import Inputs
from kubectl_refs.app.output import Output
from kubectl_refs.core.findings.filters import FindingFilters, Ignored
from kubectl_refs.core.model.codes import Severity
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.queries.check import CheckReport, filtered, with_new_permissions
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.view.catalog import Catalog
from kubectl_refs.core.view.reads import Source
from kubectl_refs.process.errors import FOUND, OK, UNKNOWN, usage
from kubectl_refs.process.garbage_collection import without_garbage_collection
from kubectl_refs.render.check import are_many, names_of, render_table, render_wide
from kubectl_refs.render.data.check import to_data
from kubectl_refs.render.formats import Shapes
from kubectl_refs.render.kubectl import Kubectl
from kubectl_refs.render.text.style import Style


@dataclass(frozen=True, slots=True)
class FindingOptions:
    """Which findings to show, as the user wrote it; `ignored` are CODE or CODE=TYPE/NAME[.NAMESPACE]."""

    severity: str = "warning"
    codes: Sequence[str] = ()
    ignored: Sequence[str] = ()
    only_refused: bool = False
    baseline: str | None = None
    write_baseline: str | None = None

    def filters(self, accepted: Baseline) -> FindingFilters:
        """The filters, as far as they are known before a cluster is read; RefsError for an unknown code."""
        codes = frozenset(selection.code(word, "--code") for word in self.codes)
        return FindingFilters(Severity(self.severity), codes, (), self.only_refused, accepted.fingerprints)

    def accepted(self, timeout: float | None) -> Baseline:
        """The baseline that the user named, or an empty one; `timeout` is for reading it, in seconds, None for none."""
        return Baseline() if self.baseline is None else baseline.read(self.baseline, timeout)


def ignored(catalog: Catalog, expressions: Sequence[str], namespace: str | None) -> tuple[Ignored, ...]:
    """What --ignore names; RefsError for an unknown code or an invalid object.

    An object written without a namespace is in `namespace`, None if all namespaces are asked about.
    """
    return tuple(_ignored(catalog, each, namespace) for each in expressions)


def _ignored(catalog: Catalog, expression: str, namespace: str | None) -> Ignored:
    word, limited, named = expression.partition("=")
    code = selection.code(word, "--ignore")
    if not limited:
        return Ignored(code)
    type_, slash, name = named.partition("/")
    if not slash or not name:
        raise usage(f'--ignore {expression}: expected an object after "=", as TYPE/NAME or TYPE/NAME.NAMESPACE')
    kind = selection.resolve(catalog, type_)
    if not kind.namespaced:
        selection.named_target(kind, name, "")
        return Ignored(code, ObjectKey(kind.group, kind.kind, "", name))
    name, namespace = selection.named_target(kind, name, None if "." in name else namespace)
    if namespace is None:
        raise usage(f"--ignore {expression}: expected the namespace of the object, as TYPE/NAME.NAMESPACE or by -n")
    return Ignored(code, ObjectKey(kind.group, kind.kind, namespace, name))


def filtered_report_and_status(
    report: CheckReport, source: Source, filters: FindingFilters, accepted: Baseline, options: FindingOptions
) -> tuple[CheckReport, int]:
    """The report with the findings to show, and the exit status: 1 if a finding that counts is an error, 3 if it is
    unknown whether something is refused or broken. Writes the baseline if asked to."""
    if accepted.permissions is not None:
        report = with_new_permissions(report, accepted.permissions, source.catalog)
    shown, unknown = filtered(report, filters)
    if options.write_baseline is not None:
        baseline.write(options.write_baseline, shown, source.catalog)
    if any(finding.is_new and finding.severity is Severity.ERROR for finding in shown.findings):
        return shown, FOUND
    return shown, UNKNOWN if unknown else OK


def kubectl_for_findings(inputs: Inputs, catalog: Catalog) -> Kubectl:
    """How to call this program to see more of the findings; not possible for standard input, which is gone."""
    asked = () if inputs.has_manifests and not inputs.words else ("check",)
    return Kubectl(catalog, inputs.flags, inputs.program, asked, source=inputs.words)


def shapes(report: CheckReport, source: Source, kubectl: Kubectl, output: Output) -> Shapes:
    """The shapes of an answer made of findings. The places of findings are looked up only where they are shown,
    because that reads the manifests again."""

    @without_garbage_collection()
    def located(*, of_references: bool = False) -> CheckReport:
        return with_places(report, source, of_references=of_references)

    def table(style: Style) -> str:
        return render_table(report if are_many(report) else located(), style, kubectl, headers=output.headers)

    return Shapes(
        text=table,
        wide=lambda style: render_wide(located(), style, kubectl, headers=output.headers),
        data=lambda: to_data(located(of_references=True), kubectl),
        names=lambda: names_of(report),
        findings=located,
    )
