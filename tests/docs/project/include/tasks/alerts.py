"""The callback that the examples of the docs name."""

from __future__ import annotations

import logging
from typing import Any


def tell(context: dict[str, Any], channel: str = "#data") -> None:
    logging.getLogger(__name__).info("%s: %s", channel, context)
