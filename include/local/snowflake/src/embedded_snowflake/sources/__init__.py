"""What a FROM may name beside tables: staged files, earlier results, histories; and PIVOT over values that it finds."""
