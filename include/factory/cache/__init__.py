"""What the loader found in files without mistakes, kept from parse to parse, so as not to check them again."""
