"""What a file includes."""

from __future__ import annotations

import re

from lint.cparse.facts_source import Source, source
from lint.cparse.model import Include

_PATH = re.compile(rb'[ \t]*+(?:<([^>\n]++)>|"([^"\n]++)")')


def includes(text: bytes, path: str = "") -> tuple[Include, ...]:
    """Every ``#include`` of a named file, in order; those of a macro's value are left out."""
    return find_includes(source(path, text))


def find_includes(src: Source) -> tuple[Include, ...]:
    """:func:`includes` on shared facts."""
    found = []
    for d in src.directives:
        if not d.keyword.startswith("include"):
            continue
        m = _PATH.match(src.text, d.rest, d.end)
        if m:
            name = (m[1] or m[2]).decode("utf-8", "replace")
            found.append(Include(name, d.line, m[2] is not None, src.conditions.at(d.line)))
    return tuple(found)
