"""What people are told of a run: Airflow calls these, with its context first."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

log = logging.getLogger(__name__)


def tell(context: Mapping[str, Any], text: str) -> None:
    """Put a line into the task's log; a chat's webhook would get it here.

    Args:
        context: what Airflow hands to a callback.
        text: the line.
    """
    log.info("%s: %s", context["dag"].dag_id, text)
