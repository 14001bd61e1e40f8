"""What pipelines give to functions, operators and callbacks, held against what these take."""
