"""Roles, users, warehouses and grants. What is granted is recorded and shown, not enforced."""
