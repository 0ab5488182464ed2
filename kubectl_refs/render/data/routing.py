"""The way of a request as data: the report with the request and its ways added."""

from __future__ import annotations

from typing import Any

from kubectl_refs.core.model.routing import ListenerPlace, RulePlace, Way
from kubectl_refs.core.queries.routing import RoutingReport
from kubectl_refs.render.data.objects import key_data
from kubectl_refs.render.data.report import streamed
from kubectl_refs.render.kubectl import Kubectl


def routing_data(found: RoutingReport, kubectl: Kubectl) -> dict[str, Any]:
    request = found.request
    return {
        **streamed(found.report, kubectl),
        "request": {
            "url": request.url,
            "method": request.method,
            "host": request.host,
            "serverName": request.server_name if request.scheme == "https" else None,
            "port": request.port,
            "path": request.path,
            "headers": [{"name": name, "value": value} for name, value in request.headers],
            "queryParams": [{"name": name, "value": value} for name, value in request.query],
        },
        "ways": [_way(way) for way in found.ways],
    }


def _way(way: Way) -> dict[str, Any]:
    return {
        "gateway": None if way.gateway is None else key_data(way.gateway),
        "listener": None if way.listener is None else _listener(way.listener),
        "rule": None if way.rule is None else _rule(way.rule),
        "stop": None if way.stop is None else str(way.stop),
        "because": way.because or None,
        "nearest": list(way.nearest),
        "open": list(way.open),
        "unattached": [{"route": key_data(each.route), "path": each.path} for each in way.unattached],
    }


def _listener(place: ListenerPlace) -> dict[str, Any]:
    return {
        "holder": key_data(place.holder),
        "name": place.name,
        "port": place.port,
        "protocol": place.protocol,
        "hostname": place.hostname or None,
    }


def _rule(place: RulePlace) -> dict[str, Any]:
    return {
        "route": key_data(place.route),
        "path": place.path,
        "hostname": place.hostname or None,
        "asks": place.asks,
        "answer": place.answer or None,
    }
