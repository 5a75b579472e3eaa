"""The Kconfig language that a tree's own scripts/kconfig accepts: its lexer and grammar, read as data.

Keywords and productions come from scripts/kconfig/lexer.l and parser.y; what the actions of the parser refuse is told
by the messages in them. For a tree without these files there is a grammar that accepts what any kernel did.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from lint.snapshot.tree import Tree

LEXER = "scripts/kconfig/lexer.l"
PARSER = "scripts/kconfig/parser.y"
MAX_BYTES = 1 << 20
MAX_PRODUCTIONS = 400

_KEYWORD = re.compile(r'^"([^"\n]+)"[ \t]+return[ \t]+(T_\w+);', re.MULTILINE)
_COMMENT = re.compile(r"/\*[^*]*+(?:\*(?!/)[^*]*+)*+\*/|//[^\n]*+")
_PIECE = re.compile(r"%\w+|[A-Za-z_]\w*+|'[^'\n]*+'|[:|;{]|\S")
_ENTRIES = re.compile(r"\}\s*((?:\w+_entry\s*)+)")


@dataclass(frozen=True, slots=True)
class Production:
    """One alternative of a rule of parser.y, with the text of its action."""

    name: str
    symbols: tuple[str, ...]
    action: str = ""


@dataclass(frozen=True, slots=True)
class Refusals:
    """What the parser's own checks make an error, behind the grammar."""

    menuconfig_without_prompt: bool = False
    second_help: bool = False
    blank_help: bool = False
    choice_without_prompt: bool = False
    member_without_prompt: bool = False
    member_not_bool: bool = False
    member_default: bool = False
    transitional_with_more: bool = False
    top_without_newline: bool = False


@dataclass(frozen=True, slots=True)
class Grammar:
    """A language: token names by spelling, productions (the first one is the start), and what else is refused.

    ``blocks`` are the nonterminals that begin what an ``end...`` closes. ``own`` is False for the grammar that stands
    in for a tree's own.
    """

    keywords: Mapping[str, str]
    productions: tuple[Production, ...]
    blocks: frozenset[str]
    refusals: Refusals
    own: bool = True


def read_grammar(tree: Tree) -> Grammar:
    """The grammar of a tree, or the one that accepts most; never raises."""
    lexer, parser = tree.read(LEXER), tree.read(PARSER)
    if lexer is None or parser is None or max(len(lexer), len(parser)) > MAX_BYTES:
        return read_texts(USUAL_LEXER, USUAL_PARSER, own=False)
    found = read_texts(lexer.decode("utf-8", "replace"), parser.decode("utf-8", "replace"))
    return found if found.keywords and found.productions else read_texts(USUAL_LEXER, USUAL_PARSER, own=False)


@lru_cache(maxsize=8)
def read_texts(lexer: str, parser: str, own: bool = True) -> Grammar:
    """The grammar that a lexer.l and a parser.y describe; empty when they are nothing like that."""
    keywords = dict(_KEYWORD.findall(lexer))
    sections = parser.split("\n%%")
    productions = tuple(_productions(sections[1])) if len(sections) > 1 else ()
    entries = _ENTRIES.search(sections[0])
    blocks = frozenset(entries[1].split()) if entries else frozenset()
    known = {production.name for production in productions}
    if not {"stmt_list", "input"} <= known or len(productions) > MAX_PRODUCTIONS:
        return Grammar({}, (), frozenset(), Refusals(), own)
    return Grammar(keywords, productions, blocks, _refusals(lexer, parser), own)


def _productions(text: str) -> Iterator[Production]:
    """The alternatives of the rules section; those with ``error`` only mend the parse and are left out."""
    text = _COMMENT.sub(" ", text)
    name, previous, action, at = "", "", "", 0
    symbols: list[str] = []
    is_open = False
    while (piece := _PIECE.search(text, at)) is not None:
        at = piece.end()
        word = piece[0]
        if word == "{":
            at = _behind_braces(text, piece.start())
            action = text[piece.start() : at]
        elif word in ("|", ";", ":"):
            if word == ":":
                name = symbols.pop() if symbols else ""
                if is_open and symbols:  # the rule before had no semicolon
                    yield Production(previous, tuple(symbols), action)
                is_open, previous = bool(name), name
            elif is_open and name and "error" not in symbols:
                yield Production(name, tuple(symbols), action)
            if word != ":":
                is_open = word == "|"  # which may stand behind a semicolon, too
            symbols, action = [], ""
        elif word[0].isalpha() or word[0] == "_":
            symbols.append(word)


def _behind_braces(text: str, start: int) -> int:
    depth = 0
    for found in re.compile(r'"(?:[^"\\\n]|\\.)*+"|[{}]').finditer(text, start):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if depth == 0 and found[0] == "}":
            return found.end()
    return len(text)


