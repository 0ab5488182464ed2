"""A user's own rows of the table of reference fields, from files named with --kinds and from the user's folder.

A file holds a list of rows, such as

    - referrer: {group: example.org, kind: Widget}
      path: spec.backends[*].ref
      governedBy: ReferenceGrant
      default: {group: "", kind: Service}
      role: backend
      implementation: Acme Gateway

All other fields are optional: `default`, `role`, `implementation`; `groupField`, `kindField` and `portField`, if an
entry has its group, kind and port elsewhere (`type`, `port.number`); `strictMode`, the only mode in which the
implementation asks for a grant; `selects: true`, if an entry selects objects by labels and namespaces; and `note`,
`since` and `readIn`, for show. A row may also say who makes Secrets, ConfigMaps or other targets, such as

    - producer: {group: example.org, kind: Vault}
      produces: {group: "", kind: Secret}
      name: [spec.secret, metadata.name]

docs/kinds.md describes both. A mistake is reported in one line that names the file and the entry.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kubectl_refs.core.fields.table import ANY_STEPS
from kubectl_refs.core.model.names import is_subdomain
from kubectl_refs.process.errors import RefsError, reason_of, usage
from kubectl_refs.process.files import UnreadableFileError, read_file
from kubectl_refs.process.time_limit import TIMEOUT

if TYPE_CHECKING:
    from kubectl_refs.core.fields.table import Table
    from kubectl_refs.core.model.makers import Maker
    from kubectl_refs.core.model.objects import GroupKind
    from kubectl_refs.core.model.reference_fields import ReferenceField

FOLDER = Path("kubectl-refs", "kinds")
"""The folder of a user's own files, below $XDG_CONFIG_HOME or ~/.config."""

_TEXTS = {
    "groupField": "group_field",
    "kindField": "kind_field",
    "portField": "port_field",
    "strictMode": "strict_mode",
    "note": "note",
    "since": "since",
    "readIn": "read_in",
}
"""The optional columns of a row that hold text, and their names in ReferenceField."""
_KEYS = {"referrer", "path", "governedBy", "default", "role", "implementation", "selects", *_TEXTS}
_MAKER_KEYS = {"producer", "produces", "name", "namespace", "when", "implementation"}
"""`producer` is the kind of the maker, and `produces` what it makes."""
_EVERYWHERE = "*"
"""The `namespace` of a target made in namespaces that are not known."""
_STEP = r"[A-Za-z_][-A-Za-z0-9_]*(\[\*\])?|\*\*"
_KIND = r"[A-Za-z]([-A-Za-z0-9]*[A-Za-z0-9])?"


def table_with(files: Sequence[str], environ: Mapping[str, str], timeout: float | None = TIMEOUT) -> Table:
    """The table with the user's rows before the built-in ones, so that theirs count if two rows are for one place.

    `files` come before those of the user's folder. `timeout` is for each file, in seconds, None for none. RefsError for
    a file that cannot be read or an invalid row.
    """
    from kubectl_refs.core.fields.gateway_api import TABLE

    found = [*map(Path, files), *_own_files(environ)]
    if not found:
        return TABLE
    from kubectl_refs.core.fields.table import Table

    entries = [entry for file in found for entry in _entries(file, timeout)]
    return Table(
        (*(entry.row() for entry in entries if not entry.is_maker), *TABLE),
        (*(entry.maker() for entry in entries if entry.is_maker), *TABLE.makers),
    )


def _own_files(environ: Mapping[str, str]) -> list[Path]:
    given, home = environ.get("XDG_CONFIG_HOME", ""), environ.get("HOME", "")
    # A relative path there is invalid and must be ignored (XDG Base Directory Specification).
    base = Path(given) if os.path.isabs(given) else Path(home, ".config") if home else None
    if base is None:
        return []
    try:
        names = sorted(os.listdir(base / FOLDER))
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise usage(f'error reading "{base / FOLDER}": {reason_of(error)}') from None
    return [base / FOLDER / name for name in names if name.endswith((".yaml", ".yml"))]


def _entries(file: Path, timeout: float | None) -> list[_Entry]:
    from kubectl_refs.documents.decoding import decoded
    from kubectl_refs.documents.errors import DocumentError
    from kubectl_refs.documents.reading import read_documents

    try:
        documents = read_documents(decoded(read_file(file, timeout)))
    except UnreadableFileError as error:
        raise usage(str(error)) from None
    except DocumentError as error:
        raise usage(f"error parsing {file}: {error}") from None
    entries: list[Any] = []
    for document in documents:
        if document.value is None:
            continue
        if not isinstance(document.value, list):
            raise usage(f"{file}: it must be a list of rows, each with referrer, path and governedBy")
        entries += document.value
    return [_Entry(f"{file}: [{index}]", value) for index, value in enumerate(entries)]


