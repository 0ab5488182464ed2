"""`kubectl refs version`: fetch, think, print."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kubectl_refs import __version__
from kubectl_refs.app.input.source import Inputs
from kubectl_refs.app.output import Output
from kubectl_refs.core.model.kinds import DEFINITION, REFERENCE_GRANT
from kubectl_refs.core.model.objects import GATEWAY_GROUP, ObjectKey
from kubectl_refs.core.model.report import Gap
from kubectl_refs.core.model.values import at, text
from kubectl_refs.core.model.versions import InstalledGatewayAPI, Versions
from kubectl_refs.core.view.reads import Answer, Failure, Get
from kubectl_refs.process.errors import OK, UNKNOWN, RefsError
from kubectl_refs.render import version as render
from kubectl_refs.render.formats import Shapes

if TYPE_CHECKING:
    from kubectl_refs.kube.cluster import Cluster

CRD = ObjectKey(*DEFINITION, "", f"httproutes.{GATEWAY_GROUP}")
"""A CRD that every release of Gateway API has, in both channels, annotated with its version and channel."""

_BUNDLE = f"{GATEWAY_GROUP}/bundle-version"
_CHANNEL = f"{GATEWAY_GROUP}/channel"


def version(inputs: Inputs, output: Output, *, client_only: bool) -> int:
    """Tell the versions on standard output; returns 3 if one of them could not be read.

    If the server cannot be reached, the client's own version is shown before the RefsError that says so.
    """
    found = Versions(__version__)
    if client_only:
        _show(found, output)
        return OK
    try:
        cluster = inputs.cluster()
        found = _read(cluster, found)
    except RefsError:
        _show(found, output)
        raise
    _show(found, output)
    return UNKNOWN if found.gaps else OK


def _read(cluster: Cluster, found: Versions) -> Versions:
    catalog = cluster.catalog
    server, gaps = _server(cluster)
    get = Get(CRD, metadata_only=True)
    answer = cluster.read([get])[get]
    if answer.failure:
        gaps += (_gap(answer.failure, CRD.group, "customresourcedefinitions", CRD.name, "Gateway API's version"),)
    served = catalog.served(REFERENCE_GRANT)
    grants = served.versions if served else ()
    known = catalog.serves(REFERENCE_GRANT) is not None
    if not known:
        stale = Failure(None, f"discovery of API group {GATEWAY_GROUP} is incomplete")
        gaps += (_gap(stale, GATEWAY_GROUP, "referencegrants", None, "the served versions of ReferenceGrant"),)
    return replace(
        found,
        asked=True,
        server=server,
        gateway_api=_gateway_api(answer),
        grants=grants if known else None,
        gaps=gaps,
    )


def _server(cluster: Cluster) -> tuple[str | None, tuple[Gap, ...]]:
    from kubectl_refs.kube.http.response import Response

    response = cluster.client.get("/version")
    if isinstance(response, Response) and response.ok:
        found = text(response.body.get("gitVersion"))
        if found:
            return found, ()
        failure = Failure(response.status, "the server's answer does not tell its version")
    else:
        failure = response.failure if isinstance(response, Response) else response
    return None, (_gap(failure, "", "/version", None, "the server's version"),)


def _gateway_api(answer: Answer) -> InstalledGatewayAPI | bool | None:
    if answer.failure:
        return None
    if not answer.objects:
        return False
    annotations = at(answer.objects[0], "metadata", "annotations")
    return InstalledGatewayAPI(text(at(annotations, _BUNDLE)), text(at(annotations, _CHANNEL)))


def _gap(failure: Failure, group: str, resource: str, name: str | None, what: str) -> Gap:
    return Gap(
        verb="get",
        group=group,
        resource=resource,
        namespace=None,
        name=name,
        http_status=failure.http_status,
        message=failure.message,
        effect=f"{what} {'are' if what.endswith('Grant') else 'is'} not known",
    )


def _show(found: Versions, output: Output) -> None:
    output.write(Shapes(text=lambda style: render.render_text(found, style), data=lambda: render.to_data(found)))
