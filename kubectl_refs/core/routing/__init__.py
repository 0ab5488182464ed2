"""Requests: which listener, route and rule takes one, by the precedence in the Gateway API (docs/rules.md 10)."""
