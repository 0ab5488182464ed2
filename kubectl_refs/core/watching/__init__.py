"""What changes, as it changes: the objects of a cluster as they are now, and what an event makes of their references."""
