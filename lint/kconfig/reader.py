"""Reads Kconfig text for the dialect: lines, tokens and macros, from a tree, without shell, environment and imports.

kconfiglib gives the symbol tables and the macro language. A line that is not understood is a problem and costs only
itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import kconfiglib

from lint.errors import Problem, Stage
from lint.kconfig.bounds import (
    MAX_ASSIGNMENT,
    MAX_ASSIGNMENTS,
    MAX_EXPANDED,
    MAX_EXPANSIONS,
    MAX_LINE,
    MAX_MESSAGE,
    MAX_NESTING,
    MAX_PROBLEMS,
    MAX_SYMBOLS,
    BoundReached,
)
from lint.kconfig.entries import Entry
from lint.kconfig.source import SourceError, Sources
from lint.kconfig.tokens import (
    EXPECTS_STRING,
    KEYWORDS,
    OPERATORS,
    Tokens,
    first_word,
    lone_word,
    next_token,
    string_special,
)

Shell = Callable[[str], tuple[str, bool]]


# kconfiglib has no types: what is derived from it is Any to mypy.
class LineError(kconfiglib.KconfigError):  # type: ignore[misc]
    """A line that is not understood; only that line is lost."""


class Reader(kconfiglib.Kconfig):  # type: ignore[misc]
    """One parse. ``problems`` are lines that are not understood, ``notes`` what the kernel itself only warns of.

    ``readings`` are the files as they were entered, with what sourced them and the block around that; ``assigning``
    are those that set variables.
    """

    def __init__(self, sources: Sources, environment: Mapping[str, str], shell: Shell) -> None:
        # kconfiglib's own __init__ reads the environment, imports a module by name and parses at once
        self.sources = sources
        self.environment = environment
        self.shell = shell
        self.guessed = False
        self.entries: list[Entry] = []
        self.readings: list[tuple[str, str, Entry | None]] = []
        self.assigning: dict[str, None] = {}
        self.problems: list[Problem] = []
        self.notes: list[Problem] = []
        self.used_environment: dict[str, str] = {}
        self.modules_name: str | None = None
        self.transitional: set[str] = set()
        self.syms: dict[str, Any] = {}
        self.const_syms: dict[str, Any] = {}
        self.variables: dict[str, Any] = {}
        self._parsing_kconfigs = True
        self.n = None
        for name in ("n", "m", "y"):
            symbol = self._lookup_const_sym(name)
            symbol.orig_type = kconfiglib.TRISTATE
        self.n, self.m, self.y = (self.const_syms[name] for name in ("n", "m", "y"))
        self._functions = {
            "info": (_note, 1, 1),
            "error-if": (_error_if, 2, 2),
            "filename": (lambda kconf, _: kconf.filename, 0, 0),
            "lineno": (lambda kconf, _: str(kconf.linenr), 0, 0),
            "shell": (_shell, 1, 1),
            "warning-if": (_warning_if, 2, 2),
        }
        self.filename = ""
        self.linenr = 0
        self._lines: list[str] = []
        self._at = 0
        self._files: list[tuple[str, list[str], int, int]] = []
        self._blocks: list[tuple[Entry, int]] = []
        self._entry: Entry | None = None
        self._expansions = 0
        self._assigned = self._expanded = self._expanded_here = 0
        self._properties = 0
        self._questions = 0
        self._asked: set[str] = set()
        self._handlers: dict[str, Callable[[Tokens], None]] = self._statements()

    # -- lines and files ----------------------------------------------------------------------------------------

    def read(self, path: str) -> None:
        """Read a file and all that it sources. Problems are collected; raises nothing but BoundReached."""
        try:
            self._enter(path)
        except SourceError as error:
            self.problem(f"{path} {error}", path=path, line=0)
            return
        handlers = self._handlers
        while True:
            if self._at >= len(self._lines):
                if not self._leave():
                    return
                continue
            line = self._next()
            if not line:
                continue
            self.guessed = False
            self._expanded_here = 0
            try:
                found = first_word(line)
                if found is None:
                    if not line.isspace() and not line.lstrip().startswith("#"):
                        self._stray(line)
                    continue
                before = self._questions
                word = found.group(1)
                if word == "help" and found.end() == len(line):
                    self._help()
                    continue
                handler = handlers.get(word)
                if handler is None:
                    self._other(line)
                    continue
                handler(self._tokenize_rest(word, line, found.end()))
                if self._questions != before and self._entry is not None:
                    self._entry.toolchain = True
            except (kconfiglib.KconfigError, SourceError) as error:
                self._give_up(str(error).removeprefix(f"{self.filename}:{self.linenr}: "))
            except (AttributeError, IndexError, TypeError, ValueError, RecursionError) as error:
                self._give_up(f"kconfiglib cannot read this line ({type(error).__name__})")

    def _give_up(self, message: str) -> None:
        for variable in self.variables.values():
            variable._n_expansions = 0  # an expansion that was broken off looks like one that calls itself
        self.problem(message)

    def _next(self) -> str:
        self.linenr = self._at + 1
        line = self._lines[self._at]
        self._at += 1
        if line.endswith("\\") and self._at < len(self._lines):
            parts = [line[:-1]]
            while self._at < len(self._lines):
                more = self._lines[self._at]
                self._at += 1
                if not more.endswith("\\"):
                    parts.append(more)
                    break
                parts.append(more[:-1])
            line = "".join(parts)
        if len(line) > MAX_LINE:
            self.problem(f"the line is longer than {MAX_LINE} characters")
            return ""
        self._line = line
        return line

    def _enter(self, path: str) -> None:
        if len(self._files) >= MAX_NESTING:
            raise SourceError(f"is sourced more than {MAX_NESTING} files deep")
        if path == self.filename or any(path == name for name, *_ in self._files):
            raise SourceError("sources itself")
        lines, odd = self.sources.lines(path)
        self.readings.append((path, self.filename, self._blocks[-1][0] if self._blocks else None))
        self._files.append((self.filename, self._lines, self._at, self.linenr))
        self.filename, self._lines, self._at, self.linenr = path, lines, 0, 0
        if odd:
            self.note("characters that Kconfig ignores (carriage returns or bytes that are not UTF-8)")

    def _leave(self) -> bool:
        while self._blocks and self._blocks[-1][1] == len(self._files):
            entry, _ = self._blocks.pop()
            self.problem(f"'end{entry.kind}' is missing for this '{entry.kind}'", line=entry.line)
        self._entry = None
        self.filename, self._lines, self._at, self.linenr = self._files.pop()
        return bool(self._files)

    def problem(self, message: str, path: str | None = None, line: int | None = None) -> None:
        """Record that a line is not understood. Raises BoundReached when there are too many of them."""
        self.problems.append(
            Problem(
                Stage.KCONFIG,
                message[:MAX_MESSAGE],
                self.filename if path is None else path,
                self.linenr if line is None else line,
            )
        )
        if len(self.problems) > MAX_PROBLEMS:
            raise BoundReached(f"more than {MAX_PROBLEMS} lines are not understood")

    def note(self, message: str) -> None:
        """Record what the kernel only warns of."""
        if len(self.notes) < MAX_PROBLEMS:
            self.notes.append(Problem(Stage.KCONFIG, message[:MAX_MESSAGE], self.filename, self.linenr))

    def _statements(self) -> dict[str, Callable[[Tokens], None]]:
        raise NotImplementedError

    def _help(self, tokens: Tokens | None = None) -> None:
        raise NotImplementedError

    # -- tokens -------------------------------------------------------------------------------------------------

    def _tokenize_rest(self, word: str, s: str, i: int) -> Tokens:
        wants_string = word in EXPECTS_STRING
        self._tokens_i = 0
        tokens: Tokens = []
        size = len(s)
        alone = lone_word(s, i)
        if alone is not None and not wants_string:
            text = alone.group(1)
            self._tokens = tokens = [KEYWORDS.get(text) or self._symbol(text), None]
            return tokens
        while i < size:
            match = next_token(s, i)
            kind = match.lastgroup
            i = match.end()
            if kind == "word":
                text = match.group("word")
                if wants_string and not tokens:
                    tokens.append(text)
                else:
                    tokens.append(KEYWORDS.get(text) or self._symbol(text))
            elif kind == "macro":
                s, i = self._expand_name_iter(s, match.start())
                size = len(s)
                text = s[match.start() : i]
                if text.strip():
                    tokens.append(text if wants_string and not tokens else self._symbol(text))
            elif kind == "quoted":
                text = match.group("quoted")[1:-1]
                tokens.append(text if wants_string and not tokens else self._lookup_const_sym(text))
            elif kind == "operator":
                tokens.append(OPERATORS[match.group("operator")])
            elif kind == "quote":
                text, s, i = self._string(s, match.start())
                size = len(s)
                tokens.append(text if wants_string and not tokens else self._lookup_const_sym(text))
            elif kind == "comment":
                break
            elif kind == "odd":
                self.note("a character that Kconfig ignores")
        tokens.append(None)
        self._tokens = tokens
        return tokens

    def close(self) -> None:
        """Let go of everything that refers back to the reader, so that it is freed without the garbage collector."""
        for table in (self.syms, self.const_syms, self.variables, self._functions, self._handlers):
            table.clear()
        self.entries = []
        self.readings = []
        self._tokens = []
        self._blocks = []
        self._entry = self.n = self.m = self.y = None

    def _string(self, s: str, i: int) -> tuple[str, str, int]:
        quote = s[i]
        i += 1
        parts: list[str] = []
        while True:
            match = string_special(s, i)
            if match is None:
                self.note("a string without its closing quote")
                return "".join([*parts, s[i:]]), s, len(s)
            special = match.group()
            if special == quote:
                parts.append(s[i : match.start()])
                return "".join(parts), s, match.end()
            if special == "\\":
                end = match.end() + 1
                parts.append(s[i : match.start()])
                parts.append(s[match.end() : end])
            elif special == "$(":
                s, end = self._expand_macro(s, match.start(), ())
                parts.append(s[i:end])
            else:
                end = match.end()
                parts.append(s[i:end])
            i = end

    def _symbol(self, name: str) -> Any:
        symbol = self.const_syms.get(name) if len(name) == 1 and name in "nmy" else self.syms.get(name)
        if symbol is not None:
            return symbol
        if len(self.syms) >= MAX_SYMBOLS:
            raise BoundReached(f"more than {MAX_SYMBOLS} symbols are named")
        return self._lookup_sym(name)

    def _stray(self, line: str) -> None:
        match = re.search(r"[A-Za-z0-9_$-]", line)
        if line.lstrip()[0] in "=<>!()&|\"'" or match is None:
            if match is not None:
                self._parse_error("a statement cannot begin like this")
            self.note("a character that Kconfig ignores")
            return
        self.note("a character that Kconfig ignores")
        rest = line[match.start() :]
        found = first_word(rest)
        handler = self._handlers.get(found.group(1)) if found else None
        if found is None or handler is None:
            self._parse_error("the statement is unknown")
            return
        handler(self._tokenize_rest(found.group(1), rest, found.end()))

    # -- macros -------------------------------------------------------------------------------------------------

    def _other(self, line: str) -> None:
        if line.strip(" \t-") == "help":
            self._help()
            return
        self._assigned += 1 + len(line) // MAX_ASSIGNMENT
        if self._assigned > MAX_ASSIGNMENTS:
            raise BoundReached(f"more than {MAX_ASSIGNMENTS} variables are set")
        before = self._questions
        if "=" in line:
            self.assigning[self.filename] = None
        self._parse_assignment(line + "\n")
        if self._questions != before:
            name = line.lstrip().split("=")[0].rstrip(" \t:+")
            self._asked.add(name)
        if not line.lstrip().startswith("$("):
            self._entry = None

    def _fn_val(self, args: list[str]) -> str:
        self._expansions += 1
        if self._expansions > MAX_EXPANSIONS:
            raise BoundReached(f"more than {MAX_EXPANSIONS} macros are expanded")
        name = args[0]
        if name in self._asked:
            self._questions += 1
        if name in self.variables or name in self._functions:
            value = str(super()._fn_val(args))
        else:
            value = self.environment.get(name, "")
            if name in self.environment:
                self.used_environment[name] = value
        self._expanded += len(value)
        self._expanded_here += len(value)
        if self._expanded > MAX_EXPANDED:
            raise BoundReached(f"the macros expand to more than {MAX_EXPANDED} characters together")
        if self._expanded_here > MAX_LINE:
            raise LineError(f"the macros of this line expand to more than {MAX_LINE} characters")
        return value

    def ask(self, command: str) -> str:
        """The declared answer to a shell command."""
        self._questions += 1
        text, known = self.shell(command)
        self.guessed = self.guessed or not known
        return text

    def _parse_error(self, msg: str) -> None:
        raise LineError(msg)


def _note(kconf: Reader, _name: str, message: str) -> str:
    kconf.note(message)
    return ""


def _warning_if(kconf: Reader, _name: str, condition: str, message: str) -> str:
    if condition == "y":
        kconf.note(message)
    return ""


def _error_if(kconf: Reader, _name: str, condition: str, message: str) -> str:
    if condition == "y" and kconf.guessed:
        kconf.note(message)
    elif condition == "y":
        kconf.problem(f"the Kconfig stops here: {message}")
    return ""


def _shell(kconf: Reader, _name: str, command: str) -> str:
    return kconf.ask(command)
