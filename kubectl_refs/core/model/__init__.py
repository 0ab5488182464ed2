"""The terms of the domain as frozen dataclasses. The field names follow the JSON contract."""
