"""Names that C files define for assembly and the linker, in words that C itself does not read.

* ``asm(".globl x\\n" "x: ...")`` defines the label ``x``;
* ``DEFINE(x, ...)`` and ``OFFSET(x, ...)`` in a file that includes ``<linux/kbuild.h>``, or in one that such a file
  includes (``asm-offsets_64.c``), become ``#define x`` of a header that the build makes;
* a macro of a linker script header (``vmlinux.lds.h``) assigns symbols where a linker script expands it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from lint.cparse.asm import linker_script
from lint.cparse.definitions_out import Collector
from lint.cparse.facts_source import blank_directives
from lint.cparse.lexer import Directive
from lint.cparse.model import Kind

_GLOBAL = re.compile(rb"\.(?:globa?l|weak)[ \t]++([A-Za-z_$][\w$]*+)")
_OFFSETS = re.compile(rb'#[ \t]*+include[ \t]++[<"]linux/kbuild\.h[>"]')
_OFFSETS_FILE = re.compile(r"(?:\A|/|-)asm-offsets\w*\.c\Z")
_OFFSET = re.compile(rb"(?m)^[ \t]*+([A-Z]\w*+)[ \t]*+\([ \t\n]*+([A-Za-z_]\w*+)[ \t]*+,[^;\n]*+")
_OFFSET_MACRO = re.compile(rb"define[ \t]++(\w++)\([^()\n]*+\)[ \t\\\n]*+(?:DEFINE|OFFSET)[ \t]*+\(")

# Names made of parameters, and parameters that are names (by convention in underscores: ``_label_ = .``).
_PASTED = re.compile(rb"\w++(?:[ \t]*+##[ \t]*+\w++)++|\b_[A-Za-z_]\w*+_\b(?=[ \t]*+=)")


def assembly_labels(out: Collector) -> None:
    """Collect the global labels in the assembly text of a C file."""
    if b".glob" not in out.text and b".weak" not in out.text:
        return
    for found in _GLOBAL.finditer(out.text):
        label = re.search(rb"(?<![\w$.])%b[ \t]*+:(?!:)" % re.escape(found[1]), out.text)
        # Comments and calls in C are no text of the assembler.
        if label is not None and out.stripped[found.start(1) : found.end(1)] != found[1]:
            span = label.start(), label.start() + len(found[1])
            if out.stripped[slice(*span)] != found[1]:
                out.add(Kind.LABEL, span, label.span(), type=".globl")


def offsets(out: Collector, lines: Iterable[Directive]) -> None:
    """Collect the names for which a file of offsets computes numbers."""
    if not (b"kbuild.h" in out.text and _OFFSETS.search(out.text)) and not _OFFSETS_FILE.search(out.path):
        return
    macros = {b"DEFINE", b"OFFSET", *_OFFSET_MACRO.findall(out.stripped)}
    for found in _OFFSET.finditer(blank_directives(out.stripped, tuple(lines))):
        if found[1] in macros:
            out.add(Kind.LABEL, found.span(2), found.span(), type=found[1].decode())


def linker_macros(out: Collector, lines: Iterable[Directive]) -> None:
    """Collect the symbols that the macros of a header for linker scripts assign."""
    if not out.path.endswith(".lds.h"):
        return
    for line in lines:
        if line.keyword == "define":
            body = _PASTED.sub(lambda found: b" " * len(found[0]), out.stripped[line.rest : line.end])
            linker_script(out, b" " * line.rest + body.replace(b"\\\n", b"; "))
