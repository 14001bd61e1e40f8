"""From a statement's text to its tree."""
