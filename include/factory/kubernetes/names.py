"""The names that Kubernetes takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from include.factory.diagnostics import Diagnostic

# Kubernetes, "Object Names and IDs" and "Labels and Selectors"; apimachinery/pkg/util/validation.
_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_DNS_LABEL = re.compile(rf"^{_LABEL}$")
_SUBDOMAIN = re.compile(rf"^{_LABEL}(\.{_LABEL})*$")
QUALIFIED = re.compile(r"^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$")
ENV_NAME = re.compile(r"^[-._a-zA-Z][-._a-zA-Z0-9]*$")
# The grammar of github.com/distribution/reference: host, path, tag, digest.
_IMAGE = re.compile(
    r"^(?:(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*(?::\d+)?)/)?"
    r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*"
    r"(?::[\w][\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$"
)
NAME_HINT = "Use lower-case letters, digits and `-`, a letter or digit first and last, at most 63 characters."
IMAGE_HINT = "Write `registry/path:tag`, the path in lower case."
LABEL_HINT = "Use letters, digits, `-`, `_` and `.`, at most 63, with a letter or digit first and last"


def text_diagnostics(
    section: Mapping[str, Any], key: str, fits: Callable[[str], bool], what: str, hint: str
) -> Iterator[Diagnostic]:
    """Check the text of one key; one with a template is known only at the run."""
    value = section.get(key)
    if isinstance(value, str) and "{{" not in value and not fits(value):
        yield Diagnostic((key,), f"`{value}` is not {what}.", hint, "wrong-name")


def is_image(text: str) -> bool:
    """Whether a text is the name of an image."""
    return bool(_IMAGE.match(text))


def is_dns_label(text: str) -> bool:
    """Whether a text is a DNS label: what a namespace, a volume or a container is called."""
    return bool(_DNS_LABEL.match(text)) and len(text) <= 63


def is_subdomain(text: str) -> bool:
    """Whether a text is a DNS subdomain: what most other objects are called."""
    return bool(_SUBDOMAIN.match(text)) and len(text) <= 253
