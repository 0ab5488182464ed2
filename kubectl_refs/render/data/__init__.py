"""Reports as data: JSON, YAML, SARIF, JUnit."""
