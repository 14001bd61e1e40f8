"""Parse a statement's text into its tree."""
