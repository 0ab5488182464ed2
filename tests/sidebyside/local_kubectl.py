"""kubectl as a reader of manifests: what it makes of a file, without any server."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

MARK = "example.org/read"
"""The annotation that kubectl is told to set."""


def read_by_kubectl(kubectl: Path, content: bytes, folder: Path) -> list[Any] | None:
    """The objects that kubectl finds in a file of manifests, as JSON; None where it refuses the file.

    Of all that kubectl reads files for, changing an annotation in what it prints needs no server and no known kind.
    """
    file = folder / "manifests.yaml"
    file.write_bytes(content)
    words = ["annotate", "--local", "--overwrite", "-f", str(file), f"{MARK}=1", "-o", "json"]
    env = {"HOME": str(folder), "KUBECONFIG": str(folder / "none")}
    done = subprocess.run([str(kubectl), *words], capture_output=True, env=env, check=False)
    if done.returncode:
        return None
    objects, text = [], done.stdout.decode().lstrip()
    while text:
        found, end = json.JSONDecoder().raw_decode(text)
        objects.append(found)
        text = text[end:].lstrip()
    return objects
