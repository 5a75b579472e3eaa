"""What the real conversions leave unsaid, and what the lines of a patch say themselves."""

from __future__ import annotations

import pytest

from lint.finding import Severity
from lint.history import apply_history
from lint.kconfig.toolchain import TOOLCHAINS
from lint.pipeline import Request, check
from lint.rules._own_kconfig import own_lines
from lint.snapshot.memory import MemoryTree
from lint.state import Knowledge
from tests.kernels import corpus, kernel_tree
from tests.samples import parse_sample

ARCH = "== arch/one/Kconfig\n config ONE\n \tdef_bool y\n"


@pytest.mark.parametrize(
    ("lines", "reaches_out"),
    [
        ("+\tselect THING\n", True),
        ("+\tdefault y\n", True),
        (' \n config A\n \tbool "A"\n+\tdefault y\n+\tselect THING\n', False),
        (' \n config A\n \tbool "A"\n+\tdepends on THING\n', False),
        (' \n config A\n \tbool "A"\n \tselect ONE\n+\tdepends on THING\n', True),
        (" \n config A\n \tbool\n+\tdepends on THING\n", True),
        (' \n config A\n-\tbool "A"\n+\tbool "B"\n', False),
        (' \n config A\n-\tbool "A"\n+\tbool\n', True),
        (' \n config A\n \tint "A"\n+\trange 1 2\n', False),
        (' \n+config A\n+\tbool "A"\n+\tselect THING\n', False),
        (" \n+config A\n+\tdef_bool y\n+\tselect THING\n", True),
        (' \n-config A\n-\tbool "A"\n', False),
        (' \n+if THING\n config A\n \tbool "A"\n+endif\n', True),
        (' \n config A\n \tbool "A"\n \thelp\n+\t  select THING\n', False),
    ],
)
def test_own_lines(lines: str, reaches_out: bool) -> None:
    sample = parse_sample(ARCH + lines)
    applied = apply_history(MemoryTree(sample.base), sample.patches, (), (), Knowledge(TOOLCHAINS["gcc"]))
    own = own_lines(applied.steps[0])
    assert own.reaches_out is reaches_out
    assert ("THING" in own.named) is ("THING" in lines and "\t  select" not in lines)


@pytest.mark.kernel
@pytest.mark.parametrize(
    ("series", "base", "patch", "symbols"),
    [
        ("arm64-generic-entry-v16", "7.2", 16, ("DEBUG_RSEQ",)),
        ("riscv-generic-entry-v17", "6.1", 4, ("GENERIC_ENTRY", "kernel/entry/syscall_user_dispatch.o")),
    ],
)
def test_conversions(series: str, base: str, patch: int, symbols: tuple[str, ...]) -> None:
    sources = (str(corpus() / f"{series}.mbox"),)
    found = check(Request(sources, tree=kernel_tree(base), select=("undisclosed-config-effect",), cache=False)).findings
    assert [(one.patch, one.severity, one.hit.symbols) for one in found] == [(patch, Severity.WARNING, symbols)]
    assert found[0].hit.span.path.endswith("/Kconfig")
    assert found[0].hit.related
