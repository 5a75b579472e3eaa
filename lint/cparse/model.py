"""The facts of one C or assembly file, as values; nothing here knows tree-sitter.

Lines and columns count from 1, columns in bytes; offsets count bytes from 0; ends are exclusive.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lint.errors import Problem
from lint.logic import Formula


class Kind(StrEnum):
    """What a definition defines."""

    MACRO = "macro"
    FUNCTION = "function"
    DECLARATION = "declaration"  # a function prototype
    EXTERN = "extern"  # an extern variable declaration
    VARIABLE = "variable"  # at file scope
    ENUMERATOR = "enumerator"
    MEMBER = "member"
    TAG = "tag"  # struct, union or enum with a body
    TYPEDEF = "typedef"
    LABEL = "label"  # assembly: SYM_FUNC_START(x), ENTRY(x), x:, .set, .macro


@dataclass(frozen=True, slots=True)
class Definition:
    """One definition or declaration.

    ``line``/``column`` are those of the name; ``start``/``end`` the whole construct in bytes; ``scope`` is the tag or
    typedef name that a member or enumerator belongs to (empty when anonymous); ``params`` are a macro's parameter
    names or a function's parameter texts, None for what has no parameter list; ``value`` is a macro's body with
    comments and continuations folded to one space, or an enumerator's or variable's initialiser; ``type`` is the
    return, member or variable type as written; ``condition`` the ``#if`` stack around it (the include guard left out).
    """

    kind: Kind
    name: str
    path: str
    line: int
    column: int
    end_line: int
    start: int
    end: int
    scope: str = ""
    params: tuple[str, ...] | None = None
    value: str = ""
    type: str = ""
    static: bool = False
    inline: bool = False
    weak: bool = False
    condition: Formula = True


@dataclass(frozen=True, slots=True)
class Definitions:
    """The definitions of one file, sorted by position; ``error_bytes`` is what tree-sitter could not read."""

    items: tuple[Definition, ...] = ()
    problems: tuple[Problem, ...] = ()
    error_bytes: int = 0


class Use(StrEnum):
    """In which role a name stands."""

    PLAIN = "plain"  # an expression, a declaration, a type
    CALL = "call"  # followed by an argument list
    MEMBER = "member"  # after . or ->, or a designated initialiser
    TAG = "tag"  # after struct, union or enum
    MACRO_BODY = "macro-body"  # in a #define, not one of its parameters
    PASTE = "paste"  # an operand of ##
    DEFINED = "defined"  # in #ifdef, #ifndef, defined(), #undef
    CONDITION = "condition"  # in an #if expression, outside defined()


@dataclass(frozen=True, slots=True)
class Reference:
    """One use of a name: code only, never comments or strings. ``function`` is the enclosing function or macro."""

    name: str
    line: int
    column: int
    use: Use
    function: str
    condition: Formula


@dataclass(frozen=True, slots=True)
class Call:
    """One call or macro invocation; ``arguments`` are the texts between the commas of its own level."""

    name: str
    line: int
    column: int
    arguments: tuple[str, ...]
    function: str
    condition: Formula


@dataclass(frozen=True, slots=True)
class Include:
    """One ``#include``; ``path`` without quotes or brackets."""

    path: str
    line: int
    quoted: bool
    condition: Formula


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment, with its delimiters."""

    line: int
    end_line: int
    start: int
    text: str
