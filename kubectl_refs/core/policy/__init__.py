"""Which ReferenceGrants an API server should not admit, as CEL for it and as rules that are evaluated here."""
