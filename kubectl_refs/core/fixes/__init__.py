"""Changes that make references work: grants, and patches of other objects."""
