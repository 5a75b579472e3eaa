from __future__ import annotations

import pytest

from lint.kconfig.parse import parse_kconfig
from lint.rules._dependencies_graph import Graph
from lint.snapshot.directory import DirectoryTree
from tests.kernels import kernel_tree


@pytest.mark.kernel
@pytest.mark.parametrize(
    ("version", "arch"), [("6.1", "arm64"), ("6.12", "riscv"), ("7.2", "x86"), ("7.3", "arm64"), ("7.3", "s390")]
)
def test_kernel_has_no_loop(version: str, arch: str) -> None:
    kconfig = parse_kconfig(DirectoryTree(kernel_tree(version)), arch)
    graph = Graph(kconfig)
    units = dict.fromkeys(unit for name in kconfig.symbols if (unit := graph.unit(name)) is not None)
    needed = {unit: {graph.unit(step.target) for step in graph.steps(unit)} - {None} for unit in units}
    left = dict(needed)
    free = [unit for unit, needs in left.items() if not needs]
    users: dict[str | int | None, list[str | int]] = {}
    for unit, needs in needed.items():
        for other in needs:
            users.setdefault(other, []).append(unit)
    while free:
        unit = free.pop()
        left.pop(unit, None)
        for user in users.get(unit, ()):
            needed[user].discard(unit)
            if not needed[user]:
                free.append(user)
    assert not left, [step.text for step in graph.loop(next(iter(left)))]
