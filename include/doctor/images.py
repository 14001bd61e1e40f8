"""The reference of a task image: whether it names one image for good."""

from __future__ import annotations

from collections.abc import Callable

from include.doctor.findings import Finding, State

PULL = "whether nodes can pull it, the first pod shows"


def look(say: Callable[..., Finding], image: str) -> Finding:
    """Look at a reference; no registry is asked.

    Args:
        say: makes a finding of what, state, words and what mends it.
        image: the reference.
    """
    what, build = f"image {image or '(none)'}", "make image PUSH=<registry>/snowpod-task:<version>"
    if not image or image.endswith(":not-built"):
        return say(what, State.MISSING, "it was not built", "make image")
    if image.startswith("registry.example.com/"):
        words = "that is the example's registry"
        return say(what, State.MISSING, words, f"{build}, and name it as `kubernetes: {{image: …}}` of the environment")
    if "@sha256:" in image:
        return say(what, State.OK, f"named by its digest; {PULL}")
    tag = image.rsplit("/", 1)[-1].partition(":")[2]
    if tag in ("", "latest"):
        return say(what, State.MISSING, "no version: a retry may run another one", build)
    return say(what, State.OK, f"named by a tag (a digest would hold it for good); {PULL}")
