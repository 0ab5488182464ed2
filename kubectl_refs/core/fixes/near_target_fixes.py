"""Changes for a reference whose target is at fault: it names an object that exists, or leaves out its port."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from kubectl_refs.core.fixes.grant_remedies import GrantRemedy, by_target_namespace, grant_fixes
from kubectl_refs.core.fixes.json_patch import applied
from kubectl_refs.core.fixes.new_grants import new_grants
from kubectl_refs.core.fixes.parent_refs import is_already_named
from kubectl_refs.core.fixes.reference_fixes import fitting_targets, meaning_fix, only_near_target
from kubectl_refs.core.fixes.referrer_patches import leave_out_port
from kubectl_refs.core.fixes.trial import tried_on_referrer, verdict_after, with_remains
from kubectl_refs.core.grants.near_miss_search import known_grants
from kubectl_refs.core.grants.needed_pairs import ReferenceIndex, needed_pair
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.fixes import Fix
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.near_targets import NearTarget
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.reference_fields import Role
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.records import replace
from kubectl_refs.core.targets.near_targets import with_near_target
from kubectl_refs.core.targets.ports import superfluous_port_check
from kubectl_refs.core.view.view import View


def for_near_targets(
    view: View,
    evaluated: EvaluatedReference,
    obj: JSON,
    references: Sequence[EvaluatedReference],
    by_grants: Collection[GrantRemedy],
) -> tuple[Fix, ...]:
    """The fixes that make the reference name an object that exists, each with the grant that it then needs, if any.
    `references` are all of the object's, and `by_grants` is what grants can do for them."""
    fixes: list[Fix] = []
    for near in fitting_targets(evaluated):
        if evaluated.field.role is Role.POLICY_TARGET and is_already_named(
            view, with_near_target(evaluated.found, near), obj
        ):
            continue
        fixes += _for_near_target(view, evaluated, near, obj, references, by_grants)
    return tuple(fixes) or _first_step(view, evaluated, obj)


def _for_near_target(
    view: View,
    evaluated: EvaluatedReference,
    near: NearTarget,
    obj: JSON,
    references: Sequence[EvaluatedReference],
    by_grants: Collection[GrantRemedy],
) -> Sequence[Fix]:
    """The same for one such object; nothing if the reference would still fail for another reason."""
    edit = tried_on_referrer(view, evaluated.found, obj, meaning_fix(evaluated, near))
    if edit is None:
        return ()
    meant = verdict_after(view, evaluated.found, applied(obj, edit.patch)) if near.needs_grant else None
    if meant is None or meant.verdict is not Verdict.REFUSED:
        return (edit,)
    grant = _grant_after_correction(view, meant, references, by_grants)
    return (edit, replace(grant, confidence=edit.confidence, follows=True))


def _grant_after_correction(
    view: View, meant: EvaluatedReference, references: Sequence[EvaluatedReference], by_grants: Collection[GrantRemedy]
) -> Fix:
    """The recommended change to a grant for a reference as its own fix will leave it."""
    # Another reference of the object may need a grant for the same target: one change serves both.
    same = next((each.fixes[0] for each in by_grants if each.target == meant.reference.to), None)
    if same is not None:
        return same
    namespace = meant.reference.to.namespace
    names = known_grants(view, namespace).own_names.union(each.create.object.name for each in by_grants)
    (create,) = new_grants([meant.reference], names, view.catalog)
    others = by_target_namespace(references).get(namespace, ())
    wanted = {needed_pair(each.reference) for each in (meant, *others) if each.verdict is Verdict.REFUSED}
    permitted = ReferenceIndex(each.reference for each in others if each.grants)
    return grant_fixes(view, meant, wanted, permitted, create)[0]


def _first_step(view: View, evaluated: EvaluatedReference, obj: JSON) -> tuple[Fix, ...]:
    """The correction of a slip after which something else is still wrong, with what that is."""
    near = only_near_target(evaluated)
    if near is None or not near.surely_meant:
        return ()
    fix = meaning_fix(evaluated, near)
    return (with_remains(fix, verdict_after(view, evaluated.found, applied(obj, fix.patch))),)


def fixes_of_other_faults(
    view: View,
    evaluated: EvaluatedReference,
    obj: JSON,
    references: Sequence[EvaluatedReference],
    by_grants: Collection[GrantRemedy],
) -> list[Fix]:
    """The fixes of a reference's other faults, which a grant for its present target does not repair: first those that
    follow such a grant, then those that make the reference name another target."""
    besides, instead = [*without_port(evaluated)], list[Fix]()
    for near in fitting_targets(evaluated):
        if near.object == evaluated.reference.to:
            besides.append(meaning_fix(evaluated, near))
        else:
            instead += _for_near_target(view, evaluated, near, obj, references, by_grants)
    return [*(replace(fix, follows=True) for fix in besides), *instead]


def without_port(evaluated: EvaluatedReference) -> tuple[Fix, ...]:
    """The change that leaves out a port which the reference must not name."""
    is_superfluous = evaluated.fault is Code.PORT_NOT_FOUND and superfluous_port_check(evaluated.reference) is not None
    is_refused = evaluated.code is Code.NEWLY_INVALID and evaluated.reference.port is not None
    return (leave_out_port(evaluated.found),) if is_superfluous or is_refused else ()
