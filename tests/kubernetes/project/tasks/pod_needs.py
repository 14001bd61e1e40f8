"""A module that needs what the task image does not have."""

from __future__ import annotations

from typing import Any

import no_such_package


def needy(session: Any) -> str:
    """Never runs."""
    return str(no_such_package)
