"""What the server keeps: databases, sessions, stages, facts, history."""
