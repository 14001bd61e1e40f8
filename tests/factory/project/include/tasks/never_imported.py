raise RuntimeError("task code was imported while checking")


def run(session: object) -> None:
    """A function in a module that cannot be imported here."""
