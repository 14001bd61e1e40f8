"""A file of configuration: read with its positions, laid over others, held against the schema."""
