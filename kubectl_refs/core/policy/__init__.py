"""Which ReferenceGrants an API server should not admit: as CEL for the server, and as rules that are evaluated here."""
