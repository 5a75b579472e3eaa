"""What a file defines and declares: functions, macros, types, members, enumerators, variables, labels."""

from __future__ import annotations

from lint.cparse.asm import assembly, linker_script, looks_like_assembly, looks_like_linker_script
from lint.cparse.conditions import Conditions
from lint.cparse.definitions_c import read_c
from lint.cparse.definitions_macros import macros
from lint.cparse.definitions_made import assembly_labels, linker_macros, offsets
from lint.cparse.definitions_out import Collector
from lint.cparse.lexer import directives, strip
from lint.cparse.model import Definition, Definitions
from lint.cparse.pieces_branches import Branches, branches, whole_lines
from lint.errors import Problem, Stage

# Larger files are generated register tables at best; nothing that a series changes by hand.
MAX_BYTES = 8 << 20


def definitions(path: str, text: bytes, *, bodies: bool = False) -> Definitions:
    """All definitions of a C, assembly or linker script file, whatever ``#if`` they stand under.

    Never raises. What stands under ``#if 0`` or is meant for C++ is left out.
    ``bodies``: let ``error_bytes`` count the bodies of functions and initialisers too (three times slower).
    """
    if len(text) > MAX_BYTES:
        return Definitions(problems=(Problem(Stage.CPARSE, f"larger than {MAX_BYTES >> 20} MB, not read", path),))
    stripped = strip(text, path)
    known = directives(stripped)
    out = Collector(path, text, stripped, Conditions.of(stripped, path, known).at)
    lines = whole_lines(known, stripped, text)
    macros(out, lines)
    if path.endswith((".lds", ".lds.S")):
        linker_script(out, branches(stripped, lines, assembly=True).text)
        return Definitions(out.result())
    if path.endswith((".S", ".s")):
        return Definitions(_assembly(out, branches(stripped, lines, assembly=True)))
    linker_macros(out, lines)
    read = branches(stripped, lines)
    if looks_like_assembly(read.text):
        return Definitions(_assembly(out, branches(stripped, lines, assembly=True)))
    if looks_like_linker_script(read.text):
        linker_script(out, read.text)
        return Definitions(out.result())
    if read.assembly:
        assembly(out, branches(stripped, lines, assembly=True).text, read.assembly)
    assembly_labels(out)
    offsets(out, lines)
    errors = read_c(out, read, bodies)
    return Definitions(out.result(), (), errors)


def _assembly(out: Collector, read: Branches) -> tuple[Definition, ...]:
    assembly(out, read.text, [(0, len(read.text))])
    return out.result()
