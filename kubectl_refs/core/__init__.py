"""The pure core: plain dictionaries in, frozen dataclasses out.

Nothing below this package does I/O, reads a clock or the environment, or prints; tests/unit/test_dependencies.py
holds it to that.
"""
