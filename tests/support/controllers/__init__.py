"""Real controllers of the Gateway API on real API servers, and what their statuses are compared with."""
