"""Jumps to labels that a function of a changed file no longer has, or never had."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lint.change import Change
from lint.cparse.facts import FileFacts
from lint.cparse.model import Reference, Use
from lint.resolve import Site

_JUMP = re.compile(rb"\bgoto[\s]++([A-Za-z_]\w*+)[\s]*+;")


def lost_jumps(change: Change) -> Iterator[Site]:
    """Every ``goto`` whose function has no such label after the change, where it had one, or no such jump, before."""
    for file in change.files:
        if not file.new_path.endswith((".c", ".h")) or file.after is None or file.fragment or b"goto" not in file.after:
            continue
        after = change.after.facts(file.new_path)
        if after is None:
            continue
        lost = list(_jumps(after))
        if not lost:
            continue
        before = change.before.facts(file.old_path) if file.before is not None else None
        old = {(one.function, one.name) for one in _jumps(before)} if before is not None else set()
        yield from (Site(file.new_path, one) for one in lost if (one.function, one.name) not in old)


def _jumps(file: FileFacts) -> Iterator[Reference]:
    """The jumps of a file to labels that their function lacks; what a macro might bring along is no such jump."""
    code = file.source.code
    for found in _JUMP.finditer(code):
        span = file.source.function_at(found.start())
        if span is None:
            continue
        name = found[1]
        label = re.compile(rb"\b%b[\s]*+:|__label__[^;]*\b%b\b" % (name, name))
        if label.search(code, span.start, span.body_end) or _in_macro(file, name):
            continue
        line, column = file.source.lines.place(found.start(1))
        condition = file.conditions.at(line)
        if condition is not False:
            yield Reference(name.decode(), line, column, Use.PLAIN, span.name, condition)


def _in_macro(file: FileFacts, name: bytes) -> bool:
    """Whether some macro of the file has such a label."""
    pattern = re.compile(rb"\b%b[\s]*+:" % name)
    return any(pattern.search(file.stripped, macro.body, macro.end) for macro in file.source.macros)
