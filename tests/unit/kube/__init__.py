"""The I/O side against files in temporary folders and the fake API server."""
