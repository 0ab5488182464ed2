"""The command line: commands, flags, help and completion. The only package that uses click."""
