"""kubectl commands to copy, quoted for a POSIX shell and aimed at the cluster that was asked."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from functools import lru_cache

from kubectl_refs.core.model.fixes import Fix
from kubectl_refs.core.model.objects import JSON, GroupKind, ObjectKey
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.text.language import several
from kubectl_refs.core.text.yaml import flow_lines, flow_scalar, to_yaml
from kubectl_refs.core.view.catalog import Catalog

MOST_NAMES = 20
"""The most objects that one command names."""


SAME_IN_WIDE = "the same command with -o wide"
"""In place of a whole command that shows more, for lines without room for it."""


@dataclass(frozen=True, slots=True)
class Kubectl:
    """How to call kubectl and this program: the kinds they can name, and the flags (`--context …`) that aim them at the
    cluster that was asked.

    `program` is this program's own name. `rerun_words` are the arguments that it was called with, empty if the same
    question cannot be asked again. `source` are the arguments that name the manifests (`-f DIR`), empty for a cluster
    alone.
    """

    catalog: Catalog
    flags: tuple[str, ...] = ()
    program: str = "kubectl refs"
    rerun_words: tuple[str, ...] = ()
    source: tuple[str, ...] = ()

    def rerun(self, *words: str) -> str:
        """The same command with more arguments; empty if the question cannot be asked again."""
        return " ".join((self.program, *map(_word, (*self.rerun_words, *words)))) if self.rerun_words else ""

    def why(self, key: ObjectKey) -> str:
        """The command of this program that explains an object; empty if the question cannot be asked again."""
        if not self.rerun_words:
            return ""
        place = ("-n", key.namespace) if key.namespace else ()
        of = f"{_type_of(self.catalog, key.group_kind)}/{key.name}"
        return " ".join((self.program, "why", *map(_word, (of, *place, *(self.source or self.flags)))))

    def fix(self, key: ObjectKey, *words: str, apply: bool = True) -> str:
        """The command of this program that fixes an object's references, or without `apply` prints the fixes; empty if
        the question cannot be asked again."""
        if not self.rerun_words:
            return ""
        place = ("-n", key.namespace) if key.namespace else ()
        end = (*self.source, *words) if self.source else (*self.flags, *words, *(("--apply",) if apply else ()))
        of = f"{_type_of(self.catalog, key.group_kind)}/{key.name}"
        return " ".join((self.program, "fix", *map(_word, (of, *place, *end))))

    def only_prints(self, fix: Fix) -> bool:
        """Whether this program's command for a change only prints it, and does not make it."""
        return fix.for_owner or bool(self.source)

    def needed_access(self, fix: Fix, referrer: ObjectKey) -> str:
        """The write access that a change outside the referrer's namespace needs, in words; empty for any other change.
        Not checked: that takes another request, and the server refuses the command if the caller lacks the access."""
        if self.source or not self.catalog.live or fix.object.namespace == referrer.namespace:
            return ""
        place = f"in {fix.object.namespace}" if fix.object.namespace else f"to {several(fix.object.kind)}"
        return f"needs write access {place}"

    def fix_kind(self, objects: Sequence[ObjectKey]) -> str:
        """The command of this program that prints the grants needed by all objects of a kind in a namespace; `objects`
        are those known. Empty if the question cannot be asked again, or the command would be too long."""
        if not self.rerun_words:
            return ""
        # With manifests over a cluster, a type alone would mean only objects of the manifests.
        first, over = objects[0], self.catalog.live and self.source
        names = [key.name for key in objects if key._replace(name=first.name) == first] if over else []
        if len(names) > MOST_NAMES:
            return ""
        words = (_type_of(self.catalog, first.group_kind), *names, "-n", first.namespace, *(self.source or self.flags))
        return " ".join((self.program, "fix", *map(_word, words)))

    def grant(self, key: ObjectKey) -> str:
        """The command of this program that describes a ReferenceGrant; empty if the question cannot be asked again."""
        if not self.rerun_words:
            return ""
        return " ".join(
            (self.program, "grants", *map(_word, (key.name, "-n", key.namespace, *(self.source or self.flags))))
        )

    def describe(self, key: ObjectKey) -> str:
        """The kubectl command that describes an object; empty if no cluster was read."""
        place = ("-n", key.namespace) if key.namespace else ()
        of = f"{_type_of(self.catalog, key.group_kind)}/{key.name}"
        return _line("describe", of, *place, *self.flags) if self.catalog.live else ""

    def create(self, fix: Fix) -> str:
        """The command that creates an object from standard input; unlike apply, it cannot overwrite an existing one."""
        return _line("create", "-f", "-", *(() if fix.for_owner else self.flags))

    def command(self, fix: Fix, *, compact: bool = False) -> str:
        """The command that makes a change, on several lines if it contains a manifest or a patch. With `compact`, a
        manifest takes as few lines as possible."""
        flags = () if fix.for_owner else self.flags
        if fix.manifest is not None:
            manifest = _compact(fix.manifest) if compact else to_yaml(fix.manifest)
            return f"{self.create(fix)} <<'EOF'\n{manifest}EOF"
        namespace = ("-n", fix.object.namespace) if fix.object.namespace else ()
        # TYPE/NAME as one word: kubectl would take a name such as --all, which a manifest may hold, for a flag.
        of = f"{_type_of(self.catalog, fix.object.group_kind)}/{fix.object.name}"
        if fix.labels:
            return _line("label", of, *(f"{key}={value}" for key, value in fix.labels.items()), *namespace, *flags)
        if fix.action == "patch":
            operations = ",\n ".join(json.dumps(operation) for operation in fix.patch)
            # A patch has line breaks for readability; no other word may contain any.
            patch = shlex.quote(f"[\n {operations}\n]")
            return " ".join((_line("patch", of, *namespace, "--type=json", "-p"), patch, *map(_word, flags)))
        return _line(fix.action, of, *namespace, *flags)


