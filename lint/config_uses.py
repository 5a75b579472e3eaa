"""Where Kconfig files, Makefiles and code name CONFIG symbols, from the text alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from lint.cparse.facts import facts
from lint.kconfig.scan import is_kconfig_file
from lint.kconfig.statements import Statement, Token, statements
from lint.snapshot.lines import Lines

CODE_SUFFIXES = (".c", ".h", ".S", ".s", ".inc", ".lds")
RUST_SUFFIX = ".rs"
_CONFIG = re.compile(rb"(?<![A-Za-z0-9_])CONFIG_([A-Za-z0-9_]++)")
_CONSTANTS = frozenset({"y", "m", "n"})
_CONDITIONALS = frozenset({"if", "elif", "ifdef", "ifndef", "elifdef", "elifndef"})
_TESTS = re.compile(rb"IS_(?:ENABLED|BUILTIN|MODULE|REACHABLE)\s*\(\s*\Z")


class Way(StrEnum):
    """How a symbol is named."""

    SELECT = "select"
    IMPLY = "imply"
    DEPENDS = "depends on"
    DEFAULT = "default"  # as the value
    CONDITION = "if"  # behind an if, of whatever statement
    RANGE = "range"
    PREPROCESSOR = "#if"
    TEST = "IS_ENABLED()"  # and its like
    CODE = "code"  # anywhere else in code
    MAKEFILE = "Makefile"


@dataclass(frozen=True, slots=True)
class ConfigUse:
    """One use of a symbol, named without ``CONFIG_``. ``owner`` is the config entry that it belongs to, in Kconfig.

    Lines and columns count from 1, columns in bytes; the end is exclusive.
    """

    symbol: str
    path: str
    line: int
    column: int
    end_column: int
    way: Way
    owner: str = ""


def is_makefile(path: str) -> bool:
    """Whether a file is part of the build's description."""
    name = path.rpartition("/")[2]
    return name in ("Makefile", "Kbuild", "Platform") or name.startswith(("Makefile.", "Kbuild."))


@lru_cache(maxsize=256)
def config_uses(path: str, text: bytes) -> tuple[ConfigUse, ...]:
    """Every use of a symbol in one state of a file, in order; nothing for files that are no part of the build."""
    read = _reader(path)
    return tuple(read(path, text)) if read is not None else ()


def _reader(path: str) -> Callable[[str, bytes], Iterator[ConfigUse]] | None:
    if is_kconfig_file(path):
        return _kconfig
    if is_makefile(path):
        return _makefile
    if path.endswith(RUST_SUFFIX):
        return _rust
    return _code if path.endswith(CODE_SUFFIXES) else None


def _kconfig(path: str, text: bytes) -> Iterator[ConfigUse]:
    lines = Lines(text)
    found = statements(text)
    logical = {statement.owner for statement in found if statement.word in _LOGICAL}
    for statement in found:
        for token, way in _roles(statement):
            if way is Way.DEFAULT and statement.owner not in logical:
                continue  # a bare word may be the text of a string
            line, column = lines.at(token.start)
            yield ConfigUse(token.text, path, line, column, column + len(token.text), way, statement.owner)


_FIRST = {"select": Way.SELECT, "imply": Way.IMPLY, "depends": Way.DEPENDS, "range": Way.RANGE}
_LOGICAL = frozenset({"bool", "boolean", "tristate", "def_bool", "def_tristate"})
_VALUES = frozenset({"default", "def_bool", "def_tristate", "def_int", "def_hex", "def_string"})
_NO_EXPRESSION = frozenset(
    {"config", "menuconfig", "choice", "source", "rsource", "osource", "orsource", "gsource", "grsource", "option"}
)


def _roles(statement: Statement) -> Iterator[tuple[Token, Way]]:
    way = _FIRST.get(statement.word, Way.DEFAULT if statement.word in _VALUES else Way.CONDITION)
    if statement.word in _NO_EXPRESSION:
        return
    for token in statement.tokens:
        if token.text == "if" and not token.quoted:
            way = Way.CONDITION
        elif is_symbol(token) and token.text != "on":
            yield token, way


def is_symbol(token: Token) -> bool:
    """Whether a word of a Kconfig expression names a symbol: no constant, number, string or macro."""
    text = token.text
    if token.quoted or text in _CONSTANTS or not text.replace("_", "a").isalnum():
        return False
    return not (text.isdigit() or text[:2] in ("0x", "0X"))


def _makefile(path: str, text: bytes) -> Iterator[ConfigUse]:
    for number, line in enumerate(text.split(b"\n"), 1):
        code = _COMMENT.split(line, maxsplit=1)[0]
        for found in _CONFIG.finditer(code):
            if code[found.end() : found.end() + 1] != b"$" and not _ASSIGNED.match(code[found.end() :]):
                yield _use(found, path, number, found.start() + 1, Way.MAKEFILE)


_COMMENT = re.compile(rb"(?<!\\)#")
_ASSIGNED = re.compile(rb"\s*+(?:\+|:|::|\?)?=")


def _code(path: str, text: bytes) -> Iterator[ConfigUse]:
    if b"CONFIG_" not in text:
        return
    source = facts(path, text).source
    stripped = source.stripped
    for found in _CONFIG.finditer(stripped):
        start, end = found.span()
        if (
            stripped[max(0, start - 40) : start].rstrip().endswith(b"##")
            or stripped[end : end + 40].lstrip()[:2] == b"##"
        ):
            continue
        directive = source.directive_at(start)
        if directive is not None and directive.keyword in ("undef", "include", "error", "warning", "pragma"):
            continue
        if directive is not None and directive.keyword in _CONDITIONALS:
            way = Way.PREPROCESSOR
        else:
            way = Way.TEST if _TESTS.search(stripped[max(0, start - 60) : start]) else Way.CODE
        line, column = source.lines.place(start)
        yield _use(found, path, line, column, way)


_CFG = re.compile(rb"\bcfg(?:_attr)?!?\s*+\(")
_RUST_COMMENT = re.compile(rb"//[^\n]*+|/\*(?:[^*]|\*(?!/))*+(?:\*/)?")
_LONGEST_CFG = 2000


def _rust(path: str, text: bytes) -> Iterator[ConfigUse]:
    """What stands in the conditions of ``cfg``, where alone Rust code knows the symbols."""
    code = _RUST_COMMENT.sub(lambda found: re.sub(rb"[^\n]", b" ", found[0]), text) if b"CONFIG_" in text else b""
    lines = Lines(text)
    behind = 0
    for opened in _CFG.finditer(code):
        if opened.start() < behind:
            continue  # inside the condition before
        behind = _closed(code, opened.end())
        way = Way.TEST if b"!" in opened[0] else Way.PREPROCESSOR
        for found in _CONFIG.finditer(code, opened.end(), behind):
            line, column = lines.at(found.start())
            yield _use(found, path, line, column, way)


def _closed(code: bytes, start: int) -> int:
    """The offset behind the bracket that closes the one before ``start``."""
    depth = 1
    for offset in range(start, min(len(code), start + _LONGEST_CFG)):
        depth += {0x28: 1, 0x29: -1}.get(code[offset], 0)
        if not depth:
            return offset
    return start


def _use(found: re.Match[bytes], path: str, line: int, column: int, way: Way) -> ConfigUse:
    return ConfigUse(found[1].decode("ascii"), path, line, column, column + len(found[0]), way)
