"""The bill of materials of a bundle, in CycloneDX's JSON, so that scanners know what is in it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from krew.contents import Component
from krew.project import NAME, version


def bill(components: Sequence[Component], date: int) -> str:
    """The document's text. `date` is in seconds since the epoch; there is no serial number, which would be random."""
    own = f"pkg:pypi/{NAME}@{version()}"
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(date, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {
                "type": "application",
                "bom-ref": own,
                "name": NAME,
                "version": version(),
                "purl": own,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            },
        },
        "components": [_entry(each) for each in components],
        "dependencies": [{"ref": own, "dependsOn": [_reference(each) for each in components]}],
    }
    return json.dumps(document, indent=2) + "\n"


def _reference(component: Component) -> str:
    return component.name if component.name == "PyInstaller bootloader" else component.purl or component.name


def _entry(component: Component) -> dict[str, Any]:
    return {
        "type": "library",
        "bom-ref": _reference(component),
        "name": component.name,
        **({"version": component.version} if component.version else {}),
        **({"purl": component.purl} if component.purl else {}),
        "licenses": [{"license": {"name": component.license}}],
    }
