"""Conditions: computed by the specification, compared with what controllers report.

`objects` picks the room for an object's kind: `routes`, `listeners` or `policies`. Each of them says which conditions it
expects in which entries of the status. `computed` sums up references in one condition, `statuses` finds what a
controller wrote, and `comparison` says why the two may differ. `controllers`, `limits` and `defects` hold what is known
of single controllers.
"""
