from __future__ import annotations

import pytest

from lint.engine import judge
from lint.history import apply_history
from lint.intake.load import load
from lint.kconfig.evaluate import Preset, evaluate
from lint.kconfig.toolchain import TOOLCHAINS
from lint.migrations.model import shipped
from lint.rules._dependencies import is_unmet, unmet
from lint.rules._selects import selects_of
from lint.rules.unmet_dependency import unmet_dependency
from lint.snapshot.memory import MemoryTree
from lint.snapshot.open import open_tree
from lint.state import Knowledge
from tests.kernels import corpus, kernel_tree
from tests.samples import parse_sample
from tests.test_rules import cases


def test_witness_shows_it_in_the_evaluator() -> None:
    replayed = 0
    for case in cases(unmet_dependency):
        sample = parse_sample(case.read_text("utf-8"))
        applied = apply_history(MemoryTree(sample.base), sample.patches, shipped(), (), Knowledge(TOOLCHAINS["gcc"]))
        for finding in judge(applied.steps, applied.between, [unmet_dependency]).findings:
            target, selector = finding.hit.symbols[:2]
            kconfig = applied.steps[finding.patch - 1].after.kconfig(finding.hit.arch[0])
            values = evaluate(kconfig, Preset.ALLNOCONFIG, finding.hit.witness).values
            selects = [one for one in selects_of(kconfig, selector) if one.target == target]
            assert any(is_unmet(kconfig, select, values) for select in selects), case.name
            replayed += 1
    assert replayed >= 8


@pytest.mark.kernel
@pytest.mark.parametrize(("entry", "arch", "count"), [("ARM64", "arm64", 250), ("X86", "x86", 273)])
def test_selects_of_an_architecture_are_safe(entry: str, arch: str, count: int) -> None:
    """kismet 4.10 says the same of every one: those of x86 on 7.2, those of arm64 with v16 on top."""
    series = load((str(corpus() / "arm64-generic-entry-v16.mbox"),))
    tree = open_tree(kernel_tree("7.2"), None)
    applied = apply_history(tree, series.patches, shipped(), (), Knowledge(TOOLCHAINS["gcc"]))
    step = applied.steps[-1] if arch == "arm64" else applied.steps[0]
    state = step.after if arch == "arm64" else step.before
    selects = selects_of(state.kconfig(arch), entry)
    assert len({(one.target, one.guard) for one in selects}) == count
    solver = state.solver(arch)
    assert [one.target for one in selects if solver.possible(unmet(solver, one))] == []
