"""Statements as text, and the uses of symbols in them, against what the parser reads."""

from __future__ import annotations

import pytest

from lint.config_uses import Way, config_uses
from lint.kconfig.parse import parse_kconfig
from lint.kconfig.scan import is_kconfig_file
from lint.kconfig.statements import statements
from lint.snapshot.open import open_tree
from tests.kernels import kernel_tree

TEXT = b"""\
config A
	bool "if NOT_A"
	depends on B && \\
		(C || !D) # E
	help
		Long text
			select NOT_B

		config NOT_C
	select F if G = "H" && I != 3
	default $(cc-option,-mX) if $(J)K
if-macro := $(shell,select NOT_D)
if L
endif
"""


def test_statements_have_owners_and_lines() -> None:
    found = [(s.word, s.owner, s.line, s.end_line) for s in statements(TEXT)]
    assert found == [
        ("config", "A", 1, 1),
        ("bool", "A", 2, 2),
        ("depends", "A", 3, 4),
        ("select", "A", 10, 10),
        ("default", "A", 11, 11),
        ("if", "", 13, 13),
        ("endif", "", 14, 14),
    ]


def test_uses_have_a_way_and_a_place() -> None:
    uses = [(use.symbol, use.way, use.line, use.column) for use in config_uses("Kconfig", TEXT)]
    assert uses == [
        ("B", Way.DEPENDS, 3, 13),
        ("C", Way.DEPENDS, 4, 4),
        ("D", Way.DEPENDS, 4, 10),
        ("F", Way.SELECT, 10, 9),
        ("G", Way.CONDITION, 10, 14),
        ("I", Way.CONDITION, 10, 25),
        ("L", Way.CONDITION, 13, 4),
    ]


@pytest.mark.parametrize(
    "text", [b"", b"\\", b"help", b"config", b'bool "', b"if $((((", b"select \\\n", b"\xff config X"]
)
def test_odd_text_is_no_error(text: bytes) -> None:
    assert config_uses("Kconfig", text) == ()
    assert len(statements(text)) <= 1


@pytest.mark.kernel
@pytest.mark.parametrize("version", ["6.1", "7.3"])
def test_selects_are_those_that_the_parser_reads(version: str) -> None:
    tree = open_tree(kernel_tree(version))
    parsed = parse_kconfig(tree, "x86")
    wanted = {
        (select.path, select.line, select.selector, select.target)
        for symbol in parsed.symbols.values()
        for definition in symbol.definitions
        for select in definition.selects
    }
    found: set[tuple[str, int, str, str]] = set()
    for path in parsed.files:
        if is_kconfig_file(path):
            text = tree.read(path) or b""
            ours = [s for s in statements(text) if s.word == "select"]
            found.update((path, s.line, s.owner, s.tokens[0].text) for s in ours)
    assert wanted <= found
    assert {one for one in found - wanted if parsed.defines(one[2]) and one[3] in parsed.symbols} == set()
