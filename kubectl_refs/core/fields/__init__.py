"""The table of reference fields, the references of an object by it, and the table of controllers."""
