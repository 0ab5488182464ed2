"""The process: its streams, Ctrl-C, its name, and the errors and exit statuses that it ends with."""
