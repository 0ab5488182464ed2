"""Credentials: tokens, certificates, credential plugins, OpenID Connect."""
