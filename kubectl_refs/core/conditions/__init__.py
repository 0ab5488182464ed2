"""Conditions: computed by the specification, and compared with what controllers report.

`objects` picks the module for an object's kind: `routes`, `listeners` or `policies`. Each of these says which
conditions it expects in which entries of the status. `computed` sums up references in one condition, `statuses`
finds what a controller wrote, `comparison` says why the two may differ, and `left_open` what the specification leaves
to controllers. `unexpected` finds failures that are not computed here. `reported_verdicts` and `enforcement` say what
controllers report, or are known to do, about references that could not be checked or are refused. `reasons` names the
reasons that concern references. `controller_limits` and `defects`, with core/fields/controllers, hold what is known
about individual controllers.
"""