def _refusals(lexer: str, parser: str) -> Refusals:
    start = lexer.partition("void zconf_initscan")[2].partition("\n}")[0]
    return Refusals(
        menuconfig_without_prompt='zconf_error("menuconfig statement without prompt' in parser,
        second_help="zconf_error(\"'%s' defined with more than one help" in parser,
        blank_help="zconf_error(\"'%s' defined with blank help" in parser,
        choice_without_prompt="error: choice must have a prompt" in parser,
        member_without_prompt="error: choice member must have a prompt" in parser,
        member_not_bool="error: choice member must be bool" in parser,
        member_default="defaults for choice values not supported" in parser,
        transitional_with_more="transitional symbols can only have help" in parser,
        top_without_newline=bool(start) and "current_buf" not in start and "current_file" not in start,
    )


_WORDS = (
    "bool choice comment config def_bool def_tristate default depends endchoice endif endmenu help hex if imply int"
    " mainmenu menu menuconfig modules on optional prompt range select source string transitional tristate visible"
)
_SIGNS = {
    "||": "OR", "&&": "AND", "=": "EQUAL", "!=": "UNEQUAL", "<": "LESS", "<=": "LESS_EQUAL", ">": "GREATER",
    ">=": "GREATER_EQUAL", "!": "NOT", "(": "OPEN_PAREN", ")": "CLOSE_PAREN", ":=": "COLON_EQUAL", "+=": "PLUS_EQUAL",
}  # fmt: skip
USUAL_LEXER = "".join(
    f'"{word}"\treturn T_{name};\n' for word, name in [*((w, w.upper()) for w in _WORDS.split()), *_SIGNS.items()]
)
USUAL_PARSER = """
%destructor { } if_entry menu_entry choice_entry
%%
input: T_MAINMENU T_WORD_QUOTE T_EOL stmt_list | stmt_list ;
stmt_list: | stmt_list T_WORD assign_op assign_val T_EOL | stmt_list choice_stmt | stmt_list comment_stmt
  | stmt_list config_stmt | stmt_list if_stmt | stmt_list menu_stmt | stmt_list T_SOURCE T_WORD_QUOTE T_EOL ;
members: | members comment_stmt | members config_stmt | members if_members ;
config_stmt: T_CONFIG T_WORD T_EOL config_options | T_MENUCONFIG T_WORD T_EOL config_options ;
config_options: | config_options config_option | config_options depends | config_options help ;
config_option: type prompt_opt T_EOL | T_PROMPT T_WORD_QUOTE if_expr T_EOL | T_TRANSITIONAL T_EOL | T_MODULES T_EOL
  | default expr if_expr T_EOL | T_SELECT T_WORD if_expr T_EOL | T_IMPLY T_WORD if_expr T_EOL
  | T_RANGE symbol symbol if_expr T_EOL ;
choice_stmt: choice_entry members choice_end ;
choice_entry: T_CHOICE T_EOL choice_options | T_CHOICE T_WORD T_EOL choice_options ;
choice_options: | choice_options choice_option | choice_options depends | choice_options help ;
choice_option: T_PROMPT T_WORD_QUOTE if_expr T_EOL | T_DEFAULT T_WORD if_expr T_EOL | type prompt_opt T_EOL
  | T_OPTIONAL T_EOL ;
choice_end: end { zconf_endtoken($1, "choice") } ;
type: T_BOOL | T_TRISTATE | T_INT | T_HEX | T_STRING ;
default: T_DEFAULT | T_DEF_BOOL | T_DEF_TRISTATE ;
if_entry: T_IF expr T_EOL ;
if_end: end { zconf_endtoken($1, "if") } ;
if_stmt: if_entry stmt_list if_end ;
if_members: if_entry members if_end ;
menu_entry: T_MENU T_WORD_QUOTE T_EOL menu_options ;
menu_options: | menu_options T_VISIBLE if_expr T_EOL | menu_options depends ;
menu_end: end { zconf_endtoken($1, "menu") } ;
menu_stmt: menu_entry stmt_list menu_end ;
comment_stmt: T_COMMENT T_WORD_QUOTE T_EOL comment_options ;
comment_options: | comment_options depends ;
help: T_HELP T_EOL T_HELPTEXT ;
depends: T_DEPENDS T_ON expr if_expr T_EOL ;
prompt_opt: | T_WORD_QUOTE if_expr ;
end: T_ENDMENU T_EOL { $$ = "menu"; } | T_ENDCHOICE T_EOL { $$ = "choice"; } | T_ENDIF T_EOL { $$ = "if"; } ;
if_expr: | T_IF expr ;
expr: symbol | symbol T_LESS symbol | symbol T_LESS_EQUAL symbol | symbol T_GREATER symbol
  | symbol T_GREATER_EQUAL symbol | symbol T_EQUAL symbol | symbol T_UNEQUAL symbol | T_OPEN_PAREN expr T_CLOSE_PAREN
  | T_NOT expr | expr T_OR expr | expr T_AND expr ;
symbol: T_WORD | T_WORD_QUOTE ;
assign_op: T_EQUAL | T_COLON_EQUAL | T_PLUS_EQUAL ;
assign_val: | T_ASSIGN_VAL ;
%%
"""
