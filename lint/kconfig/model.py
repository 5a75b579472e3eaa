"""The facts of one architecture's Kconfig, as values; nothing here knows kconfiglib."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from lint.errors import Problem


class Value:
    """What pickles by its fields alone: three times as fast to load as what dataclasses bring along for slots."""

    __slots__ = ()
    __match_args__: tuple[str, ...] = ()

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        """The class and its arguments."""
        return self.__class__, tuple([getattr(self, name) for name in self.__match_args__])


@dataclass(frozen=True, slots=True)
class Sym(Value):
    """A symbol in an expression, by name without ``CONFIG_``; it may be defined nowhere."""

    name: str


@dataclass(frozen=True, slots=True)
class Lit(Value):
    """A constant: ``y``, ``m``, ``n``, a number or a string, as text."""

    value: str


@dataclass(frozen=True, slots=True)
class Compare(Value):
    """``left op right`` where ``op`` is one of ``= != < <= > >=``."""

    op: str
    left: Sym | Lit
    right: Sym | Lit


@dataclass(frozen=True, slots=True)
class NotExpr(Value):
    """Tristate negation: 2 minus the value."""

    operand: Expr


@dataclass(frozen=True, slots=True)
class AndExpr(Value):
    """The smallest value of the operands."""

    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class OrExpr(Value):
    """The largest value of the operands."""

    operands: tuple[Expr, ...]


Expr: TypeAlias = Sym | Lit | Compare | NotExpr | AndExpr | OrExpr
YES = Lit("y")
NO = Lit("n")


class Type(StrEnum):
    """The type of a symbol; ``unknown`` for one that is only referred to."""

    BOOL = "bool"
    TRISTATE = "tristate"
    INT = "int"
    HEX = "hex"
    STRING = "string"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Select(Value):
    """One ``select`` or ``imply``: where it stands, and under which condition it passes on the selector's value.

    ``guard`` is its own ``if``; ``condition`` is that and the dependencies of the selecting entry, as in Kconfig
    itself. The selector's value is part of neither.
    """

    selector: str
    target: str
    condition: Expr
    path: str
    line: int
    imply: bool = False
    guard: Expr = YES


@dataclass(frozen=True, slots=True)
class Default(Value):
    """One ``default value if guard``; ``condition`` is ``guard`` and the dependencies of its definition."""

    value: Expr
    condition: Expr
    guard: Expr = YES
    line: int = 0


@dataclass(frozen=True, slots=True)
class Range(Value):
    """One ``range low high if condition``; ``condition`` holds the dependencies of its definition too."""

    low: Expr
    high: Expr
    condition: Expr
    line: int = 0


@dataclass(frozen=True, slots=True)
class Definition(Value):
    """One ``config`` or ``menuconfig`` entry of a symbol.

    ``depends`` holds the entry's own ``depends on`` with those of the enclosing menus and ifs; ``prompt`` is None when
    users cannot set it here; ``prompt_condition`` includes ``depends`` and ``visible if``. ``own_depends`` leaves out
    what encloses the entry; ``depends_lines`` are the lines of its ``depends on``. ``toolchain``: some value or
    condition here is an answer of the declared toolchain (``cc-option`` and the like).
    """

    path: str
    line: int
    type: Type
    prompt: str | None
    prompt_condition: Expr
    depends: Expr
    defaults: tuple[Default, ...]
    ranges: tuple[Range, ...]
    selects: tuple[Select, ...]
    implies: tuple[Select, ...]
    own_depends: Expr = YES
    depends_lines: tuple[int, ...] = ()
    prompt_line: int = 0
    toolchain: bool = False


@dataclass(frozen=True, slots=True)
class Symbol(Value):
    """A symbol with all its definitions; ``direct_dependency`` is what ``select`` must not violate."""

    name: str
    type: Type
    definitions: tuple[Definition, ...]
    direct_dependency: Expr
    selected_by: tuple[Select, ...]
    implied_by: tuple[Select, ...]
    choice: int | None = None
    transitional: bool = False


@dataclass(frozen=True, slots=True)
class Choice(Value):
    """A choice: exactly one member is y when it is visible and bool.

    ``depends`` is its own ``depends on`` with those of what encloses it; the members' conditions end in this object.
    """

    path: str
    line: int
    members: tuple[str, ...]
    prompt: str | None
    visibility: Expr
    type: Type
    defaults: tuple[Default, ...]
    optional: bool = False
    depends: Expr = YES


@dataclass(frozen=True, slots=True)
class Sourced(Value):
    """One reading of a file: what sourced it (empty: nothing), and what encloses all that it says.

    ``visible`` are the ``visible if`` of the menus around it; ``choice`` tells that it stands in a choice.
    """

    path: str
    by: str
    depends: Expr = YES
    visible: Expr = YES
    choice: bool = False


@dataclass(frozen=True, slots=True)
class Kconfig:
    """All symbols of one architecture in one state of the tree.

    ``files`` are the Kconfig files that were read, in order of first reading; ``environment`` are the values that
    symbols and macros took from outside (ARCH, SRCARCH, ...). ``warnings`` are what the kernel itself only warns of;
    ``unknown_commands`` are the shell commands whose answer is no more than a guess, in order of appearance.
    ``version`` is the tree's (``7.3.0-rc1``), whose rules the values follow; empty means the newest rules.
    ``sourced`` are all readings of files, in order; ``macros`` are the files that set variables.
    """

    arch: str
    symbols: Mapping[str, Symbol]
    choices: tuple[Choice, ...]
    files: tuple[str, ...]
    environment: Mapping[str, str]
    modules: str | None
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...] = ()
    unknown_commands: tuple[str, ...] = ()
    version: str = ""
    sourced: tuple[Sourced, ...] = ()
    macros: tuple[str, ...] = ()

    def defines(self, name: str) -> bool:
        """Whether some entry defines the symbol (a mere reference does not)."""
        symbol = self.symbols.get(name)
        return symbol is not None and bool(symbol.definitions)
