"""Conditions: computed by the specification, and compared with what controllers report.

`objects` picks the module for an object's kind: `routes`, `listeners` or `policies`. Each of these says which
conditions it expects in which entries of the status. `computed` sums up references in one condition, `statuses`
finds what a controller wrote, and `comparison` says why the two may differ. `limits` and `defects`, with
core/fields/controllers, hold what is known about individual controllers.
"""
