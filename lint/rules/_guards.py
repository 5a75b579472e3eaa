"""What a file makes hang on CONFIG symbols: ``#if`` and ``IS_ENABLED()``, conditions of Kconfig, lists of Makefiles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lint.config_uses import CODE_SUFFIXES, is_makefile
from lint.cparse.conditions import Branch
from lint.cparse.conditions_expression import condition, macro_condition
from lint.cparse.facts import FileFacts, facts
from lint.effects.truth import symbol_of
from lint.kbuild.values import conditional, suffix_value
from lint.kconfig.formulas import full, some
from lint.kconfig.model import AndExpr, Compare, Expr, Lit, NotExpr, OrExpr, Sym
from lint.kconfig.scan import is_kconfig_file
from lint.kconfig.statements import Statement, Token, statements
from lint.logic import Formula, atoms, either, negate

_TEST = re.compile(rb"\bIS_(?:ENABLED|BUILTIN|MODULE|REACHABLE)\s*+\(\s*+CONFIG_([A-Za-z0-9_]++)\s*+\)")
_CONDITIONALS = frozenset({"if", "elif", "ifdef", "ifndef", "elifdef", "elifndef"})
_MAKE = frozenset({"ifeq", "ifneq", "ifdef", "ifndef"})
_LISTED = re.compile(r"[\w.-]+-(\$[({][^=]*?[)}])\s*(?:\+|:|::)?=")
_COMPARED = frozenset({"=", "!=", "<", ">", "<=", ">="})
_MOST_TEXT = 80
_DEEPEST = 40


@dataclass(frozen=True, slots=True)
class Guard:
    """One condition as it is written, on one line.

    ``holds`` and ``possible`` differ for a tristate expression of Kconfig alone: that it is y, and that it is m or y.
    ``around`` is the ``#if`` stack that it stands in; ``text`` shows it on one line.
    """

    path: str
    line: int
    text: str
    symbols: tuple[str, ...]
    holds: Formula
    possible: Formula
    around: Formula = True


@lru_cache(maxsize=128)
def guards(path: str, text: bytes) -> tuple[Guard, ...]:
    """Every guard of one state of a file that names CONFIG symbols and nothing else, by line."""
    if is_kconfig_file(path):
        return tuple(_kconfig(path, text))
    if is_makefile(path):
        return tuple(_makefile(path, text)) if b"CONFIG_" in text else ()
    if path.endswith(CODE_SUFFIXES) and b"CONFIG_" in text:
        return tuple(sorted(_code(facts(path, text)), key=lambda guard: guard.line))
    return ()


def _code(file: FileFacts) -> Iterator[Guard]:
    lines = file.stripped.split(b"\n")
    for branch in file.conditions.branches:
        if branch.keyword in _CONDITIONALS and not branch.guard and "CONFIG_" in branch.text:
            plain = branch.keyword in ("if", "elif")
            own, _ = condition(branch.text) if plain else macro_condition(branch.text)
            own = negate(own) if branch.keyword.endswith("ndef") else own
            symbols = _symbols(own)
            if symbols and not _is_check(lines, branch):
                around = file.conditions.inside(branch.parent)
                yield Guard(
                    file.path, branch.line, _shown(f"#{branch.keyword} {branch.text}"), symbols, own, own, around
                )
    for match in _TEST.finditer(file.stripped):
        directive = file.source.directive_at(match.start())
        if directive is None or directive.keyword not in (*_CONDITIONALS, "define"):
            line, _ = file.source.lines.place(match.start())
            text = "".join(match[0].decode().split())
            own, _ = condition(text)
            yield Guard(file.path, line, text, (match[1].decode(),), own, own, file.conditions.at(line))


def _is_check(lines: Sequence[bytes], branch: Branch) -> bool:
    """Whether a group guards nothing, or only an ``#error``: what is made sure of is meant to be always so."""
    inner = [line.strip() for line in lines[branch.opening : branch.closing - 1]]
    code = [line for line in inner if line and not line.lstrip(b"# \t").startswith((b"else", b"elif"))]
    return all(line.lstrip(b"# \t").startswith((b"error", b"warning")) for line in code)


