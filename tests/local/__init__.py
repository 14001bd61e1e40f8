"""Tests of the laptop's commands, as far as they need no server."""
