"""Real Gateway API controllers on real API servers, and rules for comparing their statuses."""
