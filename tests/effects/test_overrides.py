"""Whose definition of a function is used: clean patches first."""

from __future__ import annotations

import pytest

from lint.effects.model import Effect, EffectKind
from tests.effects.trees import ONE, effects, of_kind

SETUP = "== arch/one/kernel/setup.c\n int setup;\n"
HEADER = (
    "== arch/one/include/asm/enter.h\n static inline int arch_enter(void)\n {\n \treturn 1;\n }\n"
    " #define arch_enter arch_enter\n"
)
BOOT = "+int arch_boot(void)\n+{\n+	return 1;\n+}\n"
ENABLED = f"{ONE}+	select GENERIC_ENTER\n"


def overrides(patch: str) -> dict[str, Effect]:
    return of_kind(effects(patch, base="overrides"), EffectKind.OVERRIDE)


def told(one: Effect) -> tuple[str, str, list[str]]:
    return one.before, one.after, [f"{link.path}:{link.line} {link.text}" for link in one.chain]


@pytest.mark.parametrize(
    "patch",
    [
        pytest.param(f"{ONE}{SETUP}+int other(void)\n+{{\n+	return 1;\n+}}\n", id="a-name-of-its-own"),
        pytest.param(f"{ONE}{SETUP}+static int arch_boot(void)\n+{{\n+	return 1;\n+}}\n", id="static-in-a-source"),
        pytest.param(f"{ONE}{SETUP}+int arch_boot(void);\n", id="a-prototype-only"),
        pytest.param(
            f"{ONE}{SETUP}+int arch_prepare_enter(void)\n+{{\n+	return 1;\n+}}\n", id="nobody-asks-for-it-yet"
        ),
        pytest.param(f"{ONE}{SETUP}+#ifdef CONFIG_NOT_HERE\n{BOOT}+#endif\n", id="never-compiled"),
        pytest.param(
            f"{ONE}{HEADER}".replace(" \treturn 1;", "-\treturn 1;\n+\treturn 2;"), id="only-its-body-changes"
        ),
        pytest.param(f"{ONE}+	select PROBE\n", id="no-function-is-concerned"),
    ],
)
def test_nothing_changes_hands(patch: str) -> None:
    assert overrides(patch) == {}


def test_the_users_begin_to_be_built() -> None:
    found = overrides(ENABLED)
    assert set(found) == {"arch_enter", "arch_leave", "arch_prepare_enter", "arch_late"}
    assert told(found["arch_enter"]) == (
        "not built",
        "arch",
        [
            "arch/one/Kconfig:3 selects GENERIC_ENTER",
            "kernel/Makefile:2 builds enter.o",
            "include/linux/enter.h:18 uses arch_enter()",
            "arch/one/include/asm/enter.h:1 defines arch_enter()",
        ],
    )
    assert told(found["arch_leave"])[:2] == ("not built", "generic")
    assert told(found["arch_late"])[:2] == ("not built", "generic")
    assert told(found["arch_prepare_enter"])[2][-1] == "kernel/enter.c:2 defines arch_prepare_enter()"
    assert found["arch_enter"].configs == ("allnoconfig", "allyesconfig", "allmodconfig")


def test_the_users_cease_to_be_built() -> None:
    found = overrides(f"{ONE}-	select GENERIC_ENTER\n")
    assert told(found["arch_enter"])[:2] == ("arch", "not built")
    assert told(found["arch_late"])[:2] == ("generic", "not built")


def test_the_patch_brings_a_definition() -> None:
    (one,) = overrides(f"{ONE}{SETUP}{BOOT}").values()
    assert told(one) == ("generic", "arch", ["arch/one/kernel/setup.c:2 defines arch_boot()"])


def test_the_patch_takes_a_definition() -> None:
    (one,) = overrides(f"{ONE}{SETUP}{BOOT}".replace("+", "-")).values()
    assert told(one) == (
        "arch",
        "generic",
        ["arch/one/kernel/setup.c:2 removed: defines arch_boot()", "kernel/main.c:1 defines arch_boot()"],
    )


def test_a_definition_whose_condition_flips() -> None:
    body = BOOT.replace("+", " ")
    one = overrides(f"{ENABLED}{SETUP} #ifdef CONFIG_GENERIC_ENTER\n{body} #endif\n")["arch_boot"]
    assert told(one)[:2] == ("generic", "arch")
    assert told(one)[2][-1] == "arch/one/kernel/setup.c:3 defines arch_boot()"
