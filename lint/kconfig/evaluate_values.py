"""Computes values in the order of a plan, as scripts/kconfig/symbol.c of the tree's version does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from lint.kconfig.encode_values import compare
from lint.kconfig.evaluate_plan import ChoiceRule, Plan, SymbolRule, Terms, choice_name, only_if_yes
from lint.kconfig.evaluate_text import leading_number, user_text, user_tristate
from lint.kconfig.model import AndExpr, Compare, Default, Expr, Lit, NotExpr, OrExpr, Sym, Type

_TRI: Final = {"n": 0, "m": 1, "y": 2}
_NMY: Final = "nmy"
_LOGICAL: Final = (Type.BOOL, Type.TRISTATE)
_EMPTY: Final = {Type.INT: "0", Type.HEX: "0x0"}


class Values:
    """One evaluation. ``wish`` is what every prompt without a user value is answered with (0, 1, 2), None: nothing."""

    def __init__(self, plan: Plan, wish: int | None, user: Mapping[str, str]) -> None:
        self._plan = plan
        self._symbols = plan.kconfig.symbols
        self._wish = wish
        self._has_file = bool(user)
        self._users: dict[str, int] = {}
        self._typed: dict[str, str] = {}
        self._modules = 0
        self._chosen: dict[int, str | None] = {}
        self.tri: dict[str, int] = {}
        self.text: dict[str, str] = {}
        self.visible: dict[str, int] = {}
        self.written: set[str] = set()
        self._read(user)
        self._truth = self._interpreter()

    def run(self) -> Values:
        """Compute everything; what depends on the modules symbol being known comes after it."""
        early = self._plan.early
        for at, rule in enumerate(self._plan.rules):
            if at == early:
                self._modules = self.tri.get(self._plan.kconfig.modules or "", 0)
            # mypy does not narrow by class identity, which this hot loop and the next use: hence the ignores.
            if rule.__class__ is ChoiceRule:
                self._choice(rule)
            elif rule.type in _LOGICAL:  # type: ignore[union-attr]
                self._logical(rule)  # type: ignore[arg-type]
            elif rule.type is not Type.UNKNOWN:  # type: ignore[union-attr]
                self._other(rule)  # type: ignore[arg-type]
        return self

    def values(self) -> dict[str, str]:
        """The values of all defined symbols as text, in the order of their definitions."""
        tri, text = self.tri, self.text
        return {name: _NMY[tri[name]] if name in tri else text.get(name, name) for name in self._plan.names}

    def type(self, name: str) -> Type:
        """The type of a defined symbol."""
        return self._symbols[name].type

    def _read(self, user: Mapping[str, str]) -> None:
        for name, value in user.items():
            symbol = self._symbols.get(name)
            if symbol is None or not symbol.definitions:
                continue
            if symbol.type in _LOGICAL:
                number = user_tristate(value, symbol.type)
                if number is not None:
                    self._users[name] = number
            else:
                text = user_text(value, symbol.type)
                if text is not None:
                    self._typed[name] = text
        self._place = {name: at for at, name in enumerate(self._users)}

    # -- expressions --------------------------------------------------------------------------------------------

    def _interpreter(self) -> Callable[[Expr], int]:
        values = self.tri
        known: dict[int, int] = {}
        equal = self._compare

        def truth(expr: Expr) -> int:
            kind = expr.__class__
            if kind is Sym:
                return values.get(expr.name, 0)  # type: ignore[union-attr]
            if kind is Lit:
                return _TRI.get(expr.value, 0)  # type: ignore[union-attr]
            key = id(expr)
            found = known.get(key)
            if found is not None:
                return found
            if kind is AndExpr:
                value = 2
                for part in expr.operands:  # type: ignore[union-attr]
                    other = truth(part)
                    if other < value:
                        value = other
                        if not value:
                            break
            elif kind is OrExpr:
                value = 0
                for part in expr.operands:  # type: ignore[union-attr]
                    other = truth(part)
                    if other > value:
                        value = other
                        if value == 2:
                            break
            elif kind is NotExpr:
                value = 2 - truth(expr.operand)  # type: ignore[union-attr]
            else:
                value = 2 if equal(expr) else 0  # type: ignore[arg-type]
            known[key] = value
            return value

        return truth

    def _compare(self, expr: Compare) -> bool:
        return compare(expr.op, *self._side(expr.left), *self._side(expr.right))

    def _side(self, side: Sym | Lit) -> tuple[str, Type]:
        if side.__class__ is Lit:
            return side.value, Type.TRISTATE if side.value in _TRI else Type.UNKNOWN
        name: str = side.name  # type: ignore[union-attr]
        symbol = self._symbols.get(name)
        if symbol is None or not symbol.definitions or symbol.type is Type.UNKNOWN:
            return name, Type.UNKNOWN
        if symbol.type in _LOGICAL:
            return _NMY[self.tri.get(name, 0)], symbol.type
        return self.text.get(name, self._empty(symbol.type)), symbol.type

    def _string(self, expr: Expr) -> str | None:
        """What a default or a bound stands for as text: only a single symbol or constant stands for anything."""
        if isinstance(expr, Lit):
            return expr.value
        if not isinstance(expr, Sym):
            return None
        text, kind = self._side(expr)
        return "n" if kind in _LOGICAL else text

    def _empty(self, kind: Type) -> str:
        return _EMPTY.get(kind, "") if self._plan.zeros else ""

    # -- symbols ------------------------------------------------------------------------------------------------

    def _seen(self, rule: SymbolRule) -> int:
        """How far the prompts let users go."""
        truth = self._truth
        visible = 0
        for condition in rule.prompts:
            value = truth(condition)
            if value > visible:
                visible = value
        if visible == 1 and rule.choice >= 0 and self._one_is_y(rule):
            visible = 0
        if rule.transitional:
            visible = 2
        if visible == 1 and (rule.type is not Type.TRISTATE or not self._modules):
            visible = 2
        self.visible[rule.name] = visible
        return visible

    def _default(self, defaults: tuple[Default, ...]) -> tuple[Default | None, int]:
        for default in defaults:
            condition = self._truth(default.condition)
            if condition:
                return default, condition
        return None, 0

    def _strongest(self, terms: Terms, promoted: bool) -> int:
        truth, values = self._truth, self.tri
        best = 0
        for selector, condition in terms:
            value = values.get(selector, 0)
            if value > best:
                limit = truth(condition)
                value = min(value, limit)
                if value > best:
                    best = value
                    if best == 2:
                        break
        return 2 if best == 1 and promoted else best

    def _logical(self, rule: SymbolRule) -> None:
        promoted = rule.type is Type.BOOL or not self._modules
        name = rule.name
        visible = self._seen(rule)
        if rule.choice >= 0 and (self._plan.zeros or visible == 2):
            self.tri[name] = 2 if visible and self._chosen.get(rule.choice) == name else 0
            if visible:
                self.written.add(name)
            return
        forced = self._strongest(rule.selects, promoted) if rule.selects and not rule.transitional else 0
        wish = self._users.get(name, self._wish) if visible else None
        written = bool(visible or forced)
        if wish is not None and not (rule.transitional and name not in self._users):
            value = min(wish, visible)
        else:
            default, value = self._default(rule.defaults)
            if default is not None:
                value = min(self._truth(default.value), value)
            written = written or value > 0
            implied = self._strongest(rule.implies, promoted) if rule.implies and not rule.transitional else 0
            if implied:
                written = True
                allowed = self._truth(rule.direct)
                value = min(max(value, implied), 2 if allowed == 1 and promoted else allowed)
        value = max(value, forced)
        self.tri[name] = 2 if value == 1 and promoted else value
        if written and not rule.transitional:
            self.written.add(name)

    def _other(self, rule: SymbolRule) -> None:
        name = rule.name
        visible = self._seen(rule)
        written = bool(visible)
        value = self._typed.get(name) if visible else None
        if value is None:
            value = self._empty(rule.type)
            default, _ = self._default(rule.defaults)
            text = None if default is None else self._string(default.value)
            if text is not None:
                value, written = text, True
        self.text[name] = self._within(rule, value) if rule.ranges else value
        if written and not rule.transitional:
            self.written.add(name)

    def _within(self, rule: SymbolRule, value: str) -> str:
        """The value, or the bound of the first ``range`` that holds where it lies outside of it."""
        base = {Type.INT: 10, Type.HEX: 16}.get(rule.type)
        if base is None:
            return value
        for bounds in rule.ranges:
            if self._truth(bounds.condition):
                number = leading_number(value, base)
                low, least = self._bound(bounds.low, base)
                if number < least:
                    return low
                high, most = self._bound(bounds.high, base)
                return value if number <= most else high
        return value

    def _bound(self, expr: Expr, base: int) -> tuple[str, int]:
        text = self._string(expr) or ""
        kind = self._side(expr)[1] if isinstance(expr, (Sym, Lit)) else Type.UNKNOWN
        return text, leading_number(text, {Type.INT: 10, Type.HEX: 16}.get(kind, base))

    # -- choices ------------------------------------------------------------------------------------------------

    def _choice(self, rule: ChoiceRule) -> None:
        """What users set to y last comes first, then the default, then what they left open, then their first n."""
        index = rule.number
        if rule.visible is not None:
            value = self._mode(rule)
            self.tri[choice_name(index)] = value
            self.tri[only_if_yes(index)] = value if value == 2 else 0
            if value != 2:
                self._chosen[index] = None
                return
        shown = {member.name: None for member in rule.members if self._seen(member)}
        default = self._choice_default(rule, shown)
        given = sorted([name for name in shown if name in self._users], key=self._place.__getitem__)
        for name in reversed(given):
            if self._users[name] == 2:
                self._chosen[index] = name
                return
        if rule.visible is not None:
            self._chosen[index] = default
            return
        left = [name for name in (default, *shown) if name is not None and name not in self._users]
        self._chosen[index] = (left + given + [None])[0]

    def _one_is_y(self, rule: SymbolRule) -> bool:
        """Whether a tristate member stands beside one that is y: those that could only be m are not offered there."""
        return rule.type is Type.TRISTATE and not self._plan.zeros and self.tri.get(choice_name(rule.choice)) == 2

    def _choice_default(self, rule: ChoiceRule, shown: Mapping[str, None]) -> str | None:
        for default in rule.choice.defaults:
            name = default.value.name if isinstance(default.value, Sym) else None
            if name in shown and self._truth(default.condition):
                return name
        return next(iter(shown), None)

    def _mode(self, rule: ChoiceRule) -> int:
        """The value of a choice that has one: y picks one member, m leaves each to itself."""
        choice = rule.choice
        assert rule.visible is not None
        raw = self._truth(rule.visible)
        promoted = choice.type is not Type.TRISTATE or not self._modules
        visible = 2 if raw == 1 and promoted else raw
        wish = self._wish
        if wish is None or self._has_file:
            # Reading a file answers every choice by what it says on the members, whatever the preset is.
            wish = max([self._users.get(member.name, 0) for member in rule.members], default=0)
        value = min(visible, wish)
        if not choice.optional:
            value = max(value, min(raw, 1))
        return 2 if value == 1 and promoted else value
