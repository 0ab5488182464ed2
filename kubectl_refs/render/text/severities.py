"""The colour of a finding's severity, the same for findings on grants and on referrers."""

from __future__ import annotations

from collections.abc import Mapping

from kubectl_refs.core.model.codes import Severity
from kubectl_refs.render.text.style import Tone

SEVERITY_ROLE: Mapping[Severity, Tone] = {
    Severity.ERROR: Tone.BAD,
    Severity.WARNING: Tone.DOUBT,
    Severity.INFO: Tone.DIM,
}
