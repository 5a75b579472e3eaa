"""Paths, columns and texts as SARIF wants them."""

from __future__ import annotations

from urllib.parse import quote

from lint.report.visible import visible


def plain(text: str) -> str:
    """A message's text: ``[text](target)`` would be a link, so the brackets of one are escaped."""
    shown = visible(text)
    return shown.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]") if "](" in shown else shown


def uri(path: str) -> str:
    """A path relative to the tree as a relative URI reference; bytes that were no UTF-8 are escaped as they are."""
    try:
        data = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        data = path.encode("utf-8", "backslashreplace")
    return quote(data, safe="/+,@=~")


def columns(text: bytes, start: int, end: int) -> dict[str, int]:
    """``startColumn`` and ``endColumn`` in UTF-16 units for byte columns of a line (from 1, the end exclusive)."""
    if not 0 < start < end:
        return {}
    return {"startColumn": 1 + _units(text[: start - 1]), "endColumn": 1 + _units(text[: end - 1])}


def _units(text: bytes) -> int:
    return len(text.decode("utf-8", "replace").encode("utf-16-le")) // 2
