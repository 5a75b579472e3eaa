"""Text from mails and trees, made safe to show: nothing that moves a cursor, hides or reorders what follows."""

from __future__ import annotations

import re
import textwrap
import unicodedata

TAB = 8

# Control characters (C0, DEL, C1), soft hyphen, zero-width and bidi marks, line separators, tags, lone surrogates.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e0fff\ud800-\udfff]"
)


def visible(text: str) -> str:
    """The text on one line, with every character that a terminal would act on written as an escape (``\\x1b``)."""
    return _UNSAFE.sub(lambda found: _escape(found[0]), text)


def json_safe(text: str) -> str:
    """JSON text whose strings hold no character that hides or reorders: each becomes a JSON escape."""
    return _UNSAFE.sub(lambda found: found[0] if found[0] == "\n" else _json_escape(found[0]), text)


def source(text: bytes, start: int = 0) -> str:
    """A piece of a source line as it is shown when it begins at screen column ``start``: tabs are 8 wide."""
    shown = ""
    column = start
    for piece in re.split("(\t)", text.decode("utf-8", "backslashreplace")):
        piece = " " * (TAB - column % TAB) if piece == "\t" else visible(piece)
        shown += piece
        column += width(piece)
    return shown


def width(text: str) -> int:
    """The number of terminal cells that visible text takes."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def cut(text: str, limit: int) -> str:
    """At most ``limit`` cells of the text, the last of them an ellipsis when something is left out."""
    if width(text) <= limit:
        return text
    return _head(text, limit - 1) + "…"


def window(text: str, first: int, limit: int) -> str:
    """The ``limit`` cells of the text from cell ``first`` on; ellipses stand where something is left out."""
    if first <= 0:
        return cut(text, limit)
    left_out = len(_head(text, first)) + 1
    gap = width(text[:left_out]) - first - 1
    return "…" + cut(" " * gap + text[left_out:], limit - 1) if gap >= 0 else ""


def fold(text: str, indent: int, limit: int | None) -> list[str]:
    """Lines of at most ``limit`` cells, broken between words and never inside a path; one line when it is None."""
    if limit is None or width(text) <= limit:
        return [text]
    return textwrap.wrap(
        text, limit, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False
    ) or [text]


def _head(text: str, limit: int) -> str:
    if text.isascii():
        return text[: max(limit, 0)]
    taken = 0
    for index, char in enumerate(text):
        taken += _cells(char)
        if taken > limit:
            return text[:index]
    return text


def _cells(char: str) -> int:
    if char.isascii():
        return 1
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _escape(char: str) -> str:
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _json_escape(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))
