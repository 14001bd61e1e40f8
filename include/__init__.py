"""Snowpod: configs -> factory -> operators -> runtime -> tasks, and local stand-ins for an account and a cluster."""
