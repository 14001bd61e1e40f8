"""Find out what the names of a statement stand for, and which types its expressions have."""
