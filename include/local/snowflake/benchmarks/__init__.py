"""Measurements of what the project promises in numbers; no tests, as they depend on the machine."""
