"""What runs inside the interpreter of a RUNTIME_VERSION: Python 3.10 or newer, nothing of the server in reach.

The server starts it as the package `interpreter`, so modules here import one another relatively and nothing else of the
project.
"""
