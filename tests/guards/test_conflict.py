from __future__ import annotations

import pytest

from lint.engine import judge
from lint.finding import Finding, Severity
from lint.history import apply_history
from lint.intake.load import load
from lint.intake.model import Patch
from lint.kconfig.evaluate import Preset, evaluate
from lint.kconfig.toolchain import TOOLCHAINS
from lint.migrations.model import shipped
from lint.rules.config_flip_symbol_conflict import config_flip_symbol_conflict
from lint.snapshot.memory import MemoryTree
from lint.snapshot.open import open_tree
from lint.state import Knowledge
from tests.guards.edited import edited
from tests.kernels import corpus, kernel_tree
from tests.samples import parse_sample
from tests.test_rules import cases, findings


def test_every_error_was_replayed() -> None:
    found = [
        one
        for case in cases(config_flip_symbol_conflict)
        for one in findings(config_flip_symbol_conflict, case.read_text())[0]
    ]
    assert len(found) >= 8
    assert {one.severity for one in found} == {Severity.ERROR}


def test_witness_builds_both() -> None:
    (case,) = (one for one in cases(config_flip_symbol_conflict) if one.stem == "bad-only-in-one-configuration")
    sample = parse_sample(case.read_text())
    applied = apply_history(MemoryTree(sample.base), sample.patches, shipped(), (), Knowledge(TOOLCHAINS["gcc"]))
    (found,) = judge(applied.steps, applied.between, [config_flip_symbol_conflict]).findings
    values = evaluate(applied.steps[0].after.kconfig("one"), Preset.ALLNOCONFIG, found.hit.witness).values
    assert values["GENERIC_COPY"] == "y"


def on_7_2(patches: tuple[Patch, ...]) -> tuple[Finding, ...]:
    applied = apply_history(open_tree(kernel_tree("7.2"), None), patches, shipped(), (), Knowledge(TOOLCHAINS["gcc"]))
    assert not applied.problems
    return judge(applied.steps, applied.between, [config_flip_symbol_conflict]).findings


@pytest.mark.kernel
@pytest.mark.parametrize(
    ("path", "line", "new", "expected"),
    [
        # the generic clock and that of arch/x86/kernel/tsc.c
        ("arch/x86/Kconfig", "GENERIC_IRQ_PROBE", "GENERIC_SCHED_CLOCK", ["sched_clock_noinstr"]),
        # drivers/perf/arm_pmuv3.c takes it from the generic clock
        ("arch/arm64/Kconfig", "GENERIC_SCHED_CLOCK", "", ["sched_clock_read_begin"]),
        # include/linux/interrupt.h has stubs
        ("arch/x86/Kconfig", "GENERIC_IRQ_PROBE", "", []),
    ],
)
def test_selects_of_7_2(path: str, line: str, new: str, expected: list[str]) -> None:
    sample = edited("7.2", path, f"\tselect {line}", f"\tselect {new}" if new else "")
    found = on_7_2(parse_sample(sample).patches)
    assert [one.hit.symbols[0] for one in found] == expected
    assert all(one.severity is Severity.ERROR for one in found)


@pytest.mark.kernel
@pytest.mark.corpus
def test_v16_brings_nothing_that_arm64_has() -> None:
    assert on_7_2(tuple(load((str(corpus() / "arm64-generic-entry-v16.mbox"),)).patches)) == ()
