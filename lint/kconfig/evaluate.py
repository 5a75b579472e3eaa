"""The values of a whole configuration: what ``make allyesconfig`` and its kin write, computed without running them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from lint.kconfig.evaluate_defconfig import read_defconfig as read_defconfig
from lint.kconfig.evaluate_plan import Plan, plan_of
from lint.kconfig.evaluate_values import Values
from lint.kconfig.model import Kconfig, Type
from lint.kconfig.paused import paused_collector

_NMY: Final = "nmy"
_KEPT_PLANS: Final = 4
_plans: OrderedDict[int, tuple[Kconfig, Plan]] = OrderedDict()


class Preset(StrEnum):
    """What is answered to the prompts that the user values leave open. A defconfig is its values and ALLDEFCONFIG."""

    ALLNOCONFIG = "allnoconfig"
    ALLYESCONFIG = "allyesconfig"
    ALLMODCONFIG = "allmodconfig"
    ALLDEFCONFIG = "alldefconfig"


WISHES: Final = {Preset.ALLNOCONFIG: 0, Preset.ALLMODCONFIG: 1, Preset.ALLYESCONFIG: 2, Preset.ALLDEFCONFIG: None}


@dataclass(frozen=True, slots=True)
class Configuration:
    """All values of one configuration.

    ``values``: by symbol, ``y``, ``m`` or ``n`` of a bool or tristate one, the text of others (without quotes).
    ``written``: the symbols that have a line in ``.config``, in its order.
    """

    values: Mapping[str, str]
    written: tuple[str, ...]
    _visible: Mapping[str, int] = field(repr=False)
    _types: Mapping[str, Type] = field(repr=False)

    def value(self, name: str) -> str:
        """The value of a symbol; ``n`` for one that no entry defines."""
        return self.values.get(name, "n")

    def visible(self, name: str) -> str:
        """How far users can raise a symbol at its prompts: ``y``, ``m``, or ``n`` when they see none of them."""
        return _NMY[self._visible.get(name, 0)]

    def line(self, name: str) -> str:
        """The line of ``.config`` for one of the symbols in ``written``."""
        value, kind = self.values[name], self._types[name]
        if kind is Type.STRING:
            value = '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        elif value == "n" and kind in (Type.BOOL, Type.TRISTATE):
            return f"# CONFIG_{name} is not set"
        return f"CONFIG_{name}={value}"

    def dot_config(self) -> str:
        """The lines of ``.config`` in its order, without the headings of menus and comments."""
        return "".join([f"{self.line(name)}\n" for name in self.written])


def evaluate(kconfig: Kconfig, preset: Preset, user: Mapping[str, str] = MappingProxyType({})) -> Configuration:
    """The configuration of a preset, with user values (as in ``values``) put first, in the order of their file.

    A user value that does not fit the type of its symbol is ignored, as Kconfig does with a warning.
    """
    return configuration(Values(_plan(kconfig), WISHES[preset], user).run())


def configuration(found: Values) -> Configuration:
    """What was computed, as a value."""
    values = found.values()
    written = tuple([name for name in values if name in found.written])
    return Configuration(values, written, found.visible, {name: found.type(name) for name in written})


def _plan(kconfig: Kconfig) -> Plan:
    """The order of computation, which all presets share. The Kconfig is kept with it, so that its id stays its own."""
    key = id(kconfig)
    known = _plans.get(key)
    if known is None:
        with paused_collector():
            known = _plans[key] = (kconfig, plan_of(kconfig))
        while len(_plans) > _KEPT_PLANS:
            _plans.popitem(last=False)
    return known[1]
