"""The versions that `kubectl refs version` shows: of this program, of the server, and of its Gateway API."""

from __future__ import annotations

from kubectl_refs.core.model.report import Gap
from kubectl_refs.core.records import dataclass


@dataclass(frozen=True, slots=True)
class InstalledGatewayAPI:
    """Gateway API as a cluster has it installed; a version or channel that its CRDs do not state is None."""

    bundle: str | None
    channel: str | None


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions of client and server. Those of the server are None where it was not asked or could not be read.

    `gateway_api` is False where it is not installed. `grants` are the versions of ReferenceGrant that are served.
    """

    client: str
    asked: bool = False
    server: str | None = None
    gateway_api: InstalledGatewayAPI | bool | None = None
    grants: tuple[str, ...] | None = None
    gaps: tuple[Gap, ...] = ()
