"""`python -m include.doctor`: looks at an environment from inside, says what is missing and what mends it."""
