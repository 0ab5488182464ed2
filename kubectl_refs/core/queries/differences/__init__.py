"""What a change does to references: whom it concerns, what differs, and which of its objects is to blame."""
