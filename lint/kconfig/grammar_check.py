"""What the scripts/kconfig of a tree would refuse in one Kconfig file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from lint.kconfig.grammar import Grammar, Production
from lint.kconfig.grammar_tables import END, Tables, tables
from lint.kconfig.grammar_tokens import EOL, QUOTED, WORD, Line, Token, lines

MAX_ISSUES = 50
MAX_DEPTH = 400

_ENDED = re.compile(r'zconf_endtoken\(\s*\$1\s*,\s*"(\w+)"')
_VALUE = re.compile(r'\$\$\s*=\s*"(\w+)"')
_TYPES = frozenset({"T_BOOL", "T_TRISTATE", "T_INT", "T_HEX", "T_STRING"})
_DEFAULTS = frozenset({"T_DEFAULT", "T_DEF_BOOL", "T_DEF_TRISTATE"})
_PROPERTIES = frozenset({"T_PROMPT", "T_SELECT", "T_IMPLY", "T_RANGE", "T_DEPENDS", "T_VISIBLE"}) | _DEFAULTS
_OTHERS = frozenset({"T_HELP", "T_TRANSITIONAL", "T_MODULES", "T_OPTIONAL"}) | _TYPES


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that is refused: physical lines, what is wrong, the word that it is about.

    ``begin`` is the line of a block that it is about, or 0. ``warned`` marks what the kernel only warns of.
    """

    first: int
    last: int
    message: str
    word: str = ""
    begin: int = 0
    warned: bool = False


@dataclass(frozen=True, slots=True)
class _Symbol:
    """An entry of the parser's stack."""

    state: int
    name: str
    line: int
    value: str = ""


@dataclass(slots=True)
class _Entry:
    """A config or choice entry with what it has so far."""

    kind: str
    name: str
    line: int
    member: bool
    conditional: bool = False
    prompt: bool = False
    helped: bool = False
    types: set[str] = field(default_factory=set)
    transitional: int = 0
    more: int = 0
    default: int = 0


def check(text: bytes, grammar: Grammar, *, top: bool = False) -> tuple[Issue, ...]:
    """Everything that is refused in a file, in order; ``top`` for the file that is read first. Never raises."""
    made = tables(grammar, top=top)
    if not made.complete:
        return ()
    return tuple(_Check(grammar, made).run(text, top=top))