def _makefile(path: str, text: bytes) -> Iterator[Guard]:
    for number, raw in enumerate(text.decode("utf-8", "replace").split("\n"), 1):
        line = raw.partition("#")[0].strip()
        if "CONFIG_" not in line:
            continue
        word = line.removeprefix("else ").strip() if line.startswith("else ") else line
        listed = _LISTED.match(word)
        if word.replace("(", " ").split()[0] in _MAKE:
            own = conditional(word)
        elif listed is not None:
            own = either(suffix_value(listed[1].replace("{", "(").replace("}", ")")))
        else:
            continue
        symbols = _symbols(own)
        if symbols:
            shown = word if listed is None else listed[0].rstrip("+:= \t")
            yield Guard(path, number, _shown(shown), symbols, own, own)


def _kconfig(path: str, text: bytes) -> Iterator[Guard]:
    for statement in statements(text):
        tokens = _condition(statement)
        expr = _parsed(tokens) if tokens else None
        if expr is None:
            continue
        own, low = full(expr), some(expr)
        symbols = _symbols(low) or _symbols(own)
        if symbols:
            words = " ".join(token.text for token in tokens).replace("( ", "(").replace(" )", ")").replace("! ", "!")
            head = "depends on" if statement.word == "depends" else f"{statement.word} if".replace("if if", "if")
            if statement.word in ("select", "imply", "default") and statement.tokens:
                head = f"{statement.word} {statement.tokens[0].text} if"
            yield Guard(path, statement.line, _shown(f"{head} {words}"), symbols, own, low)


def _condition(statement: Statement) -> Sequence[Token]:
    """The words of a statement's condition: behind ``depends on``, or behind ``if``."""
    tokens = statement.tokens
    at = next((n for n, token in enumerate(tokens) if token.text == "if" and not token.quoted), None)
    if statement.word == "if":
        return tokens
    if statement.word == "depends":
        return tokens[1:] if tokens and tokens[0].text == "on" and at is None else ()
    return () if at is None else tokens[at + 1 :]


def _parsed(tokens: Sequence[Token]) -> Expr | None:
    """A Kconfig expression; None for what is none, or too deep."""
    depth = 0
    for token in tokens:
        depth += (token.text == "(") - (token.text == ")")
        if depth > _DEEPEST:
            return None
    at = 0

    def peek() -> str:
        return tokens[at].text if at < len(tokens) and not tokens[at].quoted else ""

    def chain(mark: str) -> Expr | None:
        nonlocal at
        parts = [chain("&&") if mark == "||" else factor()]
        while peek() == mark:
            at += 1
            parts.append(chain("&&") if mark == "||" else factor())
        known = [part for part in parts if part is not None]
        if len(known) != len(parts):
            return None
        kind = OrExpr if mark == "||" else AndExpr
        return known[0] if len(known) == 1 else kind(tuple(known))

    def factor() -> Expr | None:
        nonlocal at
        negated = False
        while peek() == "!":
            at += 1
            negated = not negated
        inner: Expr | None
        if peek() == "(":
            at += 1
            inner = chain("||")
            if peek() != ")":
                return None
            at += 1
        else:
            left = word()
            inner = left
            if peek() in _COMPARED and left is not None:
                mark = peek()
                at += 1
                right = word()
                inner = None if right is None else Compare(mark, left, right)
        if inner is None:
            return None
        return NotExpr(inner) if negated else inner

    def word() -> Sym | Lit | None:
        nonlocal at
        if at >= len(tokens):
            return None
        token = tokens[at]
        text = token.text
        if not token.quoted and not text.replace("_", "a").isalnum():
            return None
        at += 1
        if token.quoted or text in ("y", "m", "n") or text.isdigit() or text[:2] in ("0x", "0X"):
            return Lit(text)
        return Sym(text)

    found = chain("||")
    return found if at == len(tokens) else None


def _symbols(formula: Formula) -> tuple[str, ...]:
    """The symbols of a formula in order; none when it names anything else."""
    found: dict[str, None] = {}
    for atom in atoms(formula):
        name = symbol_of(atom)
        if name is None:
            return ()
        found[name.removesuffix("_MODULE")] = None
    return tuple(found)


def _shown(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _MOST_TEXT else f"{text[: _MOST_TEXT - 3]}..."
