"""Which cluster a run of the program reads: the flags before the command and after it combined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from kubectl_refs.cli.durations import seconds
from kubectl_refs.process.errors import RefsError, usage

if TYPE_CHECKING:
    from kubectl_refs.kube.cluster import Cluster


@dataclass(slots=True)
class Invocation:
    """One run of the program: the flags before the command, the clusters it opened, and why files could not be read.

    `strict` says that a server's warning is an error; `color` is auto, always or never, as the user asked.
    """

    flags: Mapping[str, Any]
    strict: bool = False
    color: str = "auto"
    opened: list[Cluster] = field(default_factory=list)
    unread: list[RefsError] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.strict = bool(self.flags.get("strict"))

    @property
    def warnings(self) -> tuple[str, ...]:
        """The servers' warnings so far, each text once."""
        return tuple(dict.fromkeys(text for cluster in self.opened for text in cluster.warnings))


_MANIFESTS = ("files", "recursive", "kustomize", "whole", "live", "kinds")
"""The flags of a command that concern the manifests it reads."""


def input_arguments(ctx: click.Context, given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of Inputs from a command's flags; those before the command apply where it has none of its own."""
    # Imported here: --help needs no cluster.
    from kubectl_refs.kube.config.overrides import Overrides

    run: Invocation = ctx.find_object(Invocation) or Invocation({})
    flags = {**run.flags, **{name: value for name, value in given.items() if value not in (None, ())}}
    run.strict = bool(flags.pop("strict", None))
    run.color = ctx.params.get("color") or run.color
    for without_effect in ("cache_dir", "match_server_version"):
        flags.pop(without_effect, None)
    inputs = {name: flags.pop(name, None) for name in ("namespace", "context", "kubeconfig")}
    inputs |= {name: flags.pop(name) for name in _MANIFESTS if name in flags}
    has_manifests = inputs.get("files") or inputs.get("kustomize") is not None
    if inputs.get("live") and (inputs.get("whole") or not has_manifests):
        raise usage("--live lays manifests over the cluster: it needs -f or -k, and not --whole")
    if inputs.get("whole") and not has_manifests:
        raise usage("--whole says what manifests are: it needs -f or -k")
    timeout = _timeout(flags.pop("timeout", None))
    overrides = Overrides(**{name: value for name, value in flags.items() if value is not None}, timeout=timeout)
    program = ctx.find_root().info_name or "kubectl refs"
    return {**inputs, "overrides": overrides, "program": program, "opened": run.opened, "unread": run.unread}


def _timeout(written: str | None) -> float | None:
    """Seconds, by the rules of clientcmd's ParseTimeout; None if nothing is given."""
    if not written:
        return None
    found = float(written) if written.isdecimal() and written.isascii() else seconds(written)
    if found is None:
        raise usage(
            "Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a "
            "corresponding time unit (e.g. 1s | 2m | 3h)"
        )
    return found
