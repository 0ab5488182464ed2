"""What `-k` names: a kustomization, built by the kubectl on the PATH, whose kustomize is the one that applies it."""

from __future__ import annotations

import os

from kubectl_refs.process.children import output_of
from kubectl_refs.process.errors import reason_of, usage
from kubectl_refs.process.time_limit import TimeLimitError


def built(folder: str, timeout: float | None) -> bytes:
    """The manifests that a kustomization makes, as YAML. What kubectl says goes to standard error.

    `timeout` is in seconds, None for none. RefsError where there is no kubectl, or where it fails.
    """
    try:
        status, output = output_of(["kubectl", "kustomize", "--", folder], os.environ, timeout, interactive=False)
    except TimeLimitError:
        raise usage(f'kustomization "{folder}" was not built within {timeout:g}s (--request-timeout)') from None
    except FileNotFoundError:
        raise usage("-k needs kubectl on the PATH, which builds kustomizations") from None
    except (OSError, ValueError) as error:
        raise usage(f"kubectl could not be run: {reason_of(error) if isinstance(error, OSError) else error}") from None
    if status != 0:
        raise usage(f'kustomization "{folder}" could not be built')
    return output
