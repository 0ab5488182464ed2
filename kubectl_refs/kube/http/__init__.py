"""Requests to an API server, and why one got no answer."""
