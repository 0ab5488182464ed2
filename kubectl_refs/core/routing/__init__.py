"""Requests: which listener, route and rule take one, by the precedence that the Gateway API asks for (docs/rules.md 10)."""
