"""The configurations of an architecture before and after a patch, held against each other."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from lint.kconfig.evaluate import Configuration, Preset, evaluate, read_defconfig
from lint.kconfig.model import Kconfig, Type
from lint.kconfig.replay import Part
from lint.state import State

DEFCONFIG = "defconfig"
PRESETS = (Preset.ALLNOCONFIG, Preset.ALLYESCONFIG, Preset.ALLMODCONFIG)
_NOTHING: Mapping[str, str] = MappingProxyType({})


class Sample(Mapping[str, str]):
    """The values of one configuration, by symbol; what was not asked for is not computed.

    A symbol's value follows from what it hangs on, which is a few dozen of many thousand.
    """

    def __init__(self, kconfig: Kconfig, preset: Preset, user: Mapping[str, str] = _NOTHING) -> None:
        self._kconfig = kconfig
        self._preset = preset
        self._user = user
        self._values: dict[str, str] = {}
        self._seen: dict[str, str] = {}

    def prepare(self, part: Part) -> None:
        """Compute the values of a part."""
        self._keep(part.evaluate(self._user, self._preset))

    def prepare_all(self) -> None:
        """Compute every value."""
        self._keep(evaluate(self._kconfig, self._preset, self._user))

    def value(self, name: str) -> str:
        """The value of a symbol; ``n`` for one that no entry defines."""
        return self.get(name, "n")

    def visible(self, name: str) -> str:
        """How far users can raise a symbol: ``y``, ``m``, or ``n`` when they see no prompt of it."""
        self.get(name)
        return self._seen.get(name, "n")

    def __getitem__(self, name: str) -> str:
        if name not in self._values:
            if not self._kconfig.defines(name):
                raise KeyError(name)
            self.prepare(Part(self._kconfig, (name,)))
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def _keep(self, found: Configuration) -> None:
        self._values.update(found.values)
        self._seen.update({name: found.visible(name) for name in found.values})


@dataclass(frozen=True, slots=True)
class Pair:
    """One configuration in both states, by its name."""

    name: str
    before: Sample
    after: Sample

    def differs(self, name: str) -> bool:
        """Whether a symbol has another value."""
        return self.before.value(name) != self.after.value(name)


@dataclass(frozen=True)
class Comparison:
    """Both states of an architecture's Kconfig under its defconfig and the presets."""

    arch: str
    before: Kconfig
    after: Kconfig
    pairs: tuple[Pair, ...] = field(repr=False)

    @property
    def same(self) -> bool:
        """Whether both states are one: the patch touches no Kconfig file."""
        return self.before is self.after

    @cached_property
    def free(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The symbols that only the compiler decides, before and after: an older one may have them otherwise."""
        old = tuple(toolchain_symbols(self.before))
        return old, old if self.same else tuple(toolchain_symbols(self.after))

    def prepare(self, names: Collection[str]) -> None:
        """Compute what is going to be asked of these symbols, together."""
        old, new = Part(self.before, names), Part(self.after, names)
        for pair in self.pairs:
            pair.before.prepare(old)
            if not self.same:
                pair.after.prepare(new)

    def changed(self) -> tuple[str, ...]:
        """All symbols whose value differs in some configuration."""
        found: dict[str, None] = {}
        for pair in self.pairs:
            pair.before.prepare_all()
            pair.after.prepare_all()
            found.update(dict.fromkeys(sorted(name for name, _ in pair.before.items() ^ pair.after.items())))
        return tuple(name for name in found if any(pair.differs(name) for pair in self.pairs))

    def defined(self, name: str) -> bool:
        """Whether the symbol has an entry in both states."""
        return self.before.defines(name) and self.after.defines(name)


def compare(before: State, after: State, arch: str) -> Comparison:
    """Both states of an architecture; values are computed when they are asked for."""
    old, new = before.kconfig(arch), after.kconfig(arch)
    asked = [(preset.value, preset, _NOTHING, _NOTHING) for preset in PRESETS]
    old_user, new_user = read_defconfig(before.tree, arch), read_defconfig(after.tree, arch)
    if old_user is not None and new_user is not None:
        asked.insert(0, (DEFCONFIG, Preset.ALLDEFCONFIG, old_user, new_user if new is not old else old_user))
    pairs = []
    for name, preset, one, other in asked:
        first = Sample(old, preset, one)
        pairs.append(Pair(name, first, first if old is new else Sample(new, preset, other)))
    return Comparison(arch, old, new, tuple(pairs))


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
