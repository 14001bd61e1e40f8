"""Finds what looks like a secret in a configuration: these belong into Airflow connections and Kubernetes Secrets."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from include.factory.diagnostics import Diagnostic, KeyPath, Position, spelled
from include.factory.document.positions import positions

HINT = (
    "Put it into an Airflow connection or a Kubernetes Secret, name that here, and replace the secret: it has been in a"
    " file. If it is none, end its line with `# not-a-secret`."
)
_MARK = re.compile(r"#\s*(?:not[- ]a[- ]secret|pragma: allowlist secret)\s*$")
"""Says of a line that what is taken for a secret is none: in plain words, or in those of detect-secrets."""

_FORMATS = {
    "an AWS access key": (("AKIA", "ASIA"), re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")),
    "a GitHub token": (
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
        re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{50,})\b"),
    ),
    "a GitLab token": (("glpat-",), re.compile(r"\bglpat-[A-Za-z0-9_-]{20,}\b")),
    "a Slack token": (("xox",), re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,}\b")),
    "a Google API key": (("AIza",), re.compile(r"\bAIza[0-9A-Za-z_-]{35}\b")),
    "an API key": (("sk-",), re.compile(r"\bsk-(?:[a-z]+-)*[A-Za-z0-9_-]{20,}\b")),
    "a JSON web token": (("eyJ",), re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}")),
    "a private key": (("PRIVATE KEY",), re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----")),
    "an Azure storage key": (("AccountKey=",), re.compile(r"\bAccountKey=[A-Za-z0-9+/=]{20,}")),
    "a URL with a password": (
        ("://",),
        re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s/:@{}$]+:(?!\{\{|\$\{)[^\s/@{}$]+@"),
    ),
    "a password": (
        ("passw", "pwd"),
        re.compile(r"""(?i)\b(?:password|passwd|pwd)[ \t]*=[ \t]*(?!\s|'?\{\{|'?%\(|'?\$|'?\*+)['"]?[^\s'"&;,]{3,}"""),
    ),
}
"""What it is, what is in every one of its kind (of a password, in whichever case), and how it looks.

Nearly no file has any of it, and to look for a few letters is far cheaper than for a pattern.
"""
_WORDS = {"password", "passwd", "passphrase", "pwd", "secret", "token", "apikey", "credential", "credentials"}
_PAIRS = {
    ("api", "key"),
    ("private", "key"),
    ("access", "key"),
    ("secret", "key"),
    ("encryption", "key"),
    ("auth", "key"),
    ("account", "key"),
}
_NAMES_OF_SECRETS = {
    "snowflake_secret",
    "imagePullSecrets",
    "secret",
    "secretRef",
    "secretKeyRef",
    "secretName",
    "xcom_secret",
}
"""Keys under which the name of a Secret stands, not a secret."""
_LONG = 32
_RANDOM = re.compile(rf"^[A-Za-z0-9+/_-]{{{_LONG},}}={{0,2}}$")
_HARMLESS = re.compile(r"^(?:sha\d+:)?[0-9a-f]+$")
_WORD = re.compile(r"(?:[A-Z]?[a-z]{2,}|[A-Z]{2,}(?![a-z])|\d+)+|[A-Za-z]{0,3}\d{0,8}")
"""A part of a name: words, one after the other or in CamelCase, and numbers; `Q3`, `v2`.

Random text is none for long.
"""
_BITS = 4.2
"""Bits of entropy a character from which a long word is taken for random; English names stay below 4."""


def secret_diagnostics(value: Any, text: str) -> list[Diagnostic]:
    """Look for secrets in a document.

    Args:
        value: The document's value as written, nothing expanded.
        text: Its text; comments are looked at too, as Airflow shows the whole file.

    Returns:
        A mistake for each place; the secret itself is in no message.
    """
    by_format = list(_by_format(text))
    marked = _marked(text) if by_format else set()
    by_format = [one for one in by_format if one.position and one.position.line not in marked]
    lines = {diagnostic.position.line for diagnostic in by_format if diagnostic.position}
    guessed = _Structure(text, lines).of(value, ())
    if guessed and (marked := _marked(text)):
        places = positions(text)
        guessed = [
            one
            for one in guessed
            if places.find(one.path, "key").line not in marked and places.find(one.path, "value").line not in marked
        ]
    return [*by_format, *guessed]


def _marked(text: str) -> set[int]:
    """Return the lines of which somebody says that there is no secret in them."""
    return {number for number, line in enumerate(text.splitlines(), start=1) if _MARK.search(line)}


def _by_format(text: str) -> Iterator[Diagnostic]:
    lines: set[int] = set()
    folded = text.casefold()
    for what, (parts, pattern) in _FORMATS.items():
        there = any(part in text or part in folded for part in parts)
        for match in pattern.finditer(text) if there else ():
            line = text.count("\n", 0, match.start()) + 1
            if line not in lines:
                lines.add(line)
                place = Position(line, match.start() - text.rfind("\n", 0, match.start()))
                yield Diagnostic((), f"This looks like {what}.", HINT, "secret", position=place)


class _Structure:
    """Looks at keys that name a secret, and at words that look random."""

    def __init__(self, text: str, reported: set[int]) -> None:
        self._reported = [text.splitlines()[number - 1] for number in sorted(reported)]

    def of(self, value: Any, path: KeyPath) -> list[Diagnostic]:
        found: list[Diagnostic] = []
        self._look(value, path, found)
        return found

    def _look(self, value: Any, path: KeyPath, found: list[Diagnostic]) -> None:
        if isinstance(value, str):
            if _looks_random(value) and not self._is_reported(value):
                message = f"`{spelled(path)}` looks like a key or token: long and random."
                found.append(Diagnostic(path, message, HINT, "secret"))
        elif isinstance(value, dict):
            name, given = value.get("name"), value.get("value")
            if isinstance(name, str) and isinstance(given, str) and self._is_secret(name, given):
                message = f"`{name}` looks like a secret, by its name."  # a variable, as Kubernetes writes it
                found.append(Diagnostic((*path, "value"), message, HINT, "secret"))
            for key, inner in value.items():
                where = (*path, key)
                spec = inner.get("default") if isinstance(inner, dict) else inner
                if isinstance(spec, str) and self._is_secret(key, spec):
                    message = f"`{spelled(where)}` looks like a secret, by its name."
                    found.append(Diagnostic(where, message, HINT, "secret"))
                else:
                    self._look(inner, where, found)
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                self._look(inner, (*path, index), found)

    def _is_secret(self, key: str, value: str) -> bool:
        if not _names_a_secret(key) or not value.strip() or ("{{" in value and "}}" in value):
            return False
        return not self._is_reported(value)

    def _is_reported(self, value: str) -> bool:
        return any(value.splitlines()[0] in line for line in self._reported) if value.strip() else False


@lru_cache(maxsize=4096)
def _names_a_secret(key: str) -> bool:
    """Whether a key says of its value that it is a secret."""
    if key in _NAMES_OF_SECRETS:
        return False
    # The last word says what a thing is: an `auth_token` is a token, a `token_column` is not.
    words = [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", key)]
    return bool(words) and (words[-1] in _WORDS or tuple(words[-2:]) in _PAIRS)


def _looks_random(text: str) -> bool:
    if len(text) < _LONG or not _RANDOM.match(text) or _HARMLESS.match(text):
        return False
    if not (re.search(r"[0-9]", text) and re.search(r"[a-z]", text) and re.search(r"[A-Z]", text)):
        return False
    if all(_WORD.fullmatch(word) for word in re.split(r"[_/+=-]+", text)):
        return False
    counts = Counter(text)
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts.values()) > _BITS
