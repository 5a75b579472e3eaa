"""The words of a Kconfig line, and the expressions that they form."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, TypeAlias, cast

import kconfiglib

from lint.kconfig.bounds import MAX_NESTING

Tokens: TypeAlias = list[Any]
"""Symbols of kconfiglib, plain strings, and Keywords; None ends the list."""
RawExpr: TypeAlias = Any
"""A Symbol of kconfiglib, or a tuple of an operator and its operands."""


class Keyword(str):
    """A word or operator of the language, not to be mixed up with a string that reads the same."""

    __slots__ = ()


_WORDS: Final = (
    "bool choice comment config def_bool def_tristate default depends endchoice endif endmenu help hex if imply int"
    " mainmenu menu menuconfig modules on prompt range select source string transitional tristate visible"
)
KEYWORDS: Final = {word: Keyword(word) for word in _WORDS.split()}
OPERATORS: Final = {sign: Keyword(sign) for sign in ("&&", "||", "=", "!=", "<", "<=", ">", ">=", "!", "(", ")")}
_BEFORE_STRINGS: Final = (
    "bool boolean choice comment hex int mainmenu menu prompt source rsource osource orsource gsource grsource string"
    " tristate"
)
EXPECTS_STRING: Final = frozenset(_BEFORE_STRINGS.split())

first_word: Final = re.compile(r"[ \t]*([A-Za-z0-9_$-]+)[ \t]*", re.ASCII).match
_token: Final = re.compile(
    r"(?P<word>[A-Za-z0-9_/.-]++(?!\$))"
    r"|(?P<macro>[A-Za-z0-9_$/.-]++)"
    r"|(?P<space>\s+)"
    r"|(?P<quoted>\"[^\"\\$]*\"|'[^'\\$]*')"
    r"|(?P<operator>&&|\|\||!=|<=|>=|[=<>!()])"
    r"|(?P<quote>[\"'])"
    r"|(?P<comment>#)"
    r"|(?P<odd>.)",
    re.ASCII | re.DOTALL,
)
next_token: Final[Callable[[str, int], re.Match[str]]] = cast("Any", _token.match)  # some alternative always matches
lone_word: Final = re.compile(r"([A-Za-z0-9_]++)[ \t]*+$", re.ASCII).match
string_special: Final = re.compile(r"[\"'\\]|\$\(").search

_RELATIONS: Final = frozenset({"=", "!=", "<", "<=", ">", ">="})


class Expression:
    """Reads one expression out of tokens: ``value(i)`` gives the expression and the index behind it.

    Raises kconfiglib.KconfigError for what is no expression and for one that is nested too deeply.
    """

    __slots__ = ("_depth", "_tokens")

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._depth = 0

    def value(self, i: int) -> tuple[RawExpr, int]:
        """A chain of ``||``; operands of one chain stand side by side."""
        first, i = self._chain(i)
        if self._tokens[i] != "||":
            return first, i
        terms = ["||", first]
        while self._tokens[i] == "||":
            term, i = self._chain(i + 1)
            terms.append(term)
        return tuple(terms), i

    def _chain(self, i: int) -> tuple[RawExpr, int]:
        first, i = self._factor(i)
        if self._tokens[i] != "&&":
            return first, i
        terms = ["&&", first]
        while self._tokens[i] == "&&":
            term, i = self._factor(i + 1)
            terms.append(term)
        return tuple(terms), i

    def _factor(self, i: int) -> tuple[RawExpr, int]:
        tokens = self._tokens
        token = tokens[i]
        if token.__class__ is kconfiglib.Symbol:
            relation = tokens[i + 1]
            if relation.__class__ is not Keyword or relation not in _RELATIONS:
                return token, i + 1
            right = tokens[i + 2]
            if right.__class__ is not kconfiglib.Symbol:
                raise kconfiglib.KconfigError("a symbol or a value is missing after a comparison")
            return (str(relation), token, right), i + 3
        if token.__class__ is Keyword and token in ("!", "("):
            self._depth += 1
            if self._depth > MAX_NESTING:
                raise kconfiglib.KconfigError(f"the expression is nested more than {MAX_NESTING} deep")
            if token == "!":
                operand, i = self._factor(i + 1)
                result: RawExpr = ("!", operand)
            else:
                result, i = self.value(i + 1)
                if tokens[i] != ")":
                    raise kconfiglib.KconfigError("a closing parenthesis is missing")
                i += 1
            self._depth -= 1
            return result, i
        raise kconfiglib.KconfigError("the expression is not understood")
