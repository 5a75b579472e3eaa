from __future__ import annotations

import random

import pytest

from lint.kconfig.evaluate import Preset, evaluate, read_defconfig
from lint.kconfig.model import Type
from lint.kconfig.parse import parse_kconfig
from lint.kconfig.solver import Solver
from lint.snapshot.directory import DirectoryTree
from tests.kernels import kernel_tree


@pytest.mark.kernel
@pytest.mark.parametrize(
    ("version", "arch"),
    [("6.1", "arm64"), ("7.2", "arm64"), ("7.2", "x86"), ("7.2", "riscv"), ("7.2", "s390"), ("7.3", "riscv")],
)
def test_whole_configurations_satisfy_the_clauses(version: str, arch: str) -> None:
    tree = DirectoryTree(kernel_tree(version))
    kconfig = parse_kconfig(tree, arch)
    logical = [name for name, symbol in kconfig.symbols.items() if symbol.type in (Type.BOOL, Type.TRISTATE)]
    solver = Solver(kconfig)
    dice = random.Random(1)
    dealt = {name: dice.choice("nmyy") for name in logical if dice.random() < 0.8}
    defconfig = read_defconfig(tree, arch)
    assert defconfig
    users = [("defconfig", Preset.ALLDEFCONFIG, defconfig), ("random", Preset.ALLDEFCONFIG, dealt)]
    for label, preset, user in [*((str(preset), preset, {}) for preset in Preset), *users]:
        configuration = evaluate(kconfig, preset, user)
        values = {name: configuration.value(name) for name in logical if kconfig.defines(name)}
        assert len(values) > 5000
        assert solver.possible(True, given=values), label