class _Entry:
    """An entry being validated. `where` names its file and its index, counted from 0."""

    def __init__(self, where: str, value: Any) -> None:
        self._where = where
        if not isinstance(value, dict):
            raise self._wrong("", "it must be a mapping")
        self._value = value
        self.is_maker = "producer" in value
        keys = _MAKER_KEYS if self.is_maker else _KEYS
        unknown = sorted(set(value) - keys, key=str)
        if unknown:
            raise self._wrong(f".{unknown[0]}", f"unknown field; the fields are {', '.join(sorted(keys))}")

    def row(self) -> ReferenceField:
        # Imported here, like everything from the core: not needed without files.
        from kubectl_refs.core.model.reference_fields import Mechanism, ReferenceField, Role, Shown

        governing = [Mechanism.REFERENCE_GRANT, Mechanism.LOCAL, Mechanism.UNGOVERNED]
        # A row cannot say how a parent takes what attaches to it.
        roles = [role for role in Role if role is not Role.PARENT]
        selects = self._value.get("selects", False)
        if not isinstance(selects, bool):
            raise self._wrong(".selects", "must be true or false")
        columns: dict[str, Any] = {
            column: self._text(name) for name, column in _TEXTS.items() if self._value.get(name) is not None
        }
        return ReferenceField(
            (self._group_kind("referrer"),),
            self._path(),
            Mechanism(self._one_of("governedBy", governing)),
            Role(self._one_of("role", roles, default=Role.OTHER)),
            self._group_kind("default") if self._value.get("default") is not None else None,
            Shown.NOWHERE,
            self._text("implementation", default="user-defined"),
            selects=selects,
            **columns,
        )

    def maker(self) -> Maker:
        """The row of a kind that makes targets."""
        from kubectl_refs.core.model.makers import Maker

        names = self._value.get("name")
        namespace = self._text("namespace", default="")
        return Maker(
            self._group_kind("producer"),
            self._group_kind("produces"),
            tuple(map(self._plain_path, names if isinstance(names, list) and names else [self._text("name")])),
            self._text("implementation", default="user-defined"),
            namespace="" if namespace == _EVERYWHERE else namespace and self._plain_path(namespace, "namespace"),
            everywhere=namespace == _EVERYWHERE,
            when=self._plain_path(self._text("when"), "when") if "when" in self._value else "",
        )

    def _plain_path(self, path: object, name: str = "name") -> str:
        steps = path.split(".") if isinstance(path, str) else [""]
        if ANY_STEPS in steps or not all(re.fullmatch(_STEP, step) for step in steps):
            problem = "field names with dots between them, and [*] behind the name of a list"
            raise self._wrong(f".{name}", f'"{path}" is not a path: {problem}')
        return str(path)

    def _wrong(self, place: str, problem: str) -> RefsError:
        return usage(f"{self._where}{place}: {problem}")

    def _text(self, name: str, *, default: str | None = None) -> str:
        value = self._value.get(name)
        if value is None and default is not None:
            return default
        if value is None:
            raise self._wrong("", f"it has no {name}")
        if not isinstance(value, str) or not value:
            raise self._wrong(f".{name}", "must be a string")
        return value

    def _one_of(self, name: str, known: Sequence[str], *, default: str | None = None) -> str:
        value = self._text(name, default=default)
        if value not in known:
            raise self._wrong(f".{name}", f'"{value}" is not one of {", ".join(known)}')
        return value

    def _path(self) -> str:
        path = self._text("path")
        steps = path.split(".")
        if steps[-1] == ANY_STEPS or not all(re.fullmatch(_STEP, step) for step in steps):
            raise self._wrong(
                ".path",
                f'"{path}" is not a path: field names with dots between them, [*] behind the name of a list, and ** for '
                "any number of steps, but not as the last",
            )
        return path

    def _group_kind(self, name: str) -> GroupKind:
        from kubectl_refs.core.model.objects import GroupKind

        value = self._value.get(name)
        if value is None:
            raise self._wrong("", f"it has no {name}")
        if not isinstance(value, dict) or set(value) != {"group", "kind"}:
            raise self._wrong(f".{name}", 'must have group and kind; the core group is ""')
        group, kind = value["group"], value["kind"]
        if not isinstance(group, str) or (group and not is_subdomain(group)):
            raise self._wrong(f".{name}.group", f'"{group}" is not a valid group')
        if not isinstance(kind, str) or not re.fullmatch(_KIND, kind):
            raise self._wrong(f".{name}.kind", f'"{kind}" is not a valid kind')
        return GroupKind(group, kind)
