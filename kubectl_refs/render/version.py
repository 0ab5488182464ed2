"""Versions as text, in the layout of `kubectl version`, and as data."""

from __future__ import annotations

from typing import Any

from kubectl_refs.core.model.versions import InstalledGatewayAPI, Versions
from kubectl_refs.render.data.report import API_VERSION, gap_data
from kubectl_refs.render.text.gaps import write_gaps
from kubectl_refs.render.text.page import Page
from kubectl_refs.render.text.style import Style

KIND = "VersionReport"
_UNKNOWN = "unknown"


def render_text(found: Versions, style: Style) -> str:
    """One line for each version, then what could not be read."""
    page = Page(style)
    page.line(f"Client Version: v{found.client}")
    if found.asked:
        page.line(f"Server Version: {found.server or _UNKNOWN}")
        page.line(f"Gateway API: {_gateway_api(found.gateway_api)}")
        page.line(f"ReferenceGrant: {_grants(found.grants)}")
    page.blank()
    write_gaps(page, found.gaps)
    return str(page)


def _gateway_api(installed: InstalledGatewayAPI | bool | None) -> str:
    if isinstance(installed, InstalledGatewayAPI):
        channel = f"{installed.channel} channel" if installed.channel else "unknown channel"
        return f"{installed.bundle or 'unknown version'} ({channel})"
    return _UNKNOWN if installed is None else "not installed"


def _grants(versions: tuple[str, ...] | None) -> str:
    if versions is None:
        return _UNKNOWN
    return ", ".join(versions) or "not served"


def to_data(found: Versions) -> dict[str, Any]:
    """The versions as plain data; without those of the server if it was not asked."""
    client = {"apiVersion": API_VERSION, "kind": KIND, "client": {"version": f"v{found.client}"}}
    if not found.asked:
        return client
    api = found.gateway_api
    installed = api if isinstance(api, InstalledGatewayAPI) else None
    return {
        **client,
        "server": {"version": found.server},
        "gatewayAPI": {
            "installed": None if api is None else bool(api),
            "bundleVersion": installed and installed.bundle,
            "channel": installed and installed.channel,
        },
        "referenceGrant": {"versions": None if found.grants is None else list(found.grants)},
        "gaps": [gap_data(gap) for gap in found.gaps],
    }
