from __future__ import annotations

import pytest

from lint.engine import judge
from lint.finding import Finding, Scope, Severity
from lint.history import apply_history
from lint.intake.load import load
from lint.intake.model import Patch
from lint.kconfig.toolchain import TOOLCHAINS
from lint.logic import Formula
from lint.migrations.model import shipped
from lint.rules._guards import guards
from lint.rules.constant_config_guard import constant_config_guard
from lint.snapshot.open import open_tree
from lint.state import Knowledge
from tests.guards.edited import edited
from tests.kernels import corpus, kernel_tree
from tests.samples import parse_sample
from tests.test_rules import CASES, findings


@pytest.mark.parametrize("name", ["guard-until-a-later-patch-removes-it", "a-later-patch-selects-it-under-a-condition"])
def test_what_a_later_patch_mends_is_a_note(name: str) -> None:
    found, _ = findings(constant_config_guard, (CASES / constant_config_guard.id / f"bad-{name}.diff").read_text())
    assert [(one.severity, one.scope) for one in found] == [(Severity.NOTE, Scope.STEP)]


def texts(path: str, text: str) -> list[tuple[int, str, tuple[str, ...]]]:
    return [(one.line, one.text, one.symbols) for one in guards(path, text.encode())]


def test_guards_of_code() -> None:
    text = (
        "#ifndef A_H\n#define A_H\n#if defined(CONFIG_A) && \\\n\tdefined(CONFIG_B)\nint a;\n#elif IS_ENABLED(CONFIG_C)\nint b;\n#endif\n"
        "int c = IS_BUILTIN(CONFIG_D); // IS_ENABLED(CONFIG_E)\n#ifdef CONFIG_F\n#error no\n#endif\n#if CONFIG_G > 3\nint d;\n#endif\n#endif\n"
    )
    assert texts("a.h", text) == [
        (3, "#if defined(CONFIG_A) && defined(CONFIG_B)", ("A", "B")),
        (6, "#elif IS_ENABLED(CONFIG_C)", ("C",)),
        (9, "IS_BUILTIN(CONFIG_D)", ("D",)),
    ]


def test_guards_of_makefiles() -> None:
    text = "obj-$(CONFIG_A) += a.o # $(CONFIG_X)\nifdef CONFIG_B\nelse ifeq ($(CONFIG_C),y)\nendif\nobj-y += d.o\nfoo := $(CONFIG_D)\n"
    assert texts("kernel/Makefile", text) == [
        (1, "obj-$(CONFIG_A)", ("A",)),
        (2, "ifdef CONFIG_B", ("B",)),
        (3, "ifeq ($(CONFIG_C),y)", ("C",)),
    ]


def test_guards_of_kconfig() -> None:
    text = (
        'if A && !(B || C)\nconfig D\n\tbool "d" if E\n\tdepends on F=y || "$(CC)" = "gcc"\n\tdepends on G\n'
        "\tselect H if I != n\n\tdefault y if J\n\tdepends on (K\n\thelp\n\t  depends on L\nendif\n"
    )
    assert texts("kernel/Kconfig", text) == [
        (1, "if A && !(B || C)", ("A", "B", "C")),
        (3, "bool if E", ("E",)),
        (5, "depends on G", ("G",)),
        (6, "select H if I != n", ("I",)),
        (7, "default y if J", ("J",)),
    ]


@pytest.mark.parametrize(
    "text", ["if " + "(" * 5000 + "A", "if " + "!" * 5000 + "A", "if A" + " && A" * 5000, "if ()", "if && A"]
)
def test_hostile_expressions(text: str) -> None:
    found: list[Formula] = [one.holds for one in guards("Kconfig", f"{text}\nendif\n".encode())]
    assert len(found) <= 1


def judged(extra: str = "", *, with_series: bool = True) -> tuple[Finding, ...]:
    """What the rule says of v16 on 7.2 with a further patch, in the sample notation, on top of it."""
    series = load((str(corpus() / "arm64-generic-entry-v16.mbox"),)) if with_series else None
    patches: tuple[Patch, ...] = tuple(series.patches) if series is not None else ()
    tree = open_tree(kernel_tree("7.2"), None)
    if extra:
        patches = (*patches, *parse_sample(extra).patches)
    applied = apply_history(tree, patches, shipped(), (), Knowledge(TOOLCHAINS["gcc"]))
    return judge(applied.steps, applied.between, [constant_config_guard]).findings


@pytest.mark.kernel
@pytest.mark.corpus
def test_v16_leaves_no_guard_and_what_is_added_on_top_is_found() -> None:
    """arm64 names none of the symbols that become certain (GENERIC_ENTRY, GENERIC_SYSCALL, DEBUG_RSEQ) any more."""
    assert judged() == ()
    added = "== arch/arm64/kernel/new.c\n+#ifdef CONFIG_DEBUG_RSEQ\n+int a;\n+#endif\n+#if defined(CONFIG_COMPAT) && !defined(CONFIG_GENERIC_IRQ_ENTRY)\n+int b;\n+#endif\n+#ifdef CONFIG_COMPAT\n+int c;\n+#endif\n"
    assert [(one.hit.span.line, one.hit.symbols[0]) for one in judged(added)] == [
        (1, "DEBUG_RSEQ"),
        (4, "GENERIC_IRQ_ENTRY"),
    ]


@pytest.mark.kernel
def test_the_select_alone_leaves_a_guard() -> None:
    """Without the patches of v16 that take it away, arch/arm64/kernel/syscall.c tests DEBUG_RSEQ for nothing."""
    sample = edited("7.2", "arch/arm64/Kconfig", "\tselect GENERIC_IRQ_ENTRY", "\tselect GENERIC_ENTRY")
    found = judged(sample, with_series=False)
    assert [(one.hit.span.path, one.hit.symbols[0]) for one in found] == [("arch/arm64/kernel/syscall.c", "DEBUG_RSEQ")]
