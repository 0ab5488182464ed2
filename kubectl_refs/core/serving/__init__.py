"""Whether anything serves an object: its parents, their GatewayClass, the listeners that admit it, and its endpoints.

Nothing here changes a verdict. What a controller reports on the current generation counts, attributed to it; without a
report, the certificates of a listener and the GatewayClass are looked at. docs/rules.md chapter 9.
"""
