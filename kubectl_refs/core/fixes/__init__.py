"""Changes that make references work: grants, and patches to other objects."""