@lru_cache(maxsize=100)
def _type_of(catalog: Catalog, kind: GroupKind) -> str:
    """The TYPE of a kind. Cached: it is searched for among all kinds, and thousands of commands name the same few."""
    return catalog.word(kind)


def resource_name(key: ObjectKey) -> str:
    """An object as `kubectl get -o name` writes it: TYPE.GROUP/NAME."""
    return f"{str(key.group_kind).lower()}/{key.name}"


def argument_name(key: ObjectKey) -> str:
    """An object as this program's commands take it, whatever the current namespace: TYPE/NAME.NAMESPACE."""
    return f"{key.kind.lower()}/{key.name}" + (f".{key.namespace}" if key.namespace else "")


def _line(*words: str) -> str:
    return " ".join(("kubectl", *map(_word, words)))


@lru_cache(maxsize=1_000)
def _word(text: str) -> str:
    """A word quoted for the shell, on one line: unprintable characters are escaped, as bash, zsh and ksh read them.

    No name on a server contains such characters, but one in a manifest may. Cached, because thousands of commands share
    nearly all words.
    """
    if text.isprintable():
        return shlex.quote(text)
    escaped = "".join(char if char.isprintable() else _escape(char) for char in re.sub(r"[\\']", r"\\\g<0>", text))
    return f"$'{escaped}'"


def _escape(char: str) -> str:
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x80 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _compact(manifest: JSON) -> str:
    lines = []
    for name, value in manifest.items():
        lead = f"{flow_scalar(name)}:"
        if isinstance(value, Mapping) and any(isinstance(item, (list, tuple)) for item in value.values()):
            lines.append(lead)
            for key, item in value.items():
                lines += flow_lines(f"  {flow_scalar(key)}:", item, _COLUMNS)
        else:
            lines += flow_lines(lead, value, _COLUMNS)
    return "".join(f"{line}\n" for line in lines)


_COLUMNS = 80
"""The width of a compact manifest, on a terminal and in a file alike."""
