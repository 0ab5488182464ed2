"""Where a command looks: a cluster chosen by kubectl's flags, or manifests."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from kubectl_refs.app.input.selection import check_segment
from kubectl_refs.app.input.user_kinds import table_with
from kubectl_refs.core.records import dataclass
from kubectl_refs.kube.config.overrides import NOTHING, Overrides
from kubectl_refs.process.errors import RefsError, usage
from kubectl_refs.process.streams import say, show

if TYPE_CHECKING:
    from kubectl_refs.core.fields.table import Table
    from kubectl_refs.core.model.objects import ObjectKey
    from kubectl_refs.core.view.reads import Source
    from kubectl_refs.kube.cluster import Cluster
    from kubectl_refs.manifests.scanning import Skipped
    from kubectl_refs.manifests.source import Manifests


@dataclass(frozen=True, slots=True)
class Inputs:
    """A cluster chosen by kubectl's flags, or manifests (`files`, `-` for standard input, or the folder `kustomize`).

    The manifests are a part of a cluster, all of it if `whole`, or laid over the cluster if `live`. `kinds` are files
    with the user's own rows for the table of reference fields. `program` is the name this program is called by.
    `open_source` is a source to read if one is open already, with the namespace settled. `opened` collects the
    clusters, so that their warnings can be told at the end, and `unread` the errors about files in folders that could
    not be read.
    """

    namespace: str | None = None
    context: str | None = None
    kubeconfig: str | None = None
    files: Sequence[str] = ()
    recursive: bool = False
    kustomize: str | None = None
    whole: bool = False
    live: bool = False
    overrides: Overrides = NOTHING
    kinds: Sequence[str] = ()
    program: str = "kubectl refs"
    open_source: Source | None = field(default=None, compare=False, repr=False)
    opened: list[Cluster] = field(default_factory=list, compare=False, repr=False)
    unread: list[RefsError] = field(default_factory=list, compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.kustomize is not None and (self.files or self.recursive):
            # cli-runtime resource/builder.go
            raise usage("only one of '-f' or '-k' can be specified")
        if self.kustomize == "":
            raise usage("must specify a kustomization directory with -k")

    @property
    def has_manifests(self) -> bool:
        """Whether there are manifests to read, instead of a cluster or laid over it."""
        return bool(self.files) or self.kustomize is not None

    @property
    def words(self) -> tuple[str, ...]:
        """The words that name the same manifests again; empty for a cluster, and for standard input, which is gone."""
        if "-" in self.files:
            return ()
        return (
            *(word for file in self.files for word in ("-f", file)),
            *(("-R",) if self.recursive else ()),
            *(("-k", self.kustomize) if self.kustomize is not None else ()),
            *(("--whole",) if self.whole else ()),
            *(("--live", *self.flags) if self.live else ()),
            *(word for file in self.kinds for word in ("--kinds", file)),
        )

    @property
    def flags(self) -> tuple[str, ...]:
        """The flags that make a printed kubectl command use the same cluster and user; never a secret."""
        given = (("--context", self.context), ("--kubeconfig", self.kubeconfig))
        return (*(word for flag, value in given if value for word in (flag, value)), *self.overrides.words)

    def table(self) -> Table:
        """The table of reference fields with the user's own rows."""
        return table_with(self.kinds, os.environ, self.overrides.limit)

    def cluster(self, progress: Callable[[str, int], None] | None = None) -> Cluster:
        """The cluster, to which no request is made yet. `progress` is told of later lists."""
        # Imported here: neither manifests nor --help need a cluster.
        from kubectl_refs.kube.cluster import Cluster
        from kubectl_refs.kube.connecting import connect

        cluster = Cluster(connect(self.kubeconfig, self.context, self.overrides), progress, self.table())
        self.opened.append(cluster)
        return cluster

    def manifests(self, cluster: Cluster | None = None) -> Manifests:
        """The manifests, as a part of a cluster or all of it; files skipped are reported on standard error. Manifests
        to be laid over a `cluster` are read with the kinds that it serves."""
        from kubectl_refs.manifests.source import load

        manifests = load(
            self.files,
            recursive=self.recursive,
            kustomize=self.kustomize,
            default_namespace=self.namespace or (cluster.namespace if cluster else "default"),
            stdin=sys.stdin.buffer if sys.stdin else None,
            table=self.table(),
            timeout=self.overrides.limit,
            whole=self.whole,
            kinds=cluster.catalog if cluster else (),
        )
        self._report_skipped(manifests.skipped)
        if not manifests.objects:
            for what, each in {each.what: each for each in reversed(manifests.skipped) if each.advice}.items():
                _note(f"{each.file} is {what}; {each.advice}")
        self._report_replaced(manifests)
        _note_old_versions(manifests.of_old_versions)
        self.unread.extend(manifests.unread)
        return manifests

    def _report_skipped(self, skipped: Sequence[Skipped]) -> None:
        """Report the files in scanned folders that hold no objects: each with -v, otherwise only their number."""
        if self.overrides.verbosity > 0:
            for each in skipped:
                say(f"skipped {each.file}: {each.what}")
        elif skipped:
            # Imported here: a cluster has no files.
            from kubectl_refs.core.text.language import counted

            count = counted(len(skipped), "file")
            _note(f"{count} without Kubernetes objects skipped; -v=1 lists {'it' if len(skipped) == 1 else 'them'}")

    def _report_replaced(self, manifests: Manifests) -> None:
        """Report objects given more than once with different contents: each with -v, otherwise only their number."""
        if self.overrides.verbosity > 0:
            for key, origin in manifests.replaced:
                last = manifests.origin(key)
                say(f"{key} of {origin.location()} is ignored: {last.location() if last else 'another'} has it too")
        elif manifests.replaced:
            # Imported here: a cluster has no files.
            from kubectl_refs.core.text.language import counted

            count = len({key for key, _ in manifests.replaced})
            given, them = ("is given", "it") if count == 1 else ("are given", "them")
            said = f"{given} more than once, with different contents: the last one counts; -v=1 lists {them}"
            _note(f"{counted(count, 'object')} {said}")

    def open(self, progress: Callable[[str, int], None] | None = None) -> tuple[Source, str | None]:
        """Where to read, and the namespace meant; None for manifests if none is named, which means all namespaces."""
        if self.namespace:
            check_segment("namespace", self.namespace)
        if self.open_source is not None:
            return self.open_source, self.namespace
        if self.has_manifests and not self.live:
            return self.manifests(), self.namespace or None
        cluster = self.cluster(progress)
        if self.live:
            from kubectl_refs.app.input.overlay import Overlay

            return Overlay(cluster, self.manifests(cluster)), self.namespace or cluster.namespace
        return cluster, self.namespace or cluster.namespace

    def namespace_to_search(self, source: Source, named: str | None) -> str | None:
        """The namespace to look through if objects are not named, None for all. Manifests laid over a cluster are
        looked through in all namespaces, unless they are all in the kubeconfig's: what a grant permits is elsewhere."""
        if not self.live or self.namespace:
            return named
        # Imported here: a cluster has no manifests.
        from kubectl_refs.app.input.overlay import Overlay
        from kubectl_refs.core.model.kinds import home_of
        from kubectl_refs.core.model.values import key_of

        objects = source.objects if isinstance(source, Overlay) else ()
        places = {home_of(key_of(obj)) for obj in objects}
        return named if places <= {named, ""} else None


def _note_old_versions(grants: Sequence[ObjectKey]) -> None:
    """Report ReferenceGrants of whole clusters that count although a server of today would not take their version."""
    if grants:
        # Imported here: few manifests have one.
        from kubectl_refs.core.text.language import listing

        one = len(grants) == 1
        said = f"{'is' if one else 'are'} of version v1alpha2, which no release since Gateway API 1.2 serves"
        _note(f"{listing([str(each) for each in grants])} {said}; --whole counts {'it' if one else 'them'} anyway")


def _note(text: str) -> None:
    """Print a sentence about the manifests on standard error, wrapped to the terminal."""
    # Imported here: a cluster has no manifests.
    from kubectl_refs.render.text.page import Page
    from kubectl_refs.render.text.style import style_for

    page = Page(style_for(sys.stderr, os.environ, time.time()))
    page.prose("", text, indent=0, column=0)
    show(str(page))
