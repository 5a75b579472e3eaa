"""A suggested edit as the piece of a line to replace, where it is beyond doubt which piece that is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lint.report.annotation import Place

_TOKEN = re.compile(rb"\w+|\s+|[^\w\s]")


def replacement(place: Place, suggestion: str | None) -> tuple[int, int, str] | None:
    """First column, end column (bytes from 1, exclusive) and new text of the one word that the suggestion changes.

    None unless the suggestion is the line with one word exchanged, and that very line is still there.
    """
    if suggestion is None or not place.exact or not place.line:
        return None
    old = _TOKEN.findall(place.text)
    lead = len(old) > 0 and old[0].isspace()
    new = _TOKEN.findall(suggestion.strip().encode("utf-8", "replace"))
    core = old[lead : len(old) - (len(old) > lead and old[-1].isspace())]
    changed = [index for index, (one, other) in enumerate(zip(core, new, strict=False)) if one != other]
    if len(core) != len(new) or len(changed) != 1 or not re.fullmatch(rb"\w+", new[changed[0]]):
        return None
    start = 1 + sum(map(len, old[: lead + changed[0]]))
    return start, start + len(core[changed[0]]), new[changed[0]].decode()
