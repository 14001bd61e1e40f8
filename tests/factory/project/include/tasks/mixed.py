"""What Airflow calls beside what runs elsewhere, with an import that only the latter can have."""

import a_package_of_another_python


def alert(context: object) -> None:
    return None


def choose() -> str:
    return str(a_package_of_another_python)
