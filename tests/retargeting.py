"""The one-word edit of a pipeline's file that takes a task to another target."""

from __future__ import annotations

import re


def pinned(text: str, task: str, target: str) -> str:
    """A pipeline's file with one word of a task changed, or one line added.

    Args:
        text: the file, two blanks a level.
        task: the task's name.
        target: where it goes.

    Returns:
        The edited file.
    """
    head, body = re.split(rf"(?<=\n  {task}:\n)", text, maxsplit=1)
    own, rest = re.split(r"(?=\n  \w)|\Z", body, maxsplit=1)
    if re.search(r"(?m)^    target: ", own):
        own = re.sub(r"(?m)^    target: \w+", f"    target: {target}", own)
    else:
        own = f"    target: {target}\n{own}"
    return head + own + rest
