"""Kubeconfig files by client-go's rules: which are read, which definition wins, and the one context in use.

The kubernetes package merges files differently (the last current-context wins, relative paths are taken from the
cluster's file), which would show another cluster than kubectl does. So the files are merged here, into one flat
kubeconfig with exactly one context.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.records import dataclass
from kubectl_refs.documents.errors import DocumentError
from kubectl_refs.kube.config import fields
from kubectl_refs.kube.config.overrides import NOTHING, Overrides
from kubectl_refs.process import errors
from kubectl_refs.process.files import UnreadableFileError, read_file
from kubectl_refs.process.time_limit import TIMEOUT

_CLUSTER_PATHS = ("certificate-authority",)
_USER_PATHS = ("client-certificate", "client-key", "tokenFile")


@dataclass(frozen=True, slots=True)
class Kubeconfig:
    """The merged files: every name once, in its first definition, with absolute paths.

    `origins` are the files that define the users.
    """

    current_context: str = ""
    contexts: JSON = field(default_factory=dict)
    clusters: JSON = field(default_factory=dict)
    users: JSON = field(default_factory=dict)
    origins: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Selected:
    """One context with the cluster and user it names. A name is empty if not given, an entry also if it is undefined.

    `origin` is the file that defines the user, None if there is none.
    """

    context: str
    namespace: str
    cluster_name: str
    cluster: JSON
    user_name: str
    user: JSON
    origin: Path | None = None


def load(
    explicit: str | None,
    environ: Mapping[str, str],
    home: Path,
    found: Callable[[Path], None] = lambda path: None,
    timeout: float | None = TIMEOUT,
) -> Kubeconfig:
    """Read and merge the files that --kubeconfig, KUBECONFIG or the default name; only --kubeconfig's must exist.

    `found` is called with each file that was read. `timeout` is for each, in seconds, None for none.
    """
    if explicit:
        try:
            os.stat(explicit)
        except OSError as error:
            raise errors.usage(f"stat {explicit}: {errors.reason_of(error)}") from None
        paths = [Path(explicit)]
    else:
        listed = environ.get("KUBECONFIG")
        paths = [Path(part) for part in listed.split(os.pathsep) if part] if listed else [home / ".kube" / "config"]
    contents = [(path, content) for path in dict.fromkeys(paths) if (content := _read(path, timeout)) is not None]
    for path, _ in contents:
        found(path)
    return merge(contents)


def merge(files: Iterable[tuple[Path, JSON]]) -> Kubeconfig:
    """Merge parsed files: the first current-context and the first definition of each name win."""
    current_context = ""
    contexts: dict[str, JSON] = {}
    clusters: dict[str, JSON] = {}
    users: dict[str, JSON] = {}
    origins: dict[str, Path] = {}
    for path, content in files:
        base = Path(os.path.abspath(path)).parent
        try:
            fields.check(content)
            current_context = current_context or string(content, "current-context")
            here_contexts = _named(content, "contexts", "context")
            here_clusters = _named(content, "clusters", "cluster")
            here_users = _named(content, "users", "user")
            here_clusters = {name: _absolute(entry, _CLUSTER_PATHS, base) for name, entry in here_clusters.items()}
            here_users = {name: _absolute_user(entry, base) for name, entry in here_users.items()}
        except ValueError as error:
            raise _unloadable(path, str(error)) from None
        contexts = here_contexts | contexts
        clusters = here_clusters | clusters
        users = here_users | users
        origins = dict.fromkeys(here_users, path) | origins
    return Kubeconfig(current_context, contexts, clusters, users, origins)


def select(kubeconfig: Kubeconfig, context: str | None, overrides: Overrides = NOTHING) -> Selected:
    """The context to use, with the flags laid over it; an unknown one is an error, none at all an empty selection.

    A cluster or user that a flag names must exist; one that the context names need not, as with kubectl.
    """
    name = context or kubeconfig.current_context
    if name and name not in kubeconfig.contexts:
        raise errors.configuration(f"context was not found for specified context: {name}")
    entry = kubeconfig.contexts.get(name, {})
    namespace, cluster, user = (string(entry, key) for key in ("namespace", "cluster", "user"))
    if overrides.cluster and overrides.cluster not in kubeconfig.clusters:
        raise errors.usage(f'no server found for cluster "{overrides.cluster}"')
    if overrides.user and overrides.user not in kubeconfig.users:
        raise errors.usage(f'auth info "{overrides.user}" does not exist')
    cluster, user = overrides.cluster or cluster, overrides.user or user
    return Selected(
        context=name,
        namespace=namespace,
        cluster_name=cluster,
        cluster=overrides.over_cluster(kubeconfig.clusters.get(cluster, {})),
        user_name=user,
        user=overrides.over_user(kubeconfig.users.get(user, {})),
        origin=kubeconfig.origins.get(user),
    )


def string(entry: JSON, key: str) -> str:
    """A text field, empty if absent. Its type was checked when the file was read (fields.py)."""
    return str(entry.get(key) or "")


def _read(path: Path, timeout: float | None) -> JSON | None:
    # Imported here: manifests and --help need no kubeconfig.
    from kubectl_refs.documents.reading import read_first

    try:
        content = read_first(read_file(path, timeout).decode("utf-8-sig"))
    except UnreadableFileError as error:
        if error.missing:
            return None
        raise _unloadable(path, str(error)) from None
    except UnicodeDecodeError:
        raise _unloadable(path, "yaml: the file is not text") from None
    except DocumentError as error:
        raise _unloadable(path, error.problem) from None
    if content is None:
        return None
    if not isinstance(content, dict):
        raise _unloadable(path, "a kubeconfig must be a mapping")
    return content


def _named(content: JSON, section: str, key: str) -> dict[str, JSON]:
    named: dict[str, JSON] = {}
    for entry in filter(None, content.get(section) or ()):
        name = string(entry, "name")
        if name in named:
            raise ValueError(f'duplicate name "{name}" in {section}')
        named[name] = entry.get(key) or {}
    return named


def _absolute(entry: JSON, keys: Iterable[str], base: Path) -> dict[str, Any]:
    paths = {key: str(base / value) for key in keys if (value := string(entry, key))}
    return {**entry, **paths}


def _absolute_user(user: JSON, base: Path) -> JSON:
    absolute = _absolute(user, _USER_PATHS, base)
    plugin = user.get("exec")
    # A command without a folder is looked up in PATH, as a shell would.
    if isinstance(plugin, dict) and os.sep in string(plugin, "command"):
        absolute["exec"] = _absolute(plugin, ("command",), base)
    return absolute


def _unloadable(path: Path, problem: str) -> errors.RefsError:
    return errors.usage(f'error loading config file "{path}": {problem}')
