"""The versions that `kubectl refs version` shows: of this program, of the server, and of Gateway API in it."""

from __future__ import annotations

from kubectl_refs.core.model.report import Gap
from kubectl_refs.core.records import dataclass


@dataclass(frozen=True, slots=True)
class InstalledGatewayAPI:
    """Gateway API as a cluster has it; a version or channel that its CRDs do not state is None."""

    bundle: str | None
    channel: str | None


@dataclass(frozen=True, slots=True)
class Versions:
    """What runs here and there. What the server says is None where it was not asked or could not be read.

    `gateway_api` is False where there is none. `grants` are the versions in which ReferenceGrants are served.
    """

    client: str
    asked: bool = False
    server: str | None = None
    gateway_api: InstalledGatewayAPI | bool | None = None
    grants: tuple[str, ...] | None = None
    gaps: tuple[Gap, ...] = ()
