from __future__ import annotations

import pytest

from lint.kconfig.model import YES, AndExpr, Lit, NotExpr, OrExpr, Sym, Type
from tests.kconfig.texts import only, parse, parse_files


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("config A\n\tbool 'one'\n", id="single quotes"),
        pytest.param('menuconfig A\n\ttristate "t"\n\t---help---\n\t  old help\n', id="old help"),
        pytest.param("config A\n\tboolean\n", id="boolean"),
        pytest.param('choice\n\tprompt "c"\n\toptional\nconfig A\n\tbool "a"\nendchoice\n', id="optional choice"),
        pytest.param("config A\n\tbool\n\toption modules\n", id="option modules"),
        pytest.param("config A\n\tbool\n\tmodules\n", id="modules"),
        pytest.param("config A\n\tbool\n\ttransitional\n\thelp\n\t  gone\n", id="transitional"),
        pytest.param('menu "m"\n\tvisible\nconfig A\n\tbool\nendmenu\n', id="visible without if"),
        pytest.param('comment "c"\n\tdepends on A if B\n', id="comment depends with if"),
        pytest.param('choice\n\tprompt "c"\n\tdepends on A if B\nendchoice\n', id="choice depends with if"),
        pytest.param("config A # note\n\tbool # note\n\n# config NOT\n", id="comments"),
        pytest.param('config A\n\tbool "a" if B && \\\n\t\tC\n', id="continued line"),
        pytest.param("config A\n\tbool\n\thelp\n\nconfig B\n\tbool\n", id="empty help"),
        pytest.param("config A\n\tint\n\tdefault -5\n", id="negative number"),
        pytest.param('X := one\nY = $(X) two\nX += three\nconfig A\n\tstring\n\tdefault "$(Y)"\n', id="macros"),
        pytest.param("config A\n\tbool\n\tselect B\\\n\n", id="continuation into a blank line"),
    ],
)
def test_reads_without_a_problem(text: str) -> None:
    kconfig = parse(text)
    assert kconfig.problems == ()
    assert kconfig.warnings == ()


@pytest.mark.parametrize("name", ["optional", "option", "env", "boolean", "rsource", "def_int", "osource"])
def test_words_that_are_no_longer_keywords_name_symbols(name: str) -> None:
    kconfig = parse(f"config {name}\n\tbool\nconfig B\n\tbool\n\tdepends on {name} && !{name}\n\tselect {name}\n")
    assert kconfig.problems == ()
    assert kconfig.defines(name)
    assert only(kconfig, "B").depends == AndExpr((Sym(name), NotExpr(Sym(name))))


def test_the_modules_symbol_is_the_one_with_the_property() -> None:
    text = 'config EXTRA\n\tbool "x"\n\tmodules\nconfig A\n\ttristate\n\tdepends on m\n'
    kconfig = parse(text)
    assert kconfig.modules == "EXTRA"
    assert only(kconfig, "A").depends == AndExpr((Lit("m"), Sym("EXTRA")))
    without = parse(text.replace("\tmodules\n", ""))
    assert without.modules is None
    assert only(without, "A").depends == Lit("n")


def test_transitional_is_kept() -> None:
    kconfig = parse('config OLD\n\tbool\n\ttransitional\nconfig NEW\n\tbool "new"\n\tdefault OLD\n')
    assert kconfig.symbols["OLD"].transitional
    assert not kconfig.symbols["NEW"].transitional


def test_precedence_and_relations() -> None:
    kconfig = parse('config A\n\tbool\n\tdepends on B || C && !D = "x" || (E || F) && G >= 3\n')
    assert str(only(kconfig, "A").depends).count("Compare") == 2
    depends = only(kconfig, "A").depends
    assert isinstance(depends, OrExpr)
    assert len(depends.operands) == 3
    assert isinstance(depends.operands[1], AndExpr)
    assert isinstance(depends.operands[1].operands[1], NotExpr)


def test_choices() -> None:
    kconfig = parse(
        """choice
	prompt "which" if V
	default B
	depends on D
config A
	bool "a"
if I
config B
	bool "b"
endif
endchoice
config C
	bool "c"
"""
    )
    assert kconfig.problems == ()
    (choice,) = kconfig.choices
    assert (choice.members, choice.prompt, choice.type, choice.line) == (("A", "B"), "which", Type.BOOL, 1)
    assert choice.visibility == AndExpr((Sym("V"), Sym("D")))
    assert [d.value for d in choice.defaults] == [Sym("B")]
    assert [kconfig.symbols[name].choice for name in "ABC"] == [0, 0, None]
    assert only(kconfig, "B").depends == AndExpr((Sym("I"), Sym("D")))


def test_two_definitions_of_one_symbol() -> None:
    kconfig = parse('if X\nconfig A\n\tbool "a"\nendif\nconfig A\n\tdefault y\n\tdepends on Y\n')
    symbol = kconfig.symbols["A"]
    assert [d.line for d in symbol.definitions] == [2, 5]
    assert symbol.type is Type.BOOL
    assert symbol.direct_dependency == OrExpr((Sym("X"), Sym("Y")))


