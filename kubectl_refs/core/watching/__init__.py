"""Changes as they happen: the objects of a cluster as they are now, and how an event changes their references."""
