"""Objects of patches that change makefiles, and the parts of composite ones: clean patches first."""

from __future__ import annotations

import pytest

from lint.effects.model import Effect, EffectKind
from tests.effects.trees import ONE, effects, of_kind

MAKEFILE = """\
== kernel/Makefile
 obj-y += main.o
 obj-$(CONFIG_GENERIC_ENTER) += enter.o
 obj-$(CONFIG_BUS) += bus.o
 bus-y := bus_core.o
 bus-$(CONFIG_BUS_DEBUG) += bus_debug.o
 obj-$(CONFIG_PROBE) += probe/
"""
GONE = "== kernel/probe/deep.c\n-int deep;\n== kernel/probe/Makefile\n-obj-y += deep.o\n"


def changed(old: str, *new: str) -> str:
    """The patch that replaces one line of kernel/Makefile."""
    assert f" {old}\n" in MAKEFILE
    return ONE + MAKEFILE.replace(f" {old}\n", f"-{old}\n" + "".join(f"+{line}\n" for line in new))


def objects(patch: str) -> dict[str, Effect]:
    return of_kind(effects(patch, base="overrides"), EffectKind.OBJECT)


def told(one: Effect) -> tuple[str, str, tuple[str, ...], list[str]]:
    return one.before, one.after, one.configs, [f"{link.path}:{link.line} {link.text}" for link in one.chain]


@pytest.mark.parametrize(
    "patch",
    [
        pytest.param(changed("obj-y += main.o", "obj-y := main.o"), id="only-written-otherwise"),
        pytest.param(changed("obj-y += main.o", "# more", "obj-y += main.o"), id="a-comment"),
        pytest.param(
            changed("obj-y += main.o", "obj-y += main.o fresh.o") + "== kernel/fresh.c\n+int fresh;\n",
            id="a-new-source",
        ),
        pytest.param(changed("obj-y += main.o", "obj-y += main.o", "ccflags-y += -O2"), id="flags"),
        pytest.param(changed("obj-$(CONFIG_PROBE) += probe/") + GONE, id="the-source-goes-too"),
    ],
)
def test_no_object_changes(patch: str) -> None:
    assert objects(patch) == {}


def test_an_object_that_hangs_on_another_symbol() -> None:
    found = objects(changed("obj-$(CONFIG_PROBE) += probe/", "obj-$(CONFIG_BUS_DEBUG) += probe/"))
    assert told(found["kernel/probe/deep.o"]) == (
        "built",
        "not built",
        ("witness",),
        ["kernel/Makefile:6 obj-$(CONFIG_BUS_DEBUG) += probe/"],
    )
    assert found["kernel/probe/deep.o"].witness["PROBE"] == "y"


def test_an_object_that_is_always_built_now() -> None:
    (one,) = objects(changed("obj-$(CONFIG_PROBE) += probe/", "obj-y += probe/")).values()
    assert told(one)[:3] == ("not built", "built", ("allnoconfig",))


def test_an_object_that_no_line_lists_any_more() -> None:
    found = objects(changed("obj-y += main.o"))
    assert told(found["kernel/main.o"]) == (
        "built",
        "not built",
        ("allnoconfig", "allyesconfig", "allmodconfig"),
        ["kernel/Makefile:1 removed: obj-y += main.o"],
    )


def test_a_composite_that_is_built_in_now() -> None:
    found = objects(changed("obj-$(CONFIG_BUS) += bus.o", "obj-y += bus.o"))
    assert set(found) == {"kernel/bus_core.o", "kernel/bus_debug.o"}
    assert told(found["kernel/bus_core.o"])[:2] in (("not built", "built"), ("module", "built"))


def test_a_part_of_a_composite() -> None:
    (one,) = objects(changed("bus-$(CONFIG_BUS_DEBUG) += bus_debug.o", "bus-y += bus_debug.o")).values()
    assert (one.subject, one.after) == ("kernel/bus_debug.o", "built")
    assert one.configs == ("witness",)
    assert one.witness["BUS_DEBUG"] == "n"


def test_the_parts_of_a_composite_follow_a_symbol() -> None:
    found = objects(f"{ONE}+	select BUS\n")
    assert set(found) == {"kernel/bus_core.o", "kernel/bus_debug.o"}
    assert told(found["kernel/bus_core.o"])[3][-1] == "kernel/Makefile:3 builds bus_core.o of bus.o"
    assert told(found["kernel/bus_debug.o"])[:3] == ("module", "built", ("allmodconfig",))


def test_tests_of_a_symbol_that_can_no_longer_be_a_module() -> None:
    found = effects(f"{ONE}+	select BUS\n", base="overrides")
    flipped = {one.subject: (one.before, one.after) for one in found if one.kind is EffectKind.CONDITIONAL}
    assert flipped == {
        "IS_REACHABLE(CONFIG_BUS)": ("false", "true"),
        "IS_BUILTIN(CONFIG_BUS)": ("false", "true"),
        "IS_MODULE(CONFIG_BUS)": ("true", "false"),
        "IS_ENABLED(CONFIG_BUS)": ("false", "true"),
    }
    reachable = next(one for one in found if one.subject == "IS_REACHABLE(CONFIG_BUS)")
    assert reachable.configs == ("allnoconfig", "allmodconfig"), "main.o is no module, for which m is out of reach"
