"""What assembly and linker scripts define, line by line; their macros are C's and are read elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lint.cparse.definitions_out import Collector, folded
from lint.cparse.model import Kind

# One statement starts at the start of a line or behind a semicolon.
_STATEMENT = re.compile(
    rb"""(?mx) (?:^|;) [ \t]*+ (?:
        \.(?:macro)[ \t]++(?P<macro>[\w.$]++)(?P<params>[^\n;]*+)
      | \.(?:set|equ|equiv|eqv)[ \t]++(?P<set>[\w.$]++)[ \t]*+,(?P<value>[^\n;]*+)
      | (?P<call>[A-Z_]\w*+)[ \t]*+\([ \t]*+(?P<name>[A-Za-z_.$][\w.$]*+)[ \t]*+[,)]
      | (?P<label>[A-Za-z_.$][\w.$]*+)[ \t]*+(?::(?!:)|(?P<is>=)(?P<to>[^\n;=][^\n;]*+))
    )"""
)
_DEFINING = re.compile(
    rb"SYM_\w*(?:START|LABEL|ALIAS|DATA|ENTRY)|(?:\A|_)(?:ENTRY|GLOBAL|WEAK|LEAF|NESTED|FEXPORT|EXPORT)(?:\Z|_)"
)
_NOT_DEFINING = re.compile(rb"END|EXPORT_SYMBOL|\bASM_")
_ASSIGNMENT = re.compile(rb"(?<![\w.$])([A-Za-z_$][\w.$]*+)[ \t]*+(?:[-+*/&|]|<<|>>)?=(?!=)([^;\n]*+)")
_WORDS = re.compile(rb"[A-Za-z_]\w*+")
_ASSEMBLY_LINE = re.compile(rb"(?m)^[ \t]*+\.(?:macro|endm|irp|rept|altmacro|section|pushsection|text|balign)\b")
_LINKER_LINE = re.compile(rb"(?m)^[ \t]*+SECTIONS[ \t]*+\{?[ \t]*+$")


def looks_like_assembly(text: bytes | bytearray) -> bool:
    """Whether a header holds assembler directives outside an ``#ifdef __ASSEMBLY__``: it is no C header then."""
    return _ASSEMBLY_LINE.search(text) is not None


def looks_like_linker_script(text: bytes | bytearray) -> bool:
    """Whether a header holds linker commands."""
    return _LINKER_LINE.search(text) is not None


def assembly(out: Collector, text: bytes | bytearray, regions: Iterable[tuple[int, int]]) -> None:
    """Collect labels, assembler macros and symbol assignments in parts of a text without comments and directives."""
    for start, end in regions:
        for found in _STATEMENT.finditer(text, start, end):
            _statement(out, found)


def _statement(out: Collector, found: re.Match[bytes]) -> None:
    span = found.span()
    if found["macro"]:
        params = tuple(word.decode() for word in _parameters(found["params"]))
        out.add(Kind.LABEL, found.span("macro"), span, type=".macro", params=params)
    elif found["set"]:
        out.add(Kind.LABEL, found.span("set"), span, type=".set", value=folded(found["value"]))
    elif found["call"]:
        call = found["call"]
        if _DEFINING.search(call) and not _NOT_DEFINING.search(call):
            marks = (b"LOCAL" in call, False, b"WEAK" in call)
            out.add(Kind.LABEL, found.span("name"), span, type=call.decode(), marks=marks)
    elif not found["label"].startswith((b".L", b".")):
        out.add(Kind.LABEL, found.span("label"), span, value=folded(found["to"] or b""))


def _parameters(text: bytes) -> list[bytes]:
    """The names in the parameter list of ``.macro``, without qualifiers and defaults."""
    names = []
    for part in text.replace(b",", b" ").split():
        word = _WORDS.match(part)
        if word is not None and not part.startswith((b"=", b"#")):
            names.append(word[0])
    return names


def linker_script(out: Collector, text: bytes | bytearray) -> None:
    """Collect the symbols that a linker script assigns, inside PROVIDE() or not."""
    for found in _ASSIGNMENT.finditer(text):
        out.add(Kind.LABEL, found.span(1), found.span(), value=folded(found[2]))
