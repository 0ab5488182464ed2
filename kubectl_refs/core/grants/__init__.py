"""ReferenceGrants: matching, near misses, and who uses them."""
