"""Python as its source shows it: modules, classes, signatures and what functions import; nothing is imported."""
