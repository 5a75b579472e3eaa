"""What a solver says, replayed in the evaluator: a configuration is shown only when its values come out that way."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from types import MappingProxyType

from lint.kconfig.evaluate import WISHES, Configuration, Preset, configuration
from lint.kconfig.evaluate_plan import Plan, Rule, SymbolRule, plan_of
from lint.kconfig.evaluate_values import Values
from lint.kconfig.model import YES, Default, Kconfig, Lit
from lint.kconfig.solver import Solver
from lint.logic import Formula

_TRIALS = 24
_NOTHING: Mapping[str, str] = MappingProxyType({})


class Part:
    """Some symbols of a Kconfig and all that they hang on, to be evaluated again and again without the rest.

    ``free`` symbols take what a configuration says of them whatever their entries say (what only a compiler decides).
    """

    def __init__(self, kconfig: Kconfig, names: Collection[str], free: Collection[str] = ()) -> None:
        self._plan = plan_of(kconfig, names)
        self._free = frozenset(free)

    def evaluate(self, user: Mapping[str, str], preset: Preset = Preset.ALLNOCONFIG) -> Configuration:
        """The configuration that ``evaluate`` gives, as far as the part goes."""
        forced = {name: value for name, value in user.items() if name in self._free}
        return configuration(Values(_forced(self._plan, forced), WISHES[preset], user).run())


def proof(
    solver: Solver, formula: Formula, shows: Callable[[Mapping[str, str]], bool]
) -> tuple[Mapping[str, str], bool]:
    """A small configuration in which the formula holds, and whether ``shows`` saw it replayed.

    A witness that leaves too much open grows to all that the solver had to set, and shrinks again as far as ``shows``
    goes along. Nothing, and False, when the formula never holds.
    """
    small = solver.witness(formula)
    if small is None:
        return _NOTHING, False
    if shows(small):
        return small, True
    whole = solver.configuration(formula) or {}
    if not shows(whole):
        return small, False
    size, trials = max(1, len(whole) // 2), 0
    while trials < _TRIALS:
        names = list(whole)
        for start in range(0, len(names), size):
            fewer = {name: whole[name] for name in whole if name not in names[start : start + size]}
            trials += 1
            if shows(fewer):
                whole = fewer
            if trials == _TRIALS:
                break
        if size == 1:
            break
        size = max(1, size // 2)
    return whole, True


def _forced(plan: Plan, values: Mapping[str, str]) -> Plan:
    if not values:
        return plan
    return replace(plan, rules=tuple([_given(rule, values) for rule in plan.rules]))


def _given(rule: Rule, values: Mapping[str, str]) -> Rule:
    if isinstance(rule, SymbolRule) and rule.name in values:
        return rule._replace(prompts=(), defaults=(Default(Lit(values[rule.name]), YES),), selects=(), implies=())
    return rule
