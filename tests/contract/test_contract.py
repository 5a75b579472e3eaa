"""The mined contract against real kernels: complete where an architecture has converted, true where it has not."""

from __future__ import annotations

import difflib
import mailbox
import re
from collections.abc import Collection
from functools import cache
from pathlib import Path

import pytest

from lint.contract import Contract, mine
from lint.contract_supply import converted, lacks
from lint.finding import Finding, Scope
from lint.kconfig.toolchain import TOOLCHAINS
from lint.migrations.model import shipped
from lint.pipeline import Request, check
from lint.snapshot.open import open_tree
from lint.state import Knowledge, State
from tests.kernels import VERSIONS, corpus, kernel_tree

pytestmark = pytest.mark.kernel

RULE = "missing-arch-contract"
SYMBOLS = shipped()[0].symbols
CONVERTED = {
    "6.1": ("loongarch", "s390", "x86"),
    "6.12": ("loongarch", "riscv", "s390", "x86"),
    "7.2": ("loongarch", "powerpc", "riscv", "s390", "x86"),
    "7.3": ("loongarch", "powerpc", "riscv", "s390", "x86"),
}
HEADER, WORK = "asm/entry-common.h", "syscall_work"
SIGRETURN, STACK, IRQS = "arch_syscall_is_vdso_sigreturn", "on_thread_stack", "regs_irqs_disabled"
# Looked up by hand in each tree.
LACKING = [
    ("6.1", "arm64", {HEADER, WORK, SIGRETURN, IRQS}),
    ("6.1", "riscv", {HEADER, WORK, SIGRETURN, IRQS, STACK}),
    ("6.1", "powerpc", {HEADER, WORK, SIGRETURN, IRQS, STACK}),
    ("6.12", "arm64", {HEADER, WORK, SIGRETURN, IRQS}),
    ("6.12", "arm", {HEADER, WORK, SIGRETURN, IRQS}),
    ("7.2", "arm64", {WORK, SIGRETURN}),
    ("7.2", "mips", {HEADER, WORK, SIGRETURN, IRQS, STACK}),
    ("7.3", "mips", {HEADER, WORK, SIGRETURN, IRQS, STACK}),
]


@cache
def state_of(version: str) -> tuple[State, Contract]:
    state = State(open_tree(kernel_tree(version)), Knowledge(TOOLCHAINS["gcc"]))
    return state, mine(state, SYMBOLS)


def lacking(version: str, arch: str) -> set[str]:
    state, contract = state_of(version)
    return {one.name for one in lacks(state, contract, arch, converted(state.tree, SYMBOLS))}


@pytest.mark.parametrize("version", VERSIONS)
def test_converted_architectures_lack_nothing_that_they_build(version: str) -> None:
    for arch in CONVERTED[version]:
        # since 7.3 only x86 can have Syscall User Dispatch
        assert lacking(version, arch) <= ({SIGRETURN} if version == "7.3" and arch != "x86" else set()), arch


@pytest.mark.parametrize(("version", "arch", "names"), LACKING)
def test_other_architectures_lack_what_they_truly_lack(version: str, arch: str, names: set[str]) -> None:
    assert lacking(version, arch) == names


def findings(version: str, *sources: Path) -> tuple[Finding, ...]:
    request = Request(tuple(map(str, sources)), tree=kernel_tree(version), select=(RULE,))
    result = check(request)
    assert not result.broken
    return result.findings


def change(folder: Path, version: str, path: str, old: str, new: str) -> Path:
    """A patch that replaces a piece of text of one file."""
    text = (kernel_tree(version) / path).read_text("utf-8")
    assert text.count(old) == 1, (path, old)
    return diff(folder, path, text, text.replace(old, new))


def diff(folder: Path, path: str, before: str, after: str) -> Path:
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    lines = difflib.unified_diff(old, new, f"a/{path}", f"b/{path}" if after else "/dev/null")
    mode = "" if after else "deleted file mode 100644\n"
    patch = folder / "change.patch"
    patch.write_text(f"diff --git a/{path} b/{path}\n{mode}" + "".join(lines), "utf-8")
    return patch


