"""What a FROM may name besides tables: staged files, earlier results, histories; PIVOT over values that it finds."""
