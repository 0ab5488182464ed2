"""Changes to objects other than grants, collected from all references and joined into one patch per object."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kubectl_refs.core.fields.extraction import references_of
from kubectl_refs.core.fields.table import Table
from kubectl_refs.core.fixes.change import Change, cleaned
from kubectl_refs.core.fixes.json_patch import applied, pointer_of
from kubectl_refs.core.grants.grant import Grant, permitting
from kubectl_refs.core.model.fixes import Confidence, Fix, alternatives
from kubectl_refs.core.model.kinds import REFERENCE_GRANT
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.reference_fields import Role
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.serving import Serving
from kubectl_refs.core.records import dataclass, replace


@dataclass(frozen=True, slots=True)
class Edit:
    """One patch of an object other than a grant: the fixes in it, and the references that they are for.

    Guesses are never joined with surer fixes of the same object.
    """

    fixes: tuple[Fix, ...]
    patch: tuple[JSON, ...]
    evaluated: tuple[EvaluatedReference, ...]
    serving: tuple[Serving, ...] = ()
    """The rows saying that nothing serves an object, or perhaps nothing does, until the edit is made."""

    @property
    def object(self) -> ObjectKey:
        return self.fixes[0].object

    @property
    def is_guess(self) -> bool:
        return self.fixes[0].confidence is Confidence.GUESS

    @property
    def as_fix(self) -> Fix:
        """The whole edit as one fix."""
        first = self.fixes[0]
        if len(self.fixes) == 1:
            return first
        title = "; ".join(fix.title for fix in self.fixes)
        remains = "; ".join(dict.fromkeys(fix.remains for fix in self.fixes if fix.remains))
        return Fix(
            "patch", first.object, title, first.confidence, patch=self.patch, widens=self.widens, remains=remains
        )

    @property
    def widens(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(phrase for fix in self.fixes for phrase in fix.widens))

    def change_of(self, obj: JSON, plural: str) -> Change:
        """The change that the edit makes to an object as it is now."""
        before = cleaned(obj)
        return Change(
            self.object,
            applied(before, self.patch),
            self.as_fix.title,
            self.evaluated,
            before,
            self.patch,
            self.widens,
            plural=plural,
            guess=self.is_guess,
        )


def non_grant_fixes(evaluated: EvaluatedReference) -> tuple[Fix, ...]:
    """The fixes of a reference that change objects other than grants."""
    return tuple(fix for fix in evaluated.fixes if fix.object.group_kind != REFERENCE_GRANT)


def own_fix(evaluated: EvaluatedReference) -> Fix | None:
    """The recommended change of an object other than a grant for a reference, alone or beside a grant; None if there is
    none, or only the object's owner knows what to write."""
    first = next(iter(non_grant_fixes(evaluated)), None)
    if first is None or not (first.patch or first.labels):
        return None
    return first if first is evaluated.fixes[0] or first.follows else None


def begins_with_own_fix(evaluated: EvaluatedReference) -> bool:
    """Whether the recommended change of a reference is one of an object other than a grant."""
    return bool(evaluated.fixes) and own_fix(evaluated) is evaluated.fixes[0]


def own_fix_suffices(evaluated: EvaluatedReference) -> bool:
    """Whether a reference is allowed once its own fix and any grant before it are made: nothing else is wrong, and no
    other change follows."""
    fix = own_fix(evaluated)
    if fix is None or fix.remains:
        return False
    return any(steps[-1] is fix for steps in alternatives(evaluated.fixes))


def without_unneeded_grant_fixes(
    evaluated: EvaluatedReference, objects: Mapping[ObjectKey, JSON], grants: Sequence[Grant], table: Table
) -> EvaluatedReference:
    """A reference without the changes to grants that follow a change of its own object, if one of `grants` then permits
    it. `objects` are the referrers."""
    referrer = evaluated.reference.referrer
    if not any(fix.follows and fix.object.group_kind == REFERENCE_GRANT for fix in evaluated.fixes):
        return evaluated
    kept: list[Fix] = []
    for steps in alternatives(evaluated.fixes):
        first, *others = steps
        if first.patch and first.object == referrer:
            found, _ = references_of(applied(objects[referrer], first.patch), table)
            after = next(each.reference for each in found if each.reference.path == evaluated.reference.path)
            if permitting(after, grants):
                others = [fix for fix in others if fix.object.group_kind != REFERENCE_GRANT]
        kept += (first, *others)
    return evaluated if len(kept) == len(evaluated.fixes) else evaluated.with_fixes(kept)


