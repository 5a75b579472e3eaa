"""Small Kconfig files that a tree's own scripts/kconfig accepts or refuses: conf is the judge."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from lint.kconfig.grammar import LEXER, PARSER, read_grammar, read_texts
from lint.kconfig.grammar_check import Issue, check
from lint.kconfig.grammar_tables import tables
from lint.kconfig.scan import is_kconfig_file
from lint.snapshot.directory import DirectoryTree
from lint.snapshot.memory import MemoryTree
from tests.evaluate.oracle import Conf, build
from tests.kernels import VERSIONS, kernel_tree

CHOICE = 'choice\n\tprompt "c"\n{}\nconfig A\n\tbool "a"\n{}\nconfig B\n\tbool "b"\n\nendchoice\n'
SNIPPETS = {
    "plain": 'config A\n\tbool "a"\n\tdepends on B || !C && (D = "x")\n\tselect E if F\n\thelp\n\t  text\n',
    "all types": "config A\n\tbool\nconfig B\n\ttristate\nconfig C\n\tint\nconfig D\n\thex\nconfig E\n\tstring\n",
    "modules": "config M\n\tbool\n\tmodules\n",
    "option modules": "config M\n\tbool\n\toption modules\n",
    "option env": 'config M\n\tstring\n\toption env="X"\n',
    "option defconfig_list": "config M\n\tstring\n\toption defconfig_list\n",
    "---help---": "config A\n\tbool\n\t---help---\n\t  text\n",
    "boolean": 'config A\n\tboolean "a"\n',
    "def_int": "config A\n\tdef_int 1\n",
    "def_hex": "config A\n\tdef_hex 1\n",
    "def_string": 'config A\n\tdef_string "x"\n',
    "def_bool": "config A\n\tdef_bool y if B\n",
    "rsource": 'rsource "other"\n',
    "osource": 'osource "other"\n',
    "gsource": 'gsource "other"\n',
    "source": 'source "other"\n',
    "unquoted source": "source other\n",
    "unquoted mainmenu": "mainmenu Linux\n",
    "unquoted prompt": "config A\n\tbool a\n",
    "unquoted menu": "menu x\nendmenu\n",
    "choice with a name": 'choice C\n\tprompt "c"\nconfig A\n\tbool "a"\nendchoice\n',
    "choice": CHOICE.format("", ""),
    "optional choice": CHOICE.format("\toptional", ""),
    "choice with a type": CHOICE.format("\tbool", ""),
    "choice with a type and prompt": 'choice\n\tbool "c"\nconfig A\n\tbool "a"\nendchoice\n',
    "tristate choice": 'choice\n\ttristate "c"\nconfig A\n\tbool "a"\nendchoice\n',
    "choice without prompt": 'choice\n\nconfig A\n\tbool "a"\nendchoice\n',
    "member without prompt": 'choice\n\tprompt "c"\nconfig A\n\tbool\nendchoice\n',
    "member not bool": 'choice\n\tprompt "c"\nconfig A\n\ttristate "a"\nendchoice\n',
    "member with default": CHOICE.format("", "\tdefault y"),
    "member in if": 'choice\n\tprompt "c"\nif X\nconfig A\n\tbool "a"\nendif\nendchoice\n',
    "menu in choice": CHOICE.format("", 'menu "m"\nendmenu'),
    "source in choice": CHOICE.format("", 'source "other"'),
    "menuconfig in choice": CHOICE.format("", 'menuconfig X\n\tbool "x"'),
    "choice in choice": CHOICE.format("", 'choice\n\tprompt "d"\nendchoice'),
    "comment in choice": CHOICE.format("", 'comment "x"'),
    "default in choice": CHOICE.format("\tdefault A", ""),
    "quoted default in choice": CHOICE.format('\tdefault "A"', ""),
    "range in choice": CHOICE.format("\trange 1 2", ""),
    "default in menu": 'menu "m"\n\tdefault y\nendmenu\n',
    "menuconfig": 'menuconfig A\n\tbool "a"\n',
    "menuconfig without prompt": "menuconfig A\n\tbool\n",
    "second help": "config A\n\tbool\n\thelp\n\t  x\n\thelp\n\t  y\n",
    "blank help": "config A\n\tbool\n\thelp\n\nconfig B\n\tbool\n",
    "blank help at the end": "config A\n\tbool\n\thelp\n",
    "help in the first column": "config A\n\tbool\n\thelp\ntext\n\nconfig B\n\tbool\n",
    "help that ends by indentation": "config A\n\tbool\n\thelp\n\t  text\n\n\t  more\n\tdefault y\n",
    "help in a menu": 'menu "m"\n\thelp\n\t  text\nendmenu\n',
    "mainmenu": 'mainmenu "x"\nconfig A\n\tbool\n',
    "mainmenu not first": 'config A\n\tbool\nmainmenu "x"\n',
    "transitional": "config A\n\tbool\n\ttransitional\n\thelp\n\t  x\n",
    "transitional without type": "config A\n\ttransitional\n",
    "transitional with a default": "config A\n\tbool\n\ttransitional\n\tdefault y\n",
    "transitional with a prompt": 'config A\n\tbool "a"\n\ttransitional\n',
    "transitional with depends": "config B\n\tbool\nconfig A\n\tbool\n\ttransitional\n\tdepends on B\n",
    "transitional inside of if": "config B\n\tbool\nif B\nconfig A\n\tbool\n\ttransitional\nendif\n",
    "symbol called optional": "config optional\n\tbool\n",
    "symbol called rsource": "config rsource\n\tbool\n",
    "symbol called on": "config on\n\tbool\n",
    "depends with if": "config A\n\tbool\n\tdepends on B if C\n",
    "visible if": 'menu "m"\n\tvisible if A\nendmenu\n',
    "visible": 'menu "m"\n\tvisible\nendmenu\n',
    "visible on a config": "config A\n\tbool\n\tvisible if B\n",
    "dot in a name": "config A.B\n\tbool\n",
    "slash in a name": "config A/B\n\tbool\n",
    "dash in a name": "config A-B\n\tbool\n",
    "stray semicolon": "config A\n\tbool;\n",
    "string without its end": 'config A\n\tbool "a\n\tdefault y\n',
    "no newline at the end": "config A\n\tbool",
    "endif without if": "config A\n\tbool\nendif\n",
    "if without endif": "if A\nconfig B\n\tbool\n",
    "menu without endmenu": 'menu "x"\nconfig B\n\tbool\n',
    "menu closed by endif": 'menu "x"\nconfig B\n\tbool\nendif\n',
    "crossed blocks": 'if A\nmenu "x"\nendif\nendmenu\n',
    "choice without endchoice": 'choice\n\tprompt "c"\nconfig A\n\tbool "a"\n',
    "unknown statement": "config A\n\tbool\n\tdependson B\n",
    "depends without on": "config A\n\tbool\n\tdepends B\n",
    "more behind a symbol": "config A\n\tbool\n\tselect B C\n",
    "more behind config": "config A B\n\tbool\n",
    "select of a quoted name": 'config A\n\tbool\n\tselect "B"\n',
    "select of an expression": "config A\n\tbool\n\tselect B && C\n",
    "single ampersand": "config A\n\tbool\n\tdepends on B & C\n",
    "operator at the end": "config A\n\tbool\n\tdepends on B &&\n",
    "operator on the next line": "config A\n\tbool\n\tdepends on B && \\\n\t\tC\n",
    "parenthesis without its end": "config A\n\tbool\n\tdepends on (B || C\n",
    "comparison of an expression": "config A\n\tbool\n\tdepends on (B) = y\n",
    "double equals": "config A\n\tbool\n\tdepends on B == y\n",
    "property outside": "\tbool\n",
    "prompt behind menu": 'menu "x"\n\tprompt "y"\nendmenu\n',
    "range of one": "config A\n\tint\n\trange 1\n",
    "assignment": "x := y z\nz = $(x)\nx += a\nempty :=\n",
    "call at a line's start": 'n := n\n$(error-if,$(n),"no")\nconfig A\n\tbool\n',
    "macro as a default": "x := 5\nconfig A\n\tint\n\tdefault $(x)\n",
    "macro in a string": 'x := 5\nconfig A\n\tstring\n\tdefault "$(x) $(shell,echo "a b")"\n',
    "macro without its end": "config A\n\tstring\n\tdefault $(x\n",
    "comment with depends": 'comment "x"\n\tdepends on B\n',
    "comment with default": 'comment "x"\n\tdefault y\n',
    "implies": "config A\n\tbool\n\timply B if C\n",
    "nothing": "",
    "comment only": "# x\n",
}


def refused(text: str, version: str) -> list[Issue]:
    grammar = read_grammar(DirectoryTree(kernel_tree(version)))
    assert grammar.own
    return [issue for issue in check(text.encode(), grammar, top=True) if not issue.warned]


@pytest.fixture(scope="module")
def judges(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Conf]:
    return {v: build(kernel_tree(v), tmp_path_factory.mktemp(f"conf-{v}")) for v in VERSIONS}


def accepts(judge: Conf, text: str, home: Path) -> bool:
    (home / "Kconfig").write_text(text)
    (home / "other").write_text("config OTHER\n\tbool\n")
    environment = {
        "PATH": "/usr/bin:/bin",
        "LC_ALL": "C",
        "srctree": str(home),
        "KCONFIG_CONFIG": str(home / ".config"),
    }
    command = [str(judge.program), "--alldefconfig", "Kconfig"]
    return subprocess.run(command, cwd=home, env=environment, capture_output=True, check=False).returncode == 0


@pytest.mark.kernel
@pytest.mark.parametrize("version", VERSIONS)
def test_conf_refuses_the_same(version: str, judges: dict[str, Conf], tmp_path: Path) -> None:
    differ, count = {}, 0
    for name, text in SNIPPETS.items():
        said = [issue.message for issue in refused(text, version)]
        count += bool(said)
        if accepts(judges[version], text, tmp_path) != (not said):
            differ[name] = said
    assert differ == {}
    assert count > 45


@pytest.mark.kernel
@pytest.mark.parametrize("version", VERSIONS)
def test_nothing_is_refused_in_a_whole_tree(version: str) -> None:
    tree = DirectoryTree(kernel_tree(version))
    grammar = read_grammar(tree)
    usual = read_grammar(MemoryTree({}))
    files = [path for path in tree.list() if is_kconfig_file(path)]
    assert len(files) > 1_500
    for path in files:
        text = tree.read(path) or b""
        for one in (grammar, usual):
            assert [(path, issue) for issue in check(text, one, top=path == "Kconfig")] == []


MORE = {
    "transitional": "config A\n\tbool\n\ttransitional\n",
    "optional": 'choice\n\tprompt "c"\n\toptional\nendchoice\n',
    "depends with if": "config A\n\tbool\n\tdepends on B if C\n",
    "visible": 'menu "m"\n\tvisible\nendmenu\n',
}


@pytest.mark.parametrize("text", MORE.values(), ids=MORE)
def test_a_tree_without_a_parser_gets_the_grammar_that_accepts_most(text: str) -> None:
    grammar = read_grammar(MemoryTree({}))
    assert not grammar.own
    assert check(text.encode(), grammar) == ()


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("if A\n", 1, "this if has no endif in its file"),
        ("endif\n", 1, '"endif" does not belong here'),
        ('if A\nmenu "x"\nendif\nendmenu\n', 3, "endif stands where endmenu is due"),
        ("config A\n\tbol\n", 2, 'unknown statement "bol"'),
        ("config A\n\tbool x\n", 2, '"x" does not fit behind "bool"'),
        ("config A\n\tdepends A\n", 2, '"A" does not fit behind "depends", "on" is expected'),
        ("menu x\nendmenu\n", 1, '"x" does not fit behind "menu", a quoted string is expected'),
        ("config A\n\tbool\n\tdefault $(x\n", 3, "a macro is not closed: a parenthesis is missing"),
        ('config A\n\tbool "x\n', 2, "a string is not closed on its line"),
    ],
)
def test_what_is_said_of_it(text: str, line: int, message: str) -> None:
    issue, *_ = check(text.encode(), read_grammar(MemoryTree({})))
    assert (issue.first, issue.message) == (line, message)


def test_a_grammar_that_is_none_is_not_used() -> None:
    tree = MemoryTree({LEXER: b"%%", PARSER: b"input: stmt_list ;"})
    assert not read_grammar(tree).own
    assert read_texts("", "%%\n" + "a: b | " * 10_000).productions == ()


@pytest.mark.parametrize(
    "text",
    [b"if A\n" * 5_000, b"\t" * 100_000, b"config " * 20_000, b"(" * 50_000, b"$(" * 20_000 + b"\n", b"\xff\x00\n" * 1_000,
     b"config A\n\tdepends on " + b"(" * 5_000 + b"B\n", b"help\n" * 5_000, b"\\\n" * 20_000, b'"$(' * 5_000],
    ids=range(10),
)  # fmt: skip
def test_hostile_files_end(text: bytes) -> None:
    assert len(check(text, read_grammar(MemoryTree({})))) <= 500


def test_a_grammar_without_end_is_given_up() -> None:
    rules = " | ".join(f"A{i} stmt_list B{j}" for i in range(60) for j in range(60))
    grammar = read_texts('"a"\treturn T_A;', f"%%\ninput: stmt_list ;\nstmt_list: {rules} ;\n%%\n")
    assert grammar.productions == ()
    assert tables(read_grammar(MemoryTree({})), top=True).complete is not False
