from __future__ import annotations

from lint.kconfig.model import YES, AndExpr, Compare, Lit, NotExpr, OrExpr, Sym, Type
from tests.kconfig.texts import only, parse


def test_an_entry_with_all_its_properties() -> None:
    kconfig = parse(
        """mainmenu "Test"

config A
	bool "An option" if C
	default y if B
	select D if C
	imply E
	depends on B || !C
	help
		Words that look like
		select NOTHING
			more

config N
	int
	range 1 10 if A
	default 4
"""
    )
    assert kconfig.problems == ()
    depends = OrExpr((Sym("B"), NotExpr(Sym("C"))))
    a = only(kconfig, "A")
    assert (a.path, a.line, a.type, a.prompt, a.prompt_line) == ("Kconfig", 3, Type.BOOL, "An option", 4)
    assert a.depends == depends
    assert a.own_depends == depends
    assert a.depends_lines == (8,)
    assert a.prompt_condition == AndExpr((Sym("C"), depends))
    assert [(d.value, d.condition, d.guard, d.line) for d in a.defaults] == [
        (YES, AndExpr((Sym("B"), depends)), Sym("B"), 5)
    ]
    (select,) = kconfig.symbols["D"].selected_by
    assert (select.selector, select.path, select.line, select.guard) == ("A", "Kconfig", 6, Sym("C"))
    assert select.condition == AndExpr((Sym("C"), depends))
    (imply,) = kconfig.symbols["E"].implied_by
    assert (imply.imply, imply.line, imply.guard, imply.condition) == (True, 7, YES, depends)
    n = only(kconfig, "N")
    assert [(r.low, r.high, r.condition, r.line) for r in n.ranges] == [(Lit("1"), Lit("10"), Sym("A"), 16)]
    assert n.defaults[0].value == Lit("4")
    assert "10" not in kconfig.symbols
    assert kconfig.symbols["B"].definitions == ()
    assert not kconfig.defines("B")
    assert kconfig.defines("A")


def test_menus_and_ifs_are_part_of_the_dependencies() -> None:
    kconfig = parse(
        """menu "M"
	depends on A
	visible if V
if B
config X
	tristate "x"
	default m if m
endif
endmenu
config MODULES
	bool "modules"
	modules
config Y
	bool
"""
    )
    x = only(kconfig, "X")
    assert x.own_depends == YES
    assert x.depends == AndExpr((Sym("B"), Sym("A")))
    assert x.prompt_condition == AndExpr((x.depends, Sym("V")))
    assert x.defaults[0].value == Lit("m")
    assert x.defaults[0].guard == AndExpr((Lit("m"), Sym("MODULES")))
    assert only(kconfig, "Y").depends == YES
    assert kconfig.modules == "MODULES"


def test_depends_on_with_if() -> None:
    kconfig = parse("config A\n\tbool\n\tdepends on B if C\n\tdepends on D if E && F = m\n")
    assert only(kconfig, "A").depends == AndExpr(
        (
            OrExpr((Sym("B"), Compare("=", Sym("C"), Lit("n")))),
            OrExpr(
                (
                    Sym("D"),
                    OrExpr((Compare("=", Sym("E"), Lit("n")), NotExpr(Compare("=", Sym("F"), Lit("m"))))),
                )
            ),
        )
    )
