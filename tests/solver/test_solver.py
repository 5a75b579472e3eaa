from __future__ import annotations

import pytest

from lint.kconfig.encode_values import compare, parse_number
from lint.kconfig.model import Type
from lint.kconfig.solver import Solver
from lint.logic import Atom, both, negate
from tests.solver.models import parsed

MODULES = 'config MODULES\n\tbool "modules"\n\tmodules\n\n'
DRIVERS = (
    MODULES
    + """
config ARCH
	def_bool y
	select ENTRY

config ENTRY
	bool

config NET
	tristate "net"
	depends on ARCH

config PHY
	tristate
	depends on NET

config CARD
	tristate "card"
	select PHY

config FULL
	bool "full"
	depends on OTHER_ARCH

config TRACK
	bool
	default y if TICKLESS

config TICKLESS
	bool "tickless"

config BITS
	int "bits"
	default 39

config WIDTH
	int
	default 48 if TICKLESS
	default 39

config WIDE
	def_bool WIDTH = 48

config LARGE
	def_bool BITS > 40

config SMALL
	def_bool BITS < 30

config NAME
	string
	default "toy"

config IS_TOY
	def_bool NAME = "toy"
"""
)


@pytest.fixture(scope="module")
def solver() -> Solver:
    return Solver(parsed(DRIVERS))


@pytest.mark.parametrize(
    ("symbol", "value"),
    [("ARCH", "y"), ("ENTRY", "y"), ("FULL", "n"), ("NOWHERE", "n"), ("IS_TOY", "y"), ("NET", None), ("TRACK", None),
     ("PHY", None), ("BITS", None), ("WIDE", None)],
)  # fmt: skip
def test_constants(solver: Solver, symbol: str, value: str | None) -> None:
    assert solver.constant(symbol) == value


def test_nothing_is_modular_without_modules(solver: Solver) -> None:
    assert solver.possible(Atom("CONFIG_NET_MODULE"))
    assert not solver.possible(Atom("CONFIG_NET_MODULE"), given={"MODULES": "n"})


def test_select_ignores_dependencies(solver: Solver) -> None:
    assert solver.possible(both((Atom("CONFIG_PHY"), negate(Atom("CONFIG_NET")))))
    assert solver.implies(Atom("CONFIG_CARD"), Atom("CONFIG_PHY"))
    assert not solver.implies(Atom("CONFIG_PHY"), Atom("CONFIG_NET"))


def test_a_witness_names_what_brings_a_symbol_without_prompt(solver: Solver) -> None:
    assert solver.witness(Atom("CONFIG_TRACK")) == {"TICKLESS": "y", "TRACK": "y"}
    assert solver.witness(Atom("CONFIG_FULL")) is None
    assert solver.witness(Atom("CONFIG_NET"), given={"NET": "m"}) is None


def test_numbers_of_prompts_are_the_users_and_consistent(solver: Solver) -> None:
    assert solver.possible(Atom("CONFIG_LARGE"))
    assert not solver.possible(both((Atom("CONFIG_LARGE"), Atom("CONFIG_SMALL"))))
    assert solver.implies(Atom("CONFIG_WIDE"), Atom("CONFIG_TICKLESS"))


def test_an_int_is_defined_for_c_and_what_kconfig_does_not_decide_is_free(solver: Solver) -> None:
    assert not solver.possible(negate(Atom("defined(CONFIG_BITS)")))
    assert solver.possible(Atom("defined(FOO)"))
    assert solver.possible(negate(Atom("?x")))
    assert not solver.possible(both((Atom("?x"), negate(Atom("?x")))))


def test_a_free_symbol_may_be_anything() -> None:
    assert Solver(parsed(DRIVERS), free=("ENTRY",)).constant("ENTRY") is None


def test_a_dependency_cycle_is_left_open() -> None:
    solver = Solver(parsed('config A\n\tbool "a"\n\tdepends on B\n\nconfig B\n\tbool "b"\n\tdepends on A && n\n'))
    assert solver.constant("A") is None


def test_a_transitional_symbol_is_a_users_old_value_and_never_defined() -> None:
    solver = Solver(parsed("config OLD\n\tbool\n\ttransitional\n\nconfig NEW\n\tbool\n\tdefault OLD\n"))
    assert solver.possible(Atom("CONFIG_NEW"))
    assert not solver.possible(Atom("CONFIG_OLD"))


def test_deep_expressions_and_long_chains_need_no_recursion() -> None:
    chain = 'config S0\n\tbool "s"\n' + "".join(f"\nconfig S{i}\n\tbool\n\tdefault S{i - 1}\n" for i in range(1, 3000))
    assert Solver(parsed(chain)).implies(Atom("CONFIG_S0"), Atom("CONFIG_S2999"))


def test_the_same_questions_have_the_same_witness() -> None:
    answers = [Solver(parsed(DRIVERS)).witness(Atom("CONFIG_PHY")) for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize(
    ("text", "type_", "number"),
    [("10", Type.INT, 10), ("0x10", Type.HEX, 16), ("010", Type.UNKNOWN, 8), ("y", Type.BOOL, 2), ("1_0", Type.INT, None),
     ("", Type.INT, None), ("abc", Type.UNKNOWN, None)],
)  # fmt: skip
def test_numbers(text: str, type_: Type, number: int | None) -> None:
    assert parse_number(text, type_) == number


def test_strings_compare_as_strings() -> None:
    assert compare("=", "10", Type.INT, "0x0a", Type.HEX)
    assert not compare("=", "10", Type.STRING, "0x0a", Type.STRING)
