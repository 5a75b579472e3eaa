from __future__ import annotations

import random

import pytest

from lint.kconfig.parse import parse_kconfig
from lint.kconfig.solver import Solver
from lint.snapshot.directory import DirectoryTree
from tests.kernels import kernel_tree
from tests.solver.evaluator import Evaluator, Wish


@pytest.mark.kernel
@pytest.mark.parametrize(("version", "arch"), [("6.1", "arm64"), ("7.2", "arm64"), ("7.2", "x86"), ("7.3", "mips")])
def test_whole_configurations_satisfy_the_clauses(version: str, arch: str) -> None:
    kconfig = parse_kconfig(DirectoryTree(kernel_tree(version)), arch)
    solver = Solver(kconfig)
    dice = random.Random(1)
    dealt = {name: dice.choice((None, 0, 1, 2, 2)) for name in kconfig.symbols}
    wishes: dict[str, Wish] = {
        "default": lambda _: None,
        "no": lambda _: 0,
        "module": lambda _: 1,
        "yes": lambda _: 2,
        "random": lambda name: dealt[name],
    }
    for label, wish in wishes.items():
        values = Evaluator(kconfig, wish).run()
        assert len(values) > 5000
        assert solver.possible(True, given=values), label
