"""What names and types of a statement mean."""