def edits_for(
    references: Iterable[EvaluatedReference], objects: Mapping[ObjectKey, JSON], table: Table
) -> tuple[Edit, ...]:
    """The edits that references need. Of two that exclude each other only the first: the other must be asked for again
    once the first is made. `objects` are the referrers."""
    found: dict[tuple[ObjectKey, bool], Edit] = {}
    for each in references:
        fix = own_fix(each)
        if fix is None:
            continue
        key = (fix.object, fix.confidence is Confidence.GUESS)
        edit = _with_fix(found.get(key), fix, each)
        if edit is not None and not _excluded(edit, objects.get(fix.object), table):
            found[key] = edit
    return tuple(found.values())


def edits_for_serving(rows: Iterable[Serving]) -> tuple[Edit, ...]:
    """The edits to Gateways that get the objects of these rows served."""
    found: dict[ObjectKey, Edit] = {}
    for row in rows:
        if row.fix is not None:
            edit = found.get(row.fix.object, Edit((row.fix,), row.fix.patch, ()))
            found[row.fix.object] = replace(edit, serving=(*edit.serving, row))
    return tuple(found.values())


def _with_fix(edit: Edit | None, fix: Fix, evaluated: EvaluatedReference) -> Edit | None:
    operations = fix.patch or _label_patch(fix.labels)
    if edit is None:
        return Edit((fix,), tuple(operations), (evaluated,))
    patch = joined_patches(edit.patch, operations)
    if patch is None:
        return None
    fixes = edit.fixes if fix in edit.fixes else (*edit.fixes, fix)
    return Edit(fixes, patch, (*edit.evaluated, evaluated))


def _label_patch(labels: Mapping[str, str]) -> list[JSON]:
    """The patch that adds missing labels. `metadata.labels` exists already: only Namespaces are labelled, and each has
    its name label."""
    places = {pointer_of("metadata", "labels", name): value for name, value in labels.items()}
    return [
        *({"op": "test", "path": place, "value": None} for place in places),
        *({"op": "add", "path": place, "value": value} for place, value in places.items()),
    ]


def joined_patches(one: Sequence[JSON], other: Sequence[JSON]) -> tuple[JSON, ...] | None:
    """Two patches of the same state as one, all tests first; None if both write the same field and their values cannot
    be united."""
    tests = [each for each in one if each["op"] == "test"]
    tests += [each for each in other if each["op"] == "test" and each not in tests]
    changes = [each for each in one if each["op"] != "test"]
    for each in other:
        if each["op"] == "test" or each in changes:
            continue
        rival = next((mine for mine in changes if _overlap(mine["path"], each["path"])), None)
        if rival is None:
            changes.append(each)
            continue
        if (rival["path"], rival["op"]) != (each["path"], each["op"]):
            return None
        # Imported here: few patches write the same field.
        from kubectl_refs.core.fixes.admission_patches import united_namespace_rules

        value = united_namespace_rules(rival.get("value"), each.get("value"))
        if value is None:
            return None
        changes[changes.index(rival)] = {**rival, "value": value}
    return (*tests, *changes)


def _overlap(one: str, other: str) -> bool:
    return f"{one}/".startswith(f"{other}/") or f"{other}/".startswith(f"{one}/")


def _excluded(edit: Edit, obj: JSON | None, table: Table) -> bool:
    """Whether the edit would give the object two parentRefs that some API servers do not take together."""
    if obj is None:
        return False
    # Imported here: few commands join changes.
    from kubectl_refs.core.fixes.parent_refs import exclusions

    before, after = (
        exclusions(found for found in references_of(each, table)[0] if found.field.role is Role.PARENT)
        for each in (obj, applied(obj, edit.patch))
    )
    return bool(after - before)
