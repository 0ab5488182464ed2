"""The table of reference fields, the extraction of an object's references by it, and the table of controllers."""
