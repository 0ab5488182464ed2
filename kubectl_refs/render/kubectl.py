"""kubectl commands to copy: quoted for a POSIX shell, aimed at the cluster that was asked."""

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
"""Objects that one command names."""


@dataclass(frozen=True, slots=True)
class Kubectl:
    """How kubectl and this program are called: the kinds they can name, and the flags (`--context …`) that aim them at
    the cluster asked.

    `program` is this program's own name. `asked` are the words that it was called with, empty where the same question
    cannot be asked again. `source` are the words that name what was looked at (`-f DIR`), where that is no cluster.
    """

    catalog: Catalog
    flags: tuple[str, ...] = ()
    program: str = "kubectl refs"
    asked: tuple[str, ...] = ()
    source: tuple[str, ...] = ()

    def again(self, *words: str) -> str:
        """The same question with more words; empty where it cannot be asked again."""
        return " ".join((self.program, *map(_word, (*self.asked, *words)))) if self.asked else ""

    def wide(self, command: str) -> str:
        """What stands for the same question with `-o wide` where a line has no room for all its words."""
        return f"{self.program} {command} ... -o wide"

    def why(self, key: ObjectKey) -> str:
        """The command of this program that explains an object; empty where it cannot be asked."""
        if not self.asked:
            return ""
        place = ("-n", key.namespace) if key.namespace else ()
        of = f"{_type_of(self.catalog, key.group_kind)}/{key.name}"
        return " ".join((self.program, "why", *map(_word, (of, *place, *(self.source or self.flags)))))

    def fix(self, key: ObjectKey, *words: str, apply: bool = True) -> str:
        """The command of this program that mends what an object references, or (not `apply`) prints what does; empty where
        it cannot be asked again."""
        if not self.asked:
            return ""
        place = ("-n", key.namespace) if key.namespace else ()
        end = (*self.source, *words) if self.source else (*self.flags, *words, *(("--apply",) if apply else ()))
        of = f"{_type_of(self.catalog, key.group_kind)}/{key.name}"
        return " ".join((self.program, "fix", *map(_word, (of, *place, *end))))

    def only_prints(self, fix: Fix) -> bool:
        """Whether the command of this program for a change prints what makes it, and does not make it."""
        return fix.for_owner or bool(self.source)

    def needs(self, fix: Fix, referrer: ObjectKey) -> str:
        """What the caller of a command that changes a cluster outside the namespace of what refers may lack, in words; empty
        for any other. Whether they may is not asked: it is a request more, and the server says it when the command is run."""
        if self.source or not self.catalog.live or fix.object.namespace == referrer.namespace:
            return ""
        place = f"in {fix.object.namespace}" if fix.object.namespace else f"to {several(fix.object.kind)}"
        return f"needs write access {place}"

    def fix_kind(self, objects: Sequence[ObjectKey]) -> str:
        """The command of this program that prints the grants which all objects of a kind in a namespace need, of which these
        are known; empty where it cannot be asked again, or would be too long."""
        if not self.asked:
            return ""
        # Over a cluster, a type alone means objects of the manifests.
        first, over = objects[0], self.catalog.live and self.source
        names = [key.name for key in objects if key._replace(name=first.name) == first] if over else []
        if len(names) > MOST_NAMES:
            return ""
        words = (_type_of(self.catalog, first.group_kind), *names, "-n", first.namespace, *(self.source or self.flags))
        return " ".join((self.program, "fix", *map(_word, words)))

    def grant(self, key: ObjectKey) -> str:
        """The command of this program that describes a ReferenceGrant; empty where it cannot be asked again."""
        if not self.asked:
            return ""
        return " ".join(
            (self.program, "grants", *map(_word, (key.name, "-n", key.namespace, *(self.source or self.flags))))
        )

    def describe(self, key: ObjectKey) -> str:
        """kubectl's command that describes an object; empty where it was read from no cluster."""
        place = ("-n", key.namespace) if key.namespace else ()
        of = f"{_type_of(self.catalog, key.group_kind)}/{key.name}"
        return _line("describe", of, *place, *self.flags) if self.catalog.live else ""

    def create(self, fix: Fix) -> str:
        """The command that creates an object from standard input: unlike apply, it cannot overwrite one."""
        return _line("create", "-f", "-", *(() if fix.for_owner else self.flags))

    def command(self, fix: Fix, *, compact: bool = False) -> str:
        """The command that makes a change; it takes several lines where it holds a manifest or a patch. A `compact`
        manifest takes as few as YAML needs."""
        flags = () if fix.for_owner else self.flags
        if fix.manifest is not None:
            manifest = _compact(fix.manifest) if compact else to_yaml(fix.manifest)
            return f"{self.create(fix)} <<'EOF'\n{manifest}EOF"
        namespace = ("-n", fix.object.namespace) if fix.object.namespace else ()
        # As one word: kubectl would take a name such as --all, which a manifest may hold, for a flag.
        of = f"{_type_of(self.catalog, fix.object.group_kind)}/{fix.object.name}"
        if fix.labels:
            return _line("label", of, *(f"{key}={value}" for key, value in fix.labels.items()), *namespace, *flags)
        if fix.action == "patch":
            operations = ",\n ".join(json.dumps(operation) for operation in fix.patch)
            # The lines of a patch are for the reader; no other word may have any.
            patch = shlex.quote(f"[\n {operations}\n]")
            return " ".join((_line("patch", of, *namespace, "--type=json", "-p"), patch, *map(_word, flags)))
        return _line(fix.action, of, *namespace, *flags)


@lru_cache(maxsize=100)
def _type_of(catalog: Catalog, kind: GroupKind) -> str:
    """The TYPE of a kind, which is looked for among all of them: thousands of commands name the same few."""
    return catalog.word(kind)


def resource_name(key: ObjectKey) -> str:
    """An object as `kubectl get -o name` writes it: TYPE.GROUP/NAME."""
    return f"{str(key.group_kind).lower()}/{key.name}"


def argument_name(key: ObjectKey) -> str:
    """An object as the commands of this program take it wherever they are run: TYPE/NAME.NAMESPACE."""
    return f"{key.kind.lower()}/{key.name}" + (f".{key.namespace}" if key.namespace else "")


def _line(*words: str) -> str:
    return " ".join(("kubectl", *map(_word, words)))


@lru_cache(maxsize=1_000)
def _word(text: str) -> str:
    """A word quoted for the shell, on one line: what cannot be seen in it is spelled out, as bash, zsh and ksh read it.

    No name on a server holds any such character, but one in a manifest may. Thousands of commands have nearly all words in
    common.
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
"""What a compact manifest keeps to, on a terminal and in a file alike."""
