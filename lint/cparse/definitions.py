"""What a file defines and declares: functions, macros, types, members, enumerators, variables, labels."""

from __future__ import annotations

from dataclasses import dataclass

from lint.cparse.conditions import Conditions
from lint.cparse.definitions_c import read_c
from lint.cparse.definitions_macros import macros
from lint.cparse.definitions_out import Collector
from lint.cparse.lexer import strip
from lint.cparse.model import Definition
from lint.cparse.pieces_branches import branches, directives
from lint.errors import Problem, Stage

# Larger files are generated register tables at best; nothing that a series changes by hand.
MAX_BYTES = 8 << 20


@dataclass(frozen=True, slots=True)
class Definitions:
    """The definitions of one file, sorted by position; ``error_bytes`` is what tree-sitter could not read."""

    items: tuple[Definition, ...] = ()
    problems: tuple[Problem, ...] = ()
    error_bytes: int = 0


def definitions(path: str, text: bytes) -> Definitions:
    """All definitions of a C, assembly or linker script file, whatever ``#if`` they stand under.

    Never raises. What stands under ``#if 0`` or is meant for C++ is left out.
    """
    if len(text) > MAX_BYTES:
        return Definitions(problems=(Problem(Stage.CPARSE, f"larger than {MAX_BYTES >> 20} MB, not read", path),))
    stripped = strip(text, path)
    lines = directives(stripped, text)
    conditions = Conditions.of(text)
    out = Collector(path, text, stripped, conditions.at)
    macros(out, lines)
    errors = read_c(out, branches(stripped, lines))
    return Definitions(out.result(), (), errors)
