"""Parents: whether a route or a ListenerSet may attach to a Gateway."""