def test_lines_count_in_the_file_of_the_select() -> None:
    kconfig = parse_files(
        {
            "Kconfig": 'config A\n\tbool\nsource "drivers/Kconfig"\nconfig Z\n\tbool\n\tselect A\n',
            "drivers/Kconfig": "config B\n\tbool\n\thelp\n\t  text\n\n\t  more\n\n\tselect A if \\\n\t\tC\n\tselect D\n",
        }
    )
    assert kconfig.problems == ()
    assert [(s.path, s.line) for s in kconfig.symbols["A"].selected_by] == [("drivers/Kconfig", 8), ("Kconfig", 6)]
    assert [(s.path, s.line) for s in kconfig.symbols["D"].selected_by] == [("drivers/Kconfig", 10)]
    assert kconfig.files == ("Kconfig", "drivers/Kconfig")


def test_what_the_kernel_only_warns_of() -> None:
    kconfig = parse(b'config A;\r\n\tbool "no end\nconfig B\n\tbool "caf\xe9"\n. config C\n\tbool\n')
    assert kconfig.problems == ()
    assert {w.line for w in kconfig.warnings} == {0, 1, 2, 5}
    assert [name for name in kconfig.symbols if kconfig.defines(name)] == ["A", "B", "C"]
    assert only(kconfig, "A").prompt == "no end"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("config A\n\tbool\n\tfrobnicate\nconfig B\n\tbool\n", 3, "syntax error"),
        ("config A\n\tdepends A\nconfig B\n\tbool\n", 2, "'on' is missing after 'depends'"),
        ("config A\n\tdepends on\nconfig B\n\tbool\n", 2, "the expression is not understood"),
        ("config A\n\tdepends on (C\nconfig B\n\tbool\n", 2, "a closing parenthesis is missing"),
        ('config A\n\tselect "C"\nconfig B\n\tbool\n', 2, "the symbol to select is missing or bad"),
        ("config\nconfig B\n\tbool\n", 1, "the name of the symbol is missing or bad"),
        ("config A B\nconfig B\n\tbool\n", 1, "there is more on this line than belongs here"),
        ('menu "m"\n\thelp\n\t  x\n\tselect X\nendmenu\nconfig B\n\tbool\n', 4, "this property does not belong here"),
        ("config A\n\tvisible if X\nconfig B\n\tbool\n", 2, "this property does not belong here"),
        ('menu "m"\n\tprompt "p"\nendmenu\nconfig B\n\tbool\n', 2, "this property does not belong here"),
        ("endmenu\nconfig B\n\tbool\n", 1, "'endmenu' without its 'menu'"),
        ("if A\nconfig B\n\tbool\n", 1, "'endif' is missing for this 'if'"),
        ('config B\n\tbool\nsource "gone"\n', 3, "the sourced file is not in the tree"),
        ("$(error-if,y,stop here)\nconfig B\n\tbool\n", 1, "the Kconfig stops here: stop here"),
        ('A = $(A)\nconfig B\n\tbool "$(A)"\n', 3, "Preprocessor variable A recursively references itself"),
        ('config A\n\tbool "$(shell,x"\nconfig B\n\tbool\n', 2, "missing end parenthesis in macro expansion"),
    ],
)
def test_a_bad_line_costs_only_itself(text: str, line: int, message: str) -> None:
    kconfig = parse(text)
    assert [(p.path, p.line, p.message) for p in kconfig.problems] == [("Kconfig", line, message)]
    assert kconfig.defines("B")


def test_a_macro_on_a_line_does_not_end_an_entry() -> None:
    kconfig = parse("config A\n\tbool\n$(warning-if,y,careful)\n\tselect B\n")
    assert kconfig.problems == ()
    assert [w.message for w in kconfig.warnings] == ["careful"]
    assert kconfig.symbols["B"].selected_by


def test_the_kconfig_is_not_stopped_by_a_guess() -> None:
    kconfig = parse("$(error-if,$(shell,frobnicate && echo y),no frobnicator)\nconfig A\n\tbool\n")
    assert kconfig.problems == ()
    assert [w.message for w in kconfig.warnings] == ["no frobnicator"]
    assert kconfig.unknown_commands == ("frobnicate && echo y",)


def test_entries_that_the_toolchain_decides_are_marked() -> None:
    kconfig = parse(
        "flag := $(shell,echo -m64)\nplain := y\n"
        'config A\n\tdef_bool $(shell,echo y)\nconfig B\n\tstring\n\tdefault "$(flag)"\n'
        "config C\n\tdef_bool $(plain)\nconfig D\n\tbool\n\tdepends on $(shell,true && echo y)\n"
    )
    assert {name: only(kconfig, name).toolchain for name in "ABCD"} == {"A": True, "B": True, "C": False, "D": True}


def test_an_architecture_that_does_not_exist() -> None:
    kconfig = parse_files({"Kconfig": 'source "arch/$(SRCARCH)/Kconfig"\n'}, "nowhere")
    assert [p.message for p in kconfig.problems] == ["the sourced file is not in the tree"]


def test_a_macro_that_failed_once_can_be_used_again() -> None:
    kconfig = parse(
        'X = $(Y)\nY = $(shell\nconfig A\n\tstring "$(X)"\nY := fine\nconfig B\n\tstring\n\tdefault "$(X)"\n'
    )
    assert [p.line for p in kconfig.problems] == [4]
    assert only(kconfig, "B").defaults[0].value == Lit("fine")


def test_no_kconfig_at_all() -> None:
    kconfig = parse_files({"README": "nothing"})
    assert [p.message for p in kconfig.problems] == ["Kconfig is not a file of the tree"]
    assert kconfig.symbols == {}


def test_depends_of_an_entry_without_conditions_is_yes() -> None:
    assert only(parse("config A\n\tbool\n"), "A").depends is YES
