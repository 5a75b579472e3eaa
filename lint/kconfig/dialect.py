"""The Kconfig language as of Linux 7.3, taught to kconfiglib, which stopped in 2020: its statements and properties."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import kconfiglib

from lint.kconfig.bounds import MAX_ENTRIES, MAX_NESTING, MAX_PROPERTIES, BoundReached
from lint.kconfig.entries import Entry, Raw, RawRange
from lint.kconfig.reader import LineError, Reader
from lint.kconfig.source import SourceError
from lint.kconfig.tokens import Expression, RawExpr, Tokens

_CLOSES: Final = {"endif": "if", "endmenu": "menu", "endchoice": "choice"}


class Dialect(Reader):
    """One parse. ``entries`` holds what was read in order, parents first."""

    def _statements(self) -> dict[str, Callable[[Tokens], None]]:
        return _handlers(self)

    # -- statements ---------------------------------------------------------------------------------------------

    def _open(self, kind: str, name: str = "") -> Entry:
        if len(self.entries) >= MAX_ENTRIES:
            raise BoundReached(f"more than {MAX_ENTRIES} entries")
        parent = self._blocks[-1][0] if self._blocks else None
        entry = Entry(kind, name, self.filename, self.linenr, parent)
        self.entries.append(entry)
        self._entry = entry
        return entry

    def _block(self, entry: Entry) -> None:
        if len(self._blocks) >= MAX_NESTING:
            raise BoundReached(f"blocks are nested more than {MAX_NESTING} deep")
        self._blocks.append((entry, len(self._files)))

    def _config(self, tokens: Tokens) -> None:
        symbol = tokens[0]
        self._entry = None
        if symbol.__class__ is not kconfiglib.Symbol or symbol.is_constant:
            self._parse_error("the name of the symbol is missing or bad")
        self._open("config", symbol.name)
        self._end_at(1)

    def _choice(self, tokens: Tokens) -> None:
        self._block(self._open("choice", tokens[0] if isinstance(tokens[0], str) else ""))
        self._end_at(1 if tokens[0] is not None else 0)

    def _menu(self, tokens: Tokens) -> None:
        entry = self._open("menu")
        self._block(entry)
        entry.prompt = (self._text(), None)
        self._end_at(1)

    def _comment(self, tokens: Tokens) -> None:
        self._open("comment").prompt = (self._text(), None)
        self._end_at(1)

    def _if(self, tokens: Tokens) -> None:
        entry = self._open("if")
        self._block(entry)
        self._entry = None
        entry.depends.append(Raw(self._whole_expr(), None, self.linenr))

    def _end(self, word: str) -> None:
        self._entry = None
        kind = _CLOSES[word]
        if not self._blocks or self._blocks[-1][1] != len(self._files) or self._blocks[-1][0].kind != kind:
            self._parse_error(f"'{word}' without its '{kind}'")
        self._blocks.pop()
        self._end_at(0)

    def _source(self, word: str) -> None:
        self._entry = None
        pattern = self._text()
        self._end_at(1)
        directory = self.filename.rpartition("/")[0] if word in ("rsource", "orsource", "grsource") else None
        try:
            paths = self.sources.resolve(pattern, directory)
        except SourceError as error:
            raise LineError(f"the sourced file {error}") from None
        if not paths and word in ("source", "rsource"):
            raise LineError("the sourced file is not in the tree")
        for path in reversed(paths):
            try:
                self._enter(path)
            except SourceError as error:
                raise LineError(f"the sourced file {error}") from None

    def _mainmenu(self, tokens: Tokens) -> None:
        self._entry = None
        self._text()
        self._end_at(1)

    # -- properties ---------------------------------------------------------------------------------------------

    def _owner(self, *kinds: str) -> Entry:
        self._properties += 1
        if self._properties > MAX_PROPERTIES:
            raise BoundReached(f"more than {MAX_PROPERTIES} properties")
        entry = self._entry
        if entry is None or entry.kind not in kinds:
            self._parse_error("this property does not belong here")
        assert entry is not None
        return entry

    def _type(self, word: str) -> None:
        entry = self._owner("config", "choice")
        entry.type = entry.type or word
        if self._tokens[0] is not None:
            self._prompt_of(entry)

    def _prompt(self, tokens: Tokens) -> None:
        self._prompt_of(self._owner("config", "choice"))

    def _prompt_of(self, entry: Entry) -> None:
        entry.prompt = (self._text().strip(), self._condition())
        entry.prompt_line = self.linenr

    def _default(self, word: str) -> None:
        entry = self._owner("config", "choice")
        if word != "default":
            entry.type = entry.type or word.removeprefix("def_")
        entry.defaults.append(Raw(self._expr(), self._condition(), self.linenr))

    def _range(self, tokens: Tokens) -> None:
        entry = self._owner("config")
        low, high = self._operand(), self._operand()
        entry.ranges.append(RawRange(low, high, self._condition(), self.linenr))

    def _select(self, word: str) -> None:
        entry = self._owner("config")
        target = self._tokens[0]
        if target.__class__ is not kconfiglib.Symbol or target.is_constant:
            self._parse_error(f"the symbol to {word} is missing or bad")
        self._tokens_i = 1
        chosen = entry.selects if word == "select" else entry.implies
        chosen.append(Raw(target, self._condition(), self.linenr))

    def _depends(self, tokens: Tokens) -> None:
        entry = self._owner("config", "choice", "menu", "comment")
        if tokens[0] != "on":
            self._parse_error("'on' is missing after 'depends'")
        self._tokens_i = 1
        entry.depends.append(Raw(self._expr(), self._condition(), self.linenr))

    def _visible(self, tokens: Tokens) -> None:
        condition = self._condition()
        if condition is not None:
            self._owner("menu").visible.append(condition)

    def _modules(self, tokens: Tokens) -> None:
        self.modules_name = self._owner("config").name
        self._end_at(0)

    def _transitional(self, tokens: Tokens) -> None:
        self.transitional.add(self._owner("config").name)
        self._end_at(0)

    def _optional(self, tokens: Tokens) -> None:
        self._owner("choice").optional = True
        self._end_at(0)

    def _option(self, tokens: Tokens) -> None:
        entry = self._owner("config")
        what = tokens[0]
        if what == "modules":
            self.modules_name = entry.name
        elif what.__class__ is kconfiglib.Symbol and what.name == "env" and tokens[1] == "=":
            name = getattr(tokens[2], "name", "")
            value = self.environment.get(name)
            if value is not None:
                self.used_environment[name] = value
                entry.defaults.append(Raw(self._lookup_const_sym(value), None, self.linenr))

    def _help(self, tokens: Tokens | None = None) -> None:
        # a text goes on till the first line that is indented less than its first one
        self._owner("config", "choice", "menu", "comment")
        lines, at = self._lines, self._at
        size = len(lines)
        while at < size and (not lines[at] or lines[at].isspace()):
            at += 1
        if at < size:
            lead = _lead(lines[at])
            width = len(lead.expandtabs())
            while at < size:
                line = lines[at]
                inside = lead and line.startswith(lead)
                if not inside and line.strip() and (not lead or len(_lead(line).expandtabs()) < width):
                    break
                at += 1
        self._at = at

    # -- parts of a line ----------------------------------------------------------------------------------------

    def _text(self) -> str:
        token = self._tokens[self._tokens_i]
        if token.__class__ is not str:
            self._parse_error("a string is missing")
        self._tokens_i += 1
        return str(token)

    def _end_at(self, index: int) -> None:
        if self._tokens[index] is not None:
            self._parse_error("there is more on this line than belongs here")

    def _condition(self) -> RawExpr | None:
        if self._tokens[self._tokens_i] == "if":
            self._tokens_i += 1
            return self._whole_expr()
        self._end_at(self._tokens_i)
        return None

    def _expr(self) -> RawExpr:
        expr, self._tokens_i = Expression(self._tokens).value(self._tokens_i)
        return expr

    def _whole_expr(self) -> RawExpr:
        expr = self._expr()
        self._end_at(self._tokens_i)
        return expr

    def _operand(self) -> Any:
        token = self._tokens[self._tokens_i]
        if token.__class__ is not kconfiglib.Symbol:
            self._parse_error("a symbol or a value is missing")
        self._tokens_i += 1
        return token


def _lead(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def _handlers(dialect: Dialect) -> dict[str, Callable[[Tokens], None]]:
    one: dict[str, Callable[[Tokens], None]] = {
        "config": dialect._config,
        "menuconfig": dialect._config,
        "choice": dialect._choice,
        "menu": dialect._menu,
        "comment": dialect._comment,
        "if": dialect._if,
        "mainmenu": dialect._mainmenu,
        "prompt": dialect._prompt,
        "range": dialect._range,
        "depends": dialect._depends,
        "visible": dialect._visible,
        "modules": dialect._modules,
        "transitional": dialect._transitional,
        "optional": dialect._optional,
        "option": dialect._option,
        "help": dialect._help,
        "---help---": dialect._help,
    }
    families: tuple[tuple[str, Callable[[str], None]], ...] = (
        ("endif endmenu endchoice", dialect._end),
        ("source rsource osource orsource gsource grsource", dialect._source),
        ("bool tristate int hex string", dialect._type),
        ("default def_bool def_tristate def_int def_hex def_string", dialect._default),
        ("select imply", dialect._select),
    )
    for words, method in families:
        for word in words.split():
            one[word] = _with_word(method, word)
    one["boolean"] = _with_word(dialect._type, "bool")
    return one


def _with_word(method: Callable[[str], None], word: str) -> Callable[[Tokens], None]:
    return lambda _tokens: method(word)
