"""The explanations of all codes, for docs/codes.md and SARIF. Imported only where shown, to keep start-up fast."""

from __future__ import annotations

from collections.abc import Mapping

from kubectl_refs.core.findings.explanations.explanation import Explanation
from kubectl_refs.core.findings.explanations.grants import GRANTS
from kubectl_refs.core.findings.explanations.parents import PARENTS
from kubectl_refs.core.findings.explanations.permissions import PERMISSIONS
from kubectl_refs.core.findings.explanations.statuses import STATUSES
from kubectl_refs.core.findings.explanations.targets import TARGETS
from kubectl_refs.core.model.codes import Code

EXPLANATIONS: Mapping[Code, Explanation] = {**PERMISSIONS, **PARENTS, **TARGETS, **GRANTS, **STATUSES}
