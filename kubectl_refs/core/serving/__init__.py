"""Does anything serve an object? Its parents, their GatewayClass, the listeners that admit it, the endpoints behind it.

Nothing here changes a verdict. What a controller reports of the current generation counts, attributed to it; without a
report the certificates of a listener and the GatewayClass are looked at. docs/rules.md chapter 9.
"""
