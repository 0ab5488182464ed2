"""One reference: may it be made, is its target sound, what does a failure do to traffic."""