@pytest.mark.parametrize(
    ("version", "arch", "old", "new", "names"),
    [
        ("7.2", "arm64", "\tselect GENERIC_IRQ_ENTRY\n", "\tselect GENERIC_ENTRY\n", {WORK, SIGRETURN}),
        ("7.3", "arm64", "\tselect GENERIC_IRQ_ENTRY\n", "\tselect GENERIC_ENTRY\n", {WORK}),
        (
            "6.1",
            "riscv",
            "\tselect GENERIC_IDLE_POLL_SETUP\n",
            "\tselect GENERIC_ENTRY\n\tselect GENERIC_IDLE_POLL_SETUP\n",
            {HEADER, WORK, SIGRETURN, IRQS, STACK},
        ),
        (
            "7.3",
            "riscv",
            "\tselect GENERIC_ENTRY\n",
            "\tselect ARCH_SUPPORTS_SYSCALL_USER_DISPATCH\n\tselect GENERIC_ENTRY\n",
            {SIGRETURN},
        ),
    ],
    ids=["arm64-7.2", "arm64-7.3-without-dispatch", "riscv-6.1", "riscv-7.3-opens-dispatch"],
)
def test_a_select_asks_for_the_contract(
    tmp_path: Path, version: str, arch: str, old: str, new: str, names: Collection[str]
) -> None:
    path = f"arch/{arch}/Kconfig"
    found = findings(version, change(tmp_path, version, path, old, new))
    assert {one.hit.symbols[0] for one in found} == names
    assert {(one.hit.span.path, one.hit.arch, one.severity) for one in found} == {(path, (arch,), "error")}


HOOK = f"static inline bool {SIGRETURN}(struct pt_regs *regs)\n{{\n\treturn false;\n}}\n"


@pytest.mark.parametrize(
    ("version", "path", "old", "name"),
    [
        ("6.1", "arch/loongarch/include/asm/syscall.h", HOOK, SIGRETURN),
        ("7.2", "arch/riscv/include/asm/syscall.h", HOOK, SIGRETURN),
        (
            "7.2",
            "arch/s390/include/asm/thread_info.h",
            "\tunsigned long\t\tsyscall_work;\t/* SYSCALL_WORK_ flags */\n",
            WORK,
        ),
        ("6.12", "arch/riscv/include/asm/entry-common.h", "", HEADER),
    ],
    ids=["hook-6.1", "hook-7.2", "member", "header"],
)
def test_taking_away_a_part_of_the_contract_is_found(
    tmp_path: Path, version: str, path: str, old: str, name: str
) -> None:
    if old:
        patch = change(tmp_path, version, path, old, "")
    else:
        patch = diff(tmp_path, path, (kernel_tree(version) / path).read_text("utf-8"), "")
    (finding,) = findings(version, patch)
    assert finding.hit.symbols[0] == name
    assert (finding.hit.span.path, finding.hit.span.side) == (path, "before")
    assert finding.hit.arch == (path.split("/")[1],)


def without(folder: Path, *numbers: str) -> Path:
    """The arm64 conversion without some of its patches."""
    left = mailbox.mbox(folder / "series.mbox")
    for mail in mailbox.mbox(corpus() / "arm64-generic-entry-v16.mbox"):
        number = re.search(r" (\d\d)/18\]", " ".join(str(mail["subject"]).split()))
        if number is None or number[1] not in numbers:
            left.add(mail)
    left.close()
    return folder / "series.mbox"


@pytest.mark.corpus
def test_the_arm64_conversion_is_silent_at_every_patch() -> None:
    assert findings("7.2", corpus() / "arm64-generic-entry-v16.mbox") == ()


@pytest.mark.corpus
def test_without_the_weak_fallback_the_hook_is_missing_until_it_comes(tmp_path: Path) -> None:
    (finding,) = findings("7.2", without(tmp_path, "02"))
    assert finding.hit.symbols == (SIGRETURN,)
    assert finding.hit.arch == ("arm64",)
    assert finding.scope is Scope.STEP
    assert "until patch 18/18" in finding.hit.message
