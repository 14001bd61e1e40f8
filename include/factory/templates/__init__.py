"""Jinja templates in pipelines: what they name, and what the factory fills in itself."""
