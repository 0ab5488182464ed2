"""Servers within this process: an API server, as far as the program reads and writes, and an OpenID Connect issuer."""
