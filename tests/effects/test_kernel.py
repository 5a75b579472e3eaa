"""Effects of real changes to real trees."""

from __future__ import annotations

from pathlib import Path

import pytest

from lint import pipeline
from lint.effects.model import EffectKind
from lint.report.effects_text import render
from lint.report.screen import Screen
from tests.kernels import corpus, kernel_tree

OVERRIDE = EffectKind.OVERRIDE


@pytest.mark.kernel
@pytest.mark.corpus
def test_the_conversion_of_arm64() -> None:
    series = corpus() / "arm64-generic-entry-v16.mbox"
    result = pipeline.effects(pipeline.Request((str(series),), tree=kernel_tree("7.2")))
    told = {(one.kind, one.subject): one for one in result.effects}
    assert (told[EffectKind.VALUE, "GENERIC_ENTRY"].before, told[EffectKind.VALUE, "GENERIC_ENTRY"].after) == ("n", "y")
    dispatch = told[EffectKind.OBJECT, "kernel/entry/syscall_user_dispatch.o"]
    assert dispatch.disclosed
    assert [link.path for link in dispatch.chain] == ["arch/arm64/Kconfig", "arch/Kconfig", "kernel/entry/Makefile"]
    assert not told[EffectKind.OPTION_LOST, "DEBUG_RSEQ"].disclosed
    flipped = {one.chain[-1].path for one in result.effects if one.kind is EffectKind.CONDITIONAL}
    assert {"include/linux/rseq_entry.h", "mm/kasan/shadow.c", "kernel/rcu/tree.c"} <= flipped
    hands = {(one.patch, one.subject): (one.before, one.after) for one in result.effects if one.kind is OVERRIDE}
    assert hands == {
        (16, "arch_ptrace_report_syscall_entry"): ("not built", "arch"),
        (16, "arch_ptrace_report_syscall_exit"): ("not built", "arch"),
        (16, "arch_syscall_is_vdso_sigreturn"): ("not built", "generic"),
        (18, "arch_syscall_is_vdso_sigreturn"): ("generic", "arch"),
    }
    assert result.problems == ()
    lines = render(result, Screen(80)).splitlines()
    assert len(lines) <= 50
    assert max(map(len, lines)) <= 80


@pytest.mark.kernel
def test_a_select_without_what_it_needs(tmp_path: Path) -> None:
    """Nothing but the selected symbol changes, and the report says which dependency stays unmet."""
    tree = kernel_tree("7.3")
    lines = (tree / "arch/arm64/Kconfig").read_text("utf-8").splitlines(keepends=True)
    at = next(number for number, line in enumerate(lines) if line.startswith("\tselect ARCH_SUPPORTS_"))
    added = "+\tselect ARCH_SUPPORTS_SYSCALL_USER_DISPATCH\n"
    hunk = f"@@ -{at - 2},6 +{at - 2},7 @@\n"
    body = "".join(f" {line}" for line in lines[at - 3 : at]) + added
    body += "".join(f" {line}" for line in lines[at : at + 3])
    patch = tmp_path / "a.patch"
    patch.write_text(f"--- a/arch/arm64/Kconfig\n+++ b/arch/arm64/Kconfig\n{hunk}{body}")
    (one,) = pipeline.effects(pipeline.Request((str(patch),), tree=tree)).effects
    assert (one.kind, one.subject) == (EffectKind.VALUE, "ARCH_SUPPORTS_SYSCALL_USER_DISPATCH")
    (held,) = one.held_back
    assert (held.symbol, held.unmet, held.path) == ("SYSCALL_USER_DISPATCH", "GENERIC_ENTRY", "arch/Kconfig")