class _Check:
    def __init__(self, grammar: Grammar, made: Tables) -> None:
        self.grammar = grammar
        self.tables = made
        self.stack = [_Symbol(0, "", 0)]
        self.issues: list[Issue] = []
        self.entry: _Entry | None = None
        self.lost = False  # behind a statement that was refused, with properties that belong to it

    def run(self, text: bytes, *, top: bool) -> list[Issue]:
        for line in lines(text, self.grammar):
            if len(self.issues) >= MAX_ISSUES or len(self.stack) > MAX_DEPTH:
                return self.issues
            self.line(line)
        last = text.count(b"\n") + 1
        if top and self.grammar.refusals.top_without_newline and text and not text.endswith(b"\n"):
            self.tell(last, last, "the top Kconfig file has no newline at its end")
        self.close()
        if not self.feed(Token(END, ""), last):
            begins = _begins(self.grammar.productions, self.grammar.blocks)
            for symbol in self.stack:
                if symbol.name in begins:
                    kind = symbol.name.removeprefix("T_").partition("_")[0].lower()
                    self.tell(symbol.line, symbol.line, f"this {kind} has no end{kind} in its file", f"end{kind}")
        return self.issues

    def line(self, line: Line) -> None:
        """Read one statement; one that is refused is left out."""
        if line.unfinished == "macro":
            self.tell(line.first, line.last, "a macro is not closed: a parenthesis is missing", line.tokens[-1].text)
            return
        if line.unfinished:
            message = "a string is not closed on its line"
            self.issues.append(Issue(line.first, line.last, message, line.tokens[-1].text, warned=True))
        before, known = list(self.stack), len(self.issues)
        bad = self.tokens(line, line.tokens)
        if bad is not None and any(token.macro for token in line.tokens):
            # A macro may give nothing at all.
            self.stack = list(before)
            rest = tuple(token for token in line.tokens if not token.macro)
            if not rest or self.tokens(line, rest) is None or sum(token.macro for token in line.tokens) > 1:
                self.stack = before if not rest else self.stack
                return
        if bad is not None:
            after_bad = self.stack
            self.stack = before
            del self.issues[known:]
            if not (self.lost and line.tokens[0].kind in _PROPERTIES | _OTHERS):
                self.lost = bad == 0 or line.tokens[0].kind not in _PROPERTIES | _OTHERS
                self.refuse(line, bad, after_bad)
                if self.lost:
                    self.close()
            return
        self.lost = self.lost and line.tokens[0].kind in _PROPERTIES | _OTHERS
        self.note(line)

    def tokens(self, line: Line, tokens: tuple[Token, ...]) -> int | None:
        """Feed a statement; the index of the token that does not fit, or None when all do."""
        whole = [*tokens, Token(EOL, "")]
        if line.help:
            whole.append(Token("T_HELPTEXT", ""))
        for index, token in enumerate(whole):
            if not self.feed(token, line.first):
                return index
        return None

    def feed(self, token: Token, line: int) -> bool:
        """Shift one token, after the reductions that it asks for; False when it does not fit."""
        while True:
            state = self.stack[-1].state
            shifted = self.tables.shift[state].get(token.kind)
            if shifted is not None:
                self.stack.append(_Symbol(shifted, token.kind, line))
                return True
            index = self.tables.reduce[state].get(token.kind)
            if index is None:
                return False
            if index == 0:
                return True
            self.reduce(self.tables.productions[index], line)

    def reduce(self, production: Production, line: int) -> None:
        count = len(production.symbols)
        parts = self.stack[len(self.stack) - count :] if count else []
        del self.stack[len(self.stack) - count :]
        expected = _ENDED.search(production.action)
        if expected and parts and parts[0].value != expected[1]:
            begun = next((one for one in reversed(self.stack) if one.name in self.grammar.blocks), None)
            end, at = f"end{parts[0].value}", parts[0].line
            self.tell(at, at, f"{end} stands where end{expected[1]} is due", end, begun.line if begun else 0)
        value = _VALUE.search(production.action)
        goto = self.tables.goto[self.stack[-1].state][production.name]
        start = parts[0].line if parts else line
        self.stack.append(_Symbol(goto, production.name, start, value[1] if value else ""))

    def refuse(self, line: Line, index: int, stack: list[_Symbol]) -> None:
        """Say what does not fit: ``stack`` is the state in front of that token."""
        whole = [*line.tokens, Token(EOL, "")]
        if index >= len(whole):
            return
        bad = whole[index]
        own = ": scripts/kconfig of this tree does not know it" if self.grammar.own else ""
        if index == 0 and bad.kind == WORD:
            self.tell(line.first, line.last, f'unknown statement "{bad.text}"{own}', bad.text)
        elif index == 0:
            where = self.where()
            self.tell(line.first, line.last, f'"{bad.text}" does not belong {where}', bad.text)
        elif index == 1 and line.tokens[0].kind == WORD:
            word = line.tokens[0].text
            self.tell(line.first, line.last, f'unknown statement "{word}"{own}', word)
        else:
            behind = whole[index - 1].text
            what = self.wanted(stack, bad)
            shown = f'"{bad.text}"' if bad.text else "the end of the line"
            self.tell(line.first, line.last, f'{shown} does not fit behind "{behind}"{what}', bad.text or behind)

    def wanted(self, stack: list[_Symbol], bad: Token) -> str:
        """What would fit instead, where that is one thing."""
        names = {QUOTED: "a quoted string", WORD: "a name", EOL: "the end of the line", "T_ON": '"on"'}
        fits = []
        for kind in names:
            self.stack, kept = list(stack), self.stack
            fits += [kind] if self.feed(Token(kind, ""), 0) else []
            self.stack = kept
        if bad.kind in fits or len(fits) != 1:
            return ""
        return f", {names[fits[0]]} is expected"

    def where(self) -> str:
        blocks = [one.name.partition("_")[0] for one in self.stack if one.name in self.grammar.blocks]
        if self.entry is not None:
            return f"to {self.entry.kind} {self.entry.name}".rstrip()
        return f"inside a {blocks[-1]}" if blocks else "here"

    def note(self, line: Line) -> None:
        """Keep in mind what an entry has, for what is checked behind the grammar."""
        first = line.tokens[0]
        entry = self.entry
        if first.kind not in _PROPERTIES and first.kind not in _OTHERS:
            self.close()
            if first.kind in ("T_CONFIG", "T_MENUCONFIG", "T_CHOICE"):
                around = {one.name for one in self.stack if one.name in self.grammar.blocks}
                member = any(name.startswith("choice") for name in around)
                conditional = any(name.startswith("if") for name in around)
                name = line.tokens[1].text if len(line.tokens) > 1 else ""
                self.entry = _Entry(first.text, name, line.first, member, conditional)
            return
        if entry is None:
            return
        quoted = len(line.tokens) > 1 and line.tokens[1].kind == QUOTED
        if first.kind in _TYPES:
            entry.types.add(first.text)
        if first.kind.startswith("T_DEF_"):
            entry.types.add(first.text.removeprefix("def_"))
        entry.prompt = entry.prompt or first.kind == "T_PROMPT" or (first.kind in _TYPES and quoted)
        if first.kind in _PROPERTIES or (first.kind in _TYPES and quoted):
            entry.more = entry.more or line.first
        if first.kind in _DEFAULTS:
            entry.default = entry.default or line.first
        if first.kind == "T_TRANSITIONAL":
            entry.transitional = line.first
        if line.help:
            self.help(line, entry)

    def help(self, line: Line, entry: _Entry) -> None:
        what = f"{entry.kind} {entry.name}".rstrip()
        if entry.helped and self.grammar.refusals.second_help:
            self.tell(line.first, line.last, f"{what} has a second help text", entry.name)
        if line.blank and self.grammar.refusals.blank_help:
            self.tell(line.first, line.last, f"the help text of {what} is blank", entry.name)
        entry.helped = True

    def close(self) -> None:
        """Judge the entry that ends here."""
        entry, self.entry = self.entry, None
        if entry is not None:
            for line, message in _refused(entry, self.grammar):
                self.tell(line, line, message, entry.name)

    def tell(self, first: int, last: int, message: str, word: str = "", begin: int = 0) -> None:
        self.issues.append(Issue(first, last, message[:200], word[:80], begin))


