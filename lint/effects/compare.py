"""The configurations of an architecture before and after a patch, held against each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lint.kconfig.evaluate import Configuration, Preset, evaluate, read_defconfig
from lint.kconfig.model import Kconfig, Type
from lint.state import State

DEFCONFIG = "defconfig"
PRESETS = (Preset.ALLNOCONFIG, Preset.ALLYESCONFIG, Preset.ALLMODCONFIG)


@dataclass(frozen=True, slots=True)
class Pair:
    """One configuration in both states, by its name."""

    name: str
    before: Configuration
    after: Configuration

    def changed(self) -> frozenset[str]:
        """The symbols whose value differs."""
        return frozenset([name for name, _ in self.before.values.items() ^ self.after.values.items()])


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both states of an architecture's Kconfig under its defconfig and the presets.

    ``changed`` are the symbols whose value differs in some of them, with the names of those configurations.
    """

    arch: str
    before: Kconfig
    after: Kconfig
    pairs: tuple[Pair, ...]
    changed: Mapping[str, tuple[str, ...]]

    def defined(self, name: str) -> bool:
        """Whether the symbol has an entry in both states."""
        return self.before.defines(name) and self.after.defines(name)


def compare(before: State, after: State, arch: str) -> Comparison:
    """Evaluate every configuration in both states."""
    old, new = before.kconfig(arch), after.kconfig(arch)
    pairs = [Pair(preset.value, evaluate(old, preset), evaluate(new, preset)) for preset in PRESETS]
    old_user, new_user = read_defconfig(before.tree, arch), read_defconfig(after.tree, arch)
    if old_user is not None and new_user is not None:
        first = evaluate(old, Preset.ALLDEFCONFIG, old_user)
        pairs.insert(0, Pair(DEFCONFIG, first, evaluate(new, Preset.ALLDEFCONFIG, new_user)))
    changed: dict[str, tuple[str, ...]] = {}
    for pair in pairs:
        for name in sorted(pair.changed()):
            if pair.before.value(name) != pair.after.value(name):
                changed[name] = (*changed.get(name, ()), pair.name)
    return Comparison(arch, old, new, tuple(pairs), changed)


def toolchain_symbols(kconfig: Kconfig) -> list[str]:
    """The symbols that only the compiler decides: no prompt, and a value that is an answer of the toolchain."""
    return [
        name
        for name, symbol in kconfig.symbols.items()
        if symbol.type is Type.BOOL
        and symbol.definitions
        and all(entry.toolchain and entry.prompt is None for entry in symbol.definitions)
        and not symbol.selected_by
    ]
