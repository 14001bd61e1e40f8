"""What a statement is and who runs it: one file per kind."""
