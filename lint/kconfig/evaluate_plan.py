"""The order in which the symbols of a Kconfig are computed: each after everything that it refers to.

Kconfig itself recurses from symbol to symbol; chains of thousands forbid that here. What refers to itself (Kconfig
rejects it) reads as n or as nothing where the circle is closed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Final, NamedTuple, TypeAlias

from lint.kconfig.model import (
    YES,
    AndExpr,
    Choice,
    Compare,
    Default,
    Definition,
    Expr,
    Kconfig,
    Lit,
    NotExpr,
    OrExpr,
    Range,
    Select,
    Sym,
    Symbol,
    Type,
)

ONE_CHOICE_SINCE: Final = (6, 12)
"""From here on choices are bool and have no value of their own, and numbers without a value are zero."""

Terms: TypeAlias = tuple[tuple[str, Expr], ...]
"""Selectors, and under which condition each passes on its value."""


class SymbolRule(NamedTuple):
    """How one symbol gets its value; ``choice`` is the index of the choice that it is a member of, or -1."""

    name: str
    type: Type
    prompts: tuple[Expr, ...]
    defaults: tuple[Default, ...]
    ranges: tuple[Range, ...]
    selects: Terms
    implies: Terms
    direct: Expr
    choice: int
    transitional: bool


class ChoiceRule(NamedTuple):
    """How the choice of this ``number`` finds its member; ``visible`` is None where choices have no value."""

    number: int
    choice: Choice
    members: tuple[SymbolRule, ...]
    visible: Expr | None


Rule: TypeAlias = SymbolRule | ChoiceRule


@dataclass(frozen=True, slots=True)
class Plan:
    """``rules`` in order; the first ``early`` of them are what the modules symbol needs, and itself.

    ``names`` are the defined symbols as they appear. ``zeros``: numbers without a value are zero, not empty.
    """

    kconfig: Kconfig
    rules: tuple[Rule, ...]
    early: int
    names: tuple[str, ...]
    zeros: bool


def choice_name(index: int) -> str:
    """How expressions refer to the value of a choice that has one; no symbol can be called so."""
    return f"<choice {index}>"


def only_if_yes(index: int) -> str:
    """How expressions ask whether a choice is y: its value, but n where that is m."""
    return f"<choice {index}>=y"


def plan_of(kconfig: Kconfig, wanted: Collection[str] | None = None) -> Plan:
    """The plan of a Kconfig, by the rules of its version; ``wanted``: of these symbols and all that they hang on."""
    return _Planner(kconfig).run(wanted)


def _is_new(version: str) -> bool:
    numbers = [int(part) for part in version.split("-")[0].split(".")[:2] if part.isascii() and part.isdecimal()]
    return len(numbers) < 2 or tuple(numbers) >= ONE_CHOICE_SINCE


class _Planner:
    def __init__(self, kconfig: Kconfig) -> None:
        self._kconfig = kconfig
        self._new = _is_new(kconfig.version)
        self._rules: list[Rule] = []
        self._seen: set[str | int] = set()
        self._seen_exprs: set[int] = set()

    def run(self, wanted: Collection[str] | None) -> Plan:
        kconfig = self._kconfig
        asked = kconfig.symbols if wanted is None else sorted(set(wanted) & kconfig.symbols.keys())
        names = tuple([name for name in asked if kconfig.symbols[name].definitions])
        early = 0
        if kconfig.modules:
            self._visit(kconfig.modules)
            early = len(self._rules)
        for name in names:
            if name not in self._seen:
                self._visit(name)
        if wanted is not None:
            names = tuple(sorted(name for name in self._seen if isinstance(name, str) and kconfig.defines(name)))
        return Plan(kconfig, tuple(self._rules), early, names, self._new)

    def _visit(self, root: str) -> None:
        """Depth first with a stack of its own; a rule is done when it comes up again behind all that it needs."""
        stack: list[str | int | Expr | Rule] = [root]
        symbols, seen, seen_exprs = self._kconfig.symbols, self._seen, self._seen_exprs
        while stack:
            item = stack.pop()
            # mypy does not narrow by class identity, which this hot loop uses: hence the ignores.
            kind = item.__class__
            if kind is Sym:
                item, kind = item.name, str  # type: ignore[union-attr]
            if kind is str:
                if item in seen:
                    continue
                seen.add(item)  # type: ignore[arg-type]
                symbol = symbols.get(item)  # type: ignore[arg-type]
                if symbol is not None and symbol.definitions:
                    rule = self._symbol(symbol)
                    stack.append(rule)
                    self._push_symbol(stack, rule)
            elif kind is AndExpr or kind is OrExpr:
                if id(item) not in seen_exprs:
                    seen_exprs.add(id(item))
                    stack.extend(item.operands)  # type: ignore[union-attr]
            elif kind is Compare:
                stack.append(item.left)  # type: ignore[union-attr]
                stack.append(item.right)  # type: ignore[union-attr]
            elif kind is NotExpr:
                stack.append(item.operand)  # type: ignore[union-attr]
            elif kind is int:
                if item not in seen:
                    seen.add(item)  # type: ignore[arg-type]
                    choice = self._choice(item)  # type: ignore[arg-type]
                    stack.append(choice)
                    self._push_choice(stack, choice)
            elif kind is not Lit:
                self._rules.append(item)  # type: ignore[arg-type]

    def _push_symbol(self, stack: list[str | int | Expr | Rule], rule: SymbolRule) -> None:
        if rule.choice >= 0:
            stack.append(rule.choice)
        stack.extend(rule.prompts)
        for default in rule.defaults:
            stack.append(default.condition)
            stack.append(default.value)
        for bounds in rule.ranges:
            stack.extend((bounds.condition, bounds.low, bounds.high))
        for terms in (rule.selects, rule.implies):
            for selector, condition in terms:
                stack.append(selector)
                stack.append(condition)
        if rule.implies:
            stack.append(rule.direct)

    def _push_choice(self, stack: list[str | int | Expr | Rule], rule: ChoiceRule) -> None:
        if rule.visible is not None:
            stack.append(rule.visible)
        for member in rule.members:
            stack.extend(member.prompts)
        for default in rule.choice.defaults:
            stack.append(default.condition)

    def _symbol(self, symbol: Symbol) -> SymbolRule:
        definitions = symbol.definitions
        choice = -1 if symbol.choice is None else symbol.choice
        kind = symbol.type
        if choice >= 0:
            owner = self._kconfig.choices[choice]
            kind = owner.type if kind is Type.UNKNOWN else kind
            if not self._new:
                definitions = tuple([self._limited(definition, choice, owner, kind) for definition in definitions])
        prompts = tuple([d.prompt_condition for d in definitions if d.prompt is not None])
        defaults: tuple[Default, ...] = tuple([x for d in definitions for x in d.defaults])
        return SymbolRule(
            symbol.name,
            kind,
            prompts,
            defaults,
            tuple([x for d in definitions for x in d.ranges]),
            self._terms(symbol.selected_by) if choice < 0 else (),
            self._terms(symbol.implied_by) if choice < 0 else (),
            symbol.direct_dependency if symbol.implied_by else YES,
            choice,
            symbol.transitional,
        )

    def _limited(self, definition: Definition, index: int, owner: Choice, kind: Type) -> Definition:
        """A member's definition where choices have values: what encloses the choice counts through that value only."""
        limit = self._limit(index, owner, kind)
        depends = _swap(definition.depends, owner.depends, limit)
        return replace(
            definition,
            prompt_condition=_swap_all(definition.prompt_condition, definition.depends, depends),
            depends=depends,
            defaults=tuple([replace(x, condition=AndExpr((x.guard, depends))) for x in definition.defaults]),
        )

    def _limit(self, index: int, choice: Choice, kind: Type) -> Expr:
        exclusive = choice.type is Type.TRISTATE and kind is not Type.TRISTATE
        return Sym(only_if_yes(index) if exclusive else choice_name(index))

    def _terms(self, selects: Iterable[Select]) -> Terms:
        if self._new:
            return tuple([(select.selector, select.condition) for select in selects])
        symbols, choices = self._kconfig.symbols, self._kconfig.choices
        terms = []
        for select in selects:
            selector, condition = symbols[select.selector], select.condition
            if selector.choice is not None:
                owner = choices[selector.choice]
                limit = self._limit(selector.choice, owner, selector.type)
                condition = _swap_all(condition, owner.depends, limit) if owner.depends is not YES else condition
                condition = AndExpr((limit, condition))
            terms.append((select.selector, condition))
        return tuple(terms)

    def _choice(self, index: int) -> ChoiceRule:
        choice = self._kconfig.choices[index]
        symbols = self._kconfig.symbols
        members = tuple([self._symbol(symbols[name]) for name in choice.members if symbols[name].choice == index])
        return ChoiceRule(index, choice, members, None if self._new else choice.visibility)


def _swap(expr: Expr, old: Expr, new: Expr) -> Expr:
    """The condition with what it ends in replaced: ``old``, the same object, by ``new``."""
    own: list[Expr] = []
    while expr is not old and isinstance(expr, AndExpr) and old is not YES:
        own.extend(expr.operands[:-1])
        expr = expr.operands[-1]
    if expr is not old:
        own.append(expr)
    return AndExpr((*own, new))


def _swap_all(expr: Expr, old: Expr, new: Expr) -> Expr:
    """The conjunction with one of its parts, the same object as ``old``, replaced by ``new``."""
    if expr is old:
        return new
    if isinstance(expr, AndExpr):
        return AndExpr(tuple([_swap_all(part, old, new) for part in expr.operands]))
    return expr
