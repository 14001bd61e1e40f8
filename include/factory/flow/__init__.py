"""What tasks do with each other: their order, groups, conditions, branches, mapping, setup and teardown."""