@lru_cache(maxsize=8)
def _begins(productions: tuple[Production, ...], blocks: frozenset[str]) -> frozenset[str]:
    """The symbols that a block may begin with on the stack, before its reduction is due."""
    found = set(blocks)
    for _ in range(4):
        found |= {one.symbols[0] for one in productions if one.name in found and one.symbols}
    return frozenset(found)


def _refused(entry: _Entry, grammar: Grammar) -> Iterator[tuple[int, str]]:
    refusals, what = grammar.refusals, f"{entry.kind} {entry.name}".rstrip()
    if entry.kind == "menuconfig" and not entry.prompt and refusals.menuconfig_without_prompt:
        yield entry.line, f"{what} has no prompt"
    if entry.kind == "choice" and not entry.prompt and refusals.choice_without_prompt:
        yield entry.line, "this choice has no prompt"
    if entry.transitional and (entry.more or entry.conditional) and refusals.transitional_with_more:
        yield entry.more or entry.transitional, f"{what} is transitional and can have a type and a help text only"
    if not entry.member or entry.kind == "choice":
        return
    if not entry.prompt and refusals.member_without_prompt:
        yield entry.line, f"{what} is member of a choice and has no prompt"
    if entry.types and "bool" not in entry.types and refusals.member_not_bool:
        yield entry.line, f"{what} is member of a choice and not bool"
    if entry.default and refusals.member_default:
        yield entry.default, f"{what} is member of a choice and has a default"
