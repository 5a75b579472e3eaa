"""The lines of a Kconfig file as tokens of its grammar, as the lexer of scripts/kconfig reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lint.kconfig.grammar import Grammar

MAX_BYTES = 4 << 20
EOL = "T_EOL"
WORD = "T_WORD"
QUOTED = "T_WORD_QUOTE"

_PIECE = re.compile(
    r"(?P<blank>[ \t]++)|(?P<comment>#.*+)|(?P<word>[A-Za-z0-9_$-]++)|(?P<quote>[\"'])|(?P<other>.)", re.S
)
_IN_STRING = re.compile(r"[\"'\\$]")
_PARENTHESIS = re.compile(r"[()]")


@dataclass(frozen=True, slots=True)
class Token:
    """One token; ``macro`` for a word that a macro makes, which may turn out to be nothing."""

    kind: str
    text: str
    macro: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One statement: all its physical lines, and its tokens (``T_EOL`` at the end left out).

    ``help`` tells that a help text follows, ``blank`` that there is nothing in it. ``unfinished`` names what is not
    closed on the line: a quoted string, a macro.
    """

    first: int
    last: int
    tokens: tuple[Token, ...]
    help: bool = False
    blank: bool = False
    unfinished: str = ""


def lines(text: bytes, grammar: Grammar) -> Iterator[Line]:
    """The statements of a file, in order; never raises."""
    rows = text[:MAX_BYTES].decode("utf-8", "replace").split("\n")
    signs = sorted((word for word in grammar.keywords if not word[0].isalpha()), key=len, reverse=True)
    number = 0
    rest = ""  # of a line on which a help text ends
    while number < len(rows):
        first = number
        row = rest or rows[number]
        rest = ""
        number += 1
        while row.endswith("\\") and number < len(rows):
            row = row[:-1] + " " + rows[number]
            number += 1
        tokens, unfinished = _tokens(row, grammar, signs)
        if not tokens:
            continue
        if [token.kind for token in tokens] == ["T_HELP"]:
            number, blank = _behind_help(rows, number)
            yield Line(first + 1, first + 1, tuple(tokens), help=True, blank=blank)
            continue
        yield Line(first + 1, number, tuple(tokens), unfinished=unfinished)


def _tokens(row: str, grammar: Grammar, signs: list[str]) -> tuple[list[Token], str]:
    found: list[Token] = []
    at, unfinished = 0, ""
    while at < len(row):
        piece = _PIECE.match(row, at)
        if piece is None or piece.lastgroup == "comment":
            break
        start, at = at, piece.end()
        if piece.lastgroup == "quote":
            at, closed = _behind_string(row, at, piece[0])
            unfinished = unfinished if closed else "string"
            found.append(Token(QUOTED, row[start:at]))
        elif piece.lastgroup == "word":
            at, closed = _behind_word(row, start)
            unfinished = unfinished if closed else "macro"
            word = row[start:at]
            found.append(Token(grammar.keywords.get(word, WORD), word, "$" in word))
        elif piece.lastgroup == "other":
            sign = next((one for one in signs if row.startswith(one, start)), "")
            if not sign:
                continue  # the lexer warns of it and goes on
            at = start + len(sign)
            found.append(Token(grammar.keywords[sign], sign))
            if len(found) == 2 and found[0].kind == WORD and sign in ("=", ":=", "+="):
                if row[at:].strip():
                    found.append(Token("T_ASSIGN_VAL", row[at:].strip()))
                break
    return found, unfinished


def _behind_string(row: str, at: int, quote: str) -> tuple[int, bool]:
    """The offset behind a string, and whether it is closed; macros in it keep their own quotes."""
    while (special := _IN_STRING.search(row, at)) is not None:
        at = special.end()
        if special[0] == quote:
            return at, True
        if special[0] == "\\":
            at += 1
        elif special[0] == "$" and row[at : at + 1] == "(":
            end = _behind_macro(row, at)
            at = end or at
    return len(row), False


def _behind_word(row: str, at: int) -> tuple[int, bool]:
    closed = True
    while at < len(row) and (row[at].isascii() and (row[at].isalnum() or row[at] in "_-$")):
        if row[at] == "$" and row[at + 1 : at + 2] == "(":
            end = _behind_macro(row, at + 1)
            closed, at = end > 0, end or len(row)
        else:
            at += 1
    return at, closed


def _behind_macro(row: str, at: int) -> int:
    """The offset behind the parenthesis that opens at ``at``; 0 when it is never closed."""
    depth = 0
    for found in _PARENTHESIS.finditer(row, at):
        depth += 1 if found[0] == "(" else -1
        if depth == 0:
            return found.end()
    return 0


def _behind_help(rows: list[str], number: int) -> tuple[int, bool]:
    """The index of the row behind a help text, and whether the text is blank."""
    first, last, blank, begun = 0, 0, True, False
    while number < len(rows):
        row = rows[number].expandtabs(8)
        content = row.lstrip(" ")
        if not content.strip():
            number += 1
            if number < len(rows) and rows[number][:1].strip():
                break
            continue
        indent = len(row) - len(content)
        if begun and ((not indent) or (first and indent < first)):
            break
        last = indent or last
        first = first or last
        blank, begun = False, True
        number += 1
        if number < len(rows) and rows[number][:1].strip():
            break
    return number, blank
