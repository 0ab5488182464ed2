"""The table of reference fields, and the references of an object by it."""
