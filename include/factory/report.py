"""Shows mistakes: as text for people, and as JSON, GitHub annotations and SARIF for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from include.factory.mistakes import Mistake, Position, spelled

_RED, _BOLD, _DIM, _PLAIN = "\033[31m", "\033[1m", "\033[2m", "\033[0m"


def as_text(mistakes: Iterable[Mistake], texts: Mapping[str, str], colour: bool = False) -> str:
    """Mistakes for people: place, message and cure, with the source line and a caret under the place.

    Args:
        mistakes: The mistakes, each with a position.
        texts: The files' texts by name.
        colour: Whether to use a terminal's colours.

    Returns:
        Lines of text, without a newline at the end.
    """
    return "\n\n".join(_one(mistake, texts.get(mistake.file, ""), colour) for mistake in mistakes)


def _one(mistake: Mistake, text: str, colour: bool) -> str:
    red, bold, dim, plain = (_RED, _BOLD, _DIM, _PLAIN) if colour else ("", "", "", "")
    place = mistake.position or Position(1, 1)
    where = f" ({spelled(mistake.path)})" if mistake.path else ""
    lines = [f"{bold}{mistake.file}:{place.line}:{place.column}:{plain} {red}{mistake.message}{plain}{where}"]
    source = text.splitlines()
    if place.line <= len(source):
        shown = source[place.line - 1]
        number = str(place.line)
        lines += [f"  {dim}{number} |{plain} {shown}", f"  {' ' * len(number)} {dim}|{plain} {' ' * (place.column - 1)}{red}^{plain}"]
    lines.append(f"  {mistake.cure}")
    return "\n".join(lines)
