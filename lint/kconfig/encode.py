"""The Kconfig graph as clauses: which values its symbols can have together, as scripts/kconfig/symbol.c computes them.

A symbol is encoded when it is first asked for, after everything that it refers to (its prompts, defaults, selectors,
the other members of its choice). What is constant folds away on the way. Where the encoding admits more than Kconfig
does, never less:

- what a user types into an int, hex or string prompt (encode_values), and values that a ``range`` may clamp;
- symbols in a dependency cycle, which Kconfig rejects: they are free;
- the members of a choice whose own prompt is hidden while theirs are not: none or one of them (6.12 changed that);
- a hidden choice member that is selected or has defaults of its own (no longer so from 6.12 on).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from lint.kconfig.encode_expr import Expressions, Names
from lint.kconfig.encode_values import Comparisons, Operand, Option
from lint.kconfig.model import Choice, Compare, Expr, Kconfig, Lit, Select, Sym, Symbol, Type
from lint.kconfig.sat_gates import FALSE, PAIRS, TRUE, Gates, Pair

_LOGICAL = (Type.BOOL, Type.TRISTATE)
_MOST_OPTIONS = 64


class Encoder:
    """The symbols of one Kconfig in one solver; ``free`` symbols get any value, whatever their entries say."""

    def __init__(self, kconfig: Kconfig, gates: Gates, free: Collection[str] = ()) -> None:
        self._kconfig = kconfig
        self._gates = gates
        self._free = frozenset(free)
        self._names = Names()
        self._values: dict[str, Pair] = {}
        self._operands: dict[str, Operand] = {}
        self._written: dict[str, int] = {}
        self._done: set[str | int] = set()
        self._references: dict[str | int, tuple[str | int, ...]] = {}
        self._expressions = Expressions(gates, lambda name: self._values.get(name, PAIRS["n"]), self._comparison)
        self._comparisons = Comparisons(gates)
        self.inputs: dict[str, None] = {}
        self.cyclic: dict[str, None] = {}

    def value(self, name: str) -> Pair:
        """The value of a symbol: n for one that is defined nowhere, and for int, hex and string ones."""
        self._require(name)
        return self._values.get(name, PAIRS["n"])

    def macro(self, name: str) -> int:
        """Whether autoconf.h defines ``CONFIG_name``: y for bool and tristate symbols, any value for others."""
        value = self.value(name)
        symbol = self._kconfig.symbols.get(name)
        if symbol is not None and symbol.transitional:
            return FALSE
        return self._written.get(name, value[1])

    def comparison(self, expr: Compare) -> int:
        """A literal for a comparison of symbols and constants."""
        for side in (expr.left, expr.right):
            if isinstance(side, Sym):
                self._require(side.name)
        return self._comparison(expr)

    def typed(self) -> tuple[int, ...]:
        """The literals that stand for what users typed into int, hex and string prompts."""
        return self._comparisons.literals()

    def references(self, name: str) -> tuple[str, ...]:
        """The symbols that an encoded symbol's value is computed from, in a stable order."""
        unit = self._unit(name)
        names: dict[str, None] = {}
        for other in self._references.get(unit, ()) if unit is not None else ():
            for member in self._kconfig.choices[other].members if isinstance(other, int) else (other,):
                names[member] = None
        return tuple(names)

    def _unit(self, name: str) -> str | int | None:
        symbol = self._kconfig.symbols.get(name)
        if symbol is None or not symbol.definitions:
            return None
        return name if symbol.choice is None or name in self._free else symbol.choice

    def _require(self, name: str) -> None:
        """Encodes what the symbol depends on, then itself (Tarjan, with a stack of its own)."""
        root = self._unit(name)
        if root is None or root in self._done:
            return
        index: dict[str | int, int] = {root: 0}
        low: dict[str | int, int] = {root: 0}
        open_: list[str | int] = [root]
        path: list[tuple[str | int, Iterator[str | int]]] = [(root, iter(self._refer(root)))]
        while path:
            unit, rest = path[-1]
            for other in rest:
                if other in self._done:
                    continue
                if other not in index:
                    index[other] = low[other] = len(index)
                    open_.append(other)
                    path.append((other, iter(self._refer(other))))
                    break
                low[unit] = min(low[unit], index[other])
            else:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[unit])
                if low[unit] == index[unit]:
                    at = len(open_) - 1
                    while open_[at] != unit:
                        at -= 1
                    self._encode(open_[at:])
                    del open_[at:]

    def _refer(self, unit: str | int) -> tuple[str | int, ...]:
        if unit not in self._references:
            names = self._names.of(self._exprs(unit))
            found = dict.fromkeys(other for other in map(self._unit, names) if other is not None)
            self._references[unit] = tuple(found)
        return self._references[unit]

    def _exprs(self, unit: str | int) -> Iterator[Expr]:
        if unit in self._free:
            return
        if isinstance(unit, int):
            choice = self._kconfig.choices[unit]
            yield choice.visibility
            for name in self._members(choice):
                yield from self._own_exprs(self._kconfig.symbols[name])
        else:
            yield from self._own_exprs(self._kconfig.symbols[unit])

    def _own_exprs(self, symbol: Symbol) -> Iterator[Expr]:
        if symbol.transitional:
            return
        if symbol.type is Type.TRISTATE and self._kconfig.modules:
            yield Sym(self._kconfig.modules)
        for definition in symbol.definitions:
            if definition.prompt is not None:
                yield definition.prompt_condition
            for default in definition.defaults:
                yield default.condition
                yield default.value
        for select in (*symbol.selected_by, *symbol.implied_by):
            yield Sym(select.selector)
            yield select.condition
        if symbol.implied_by:
            yield symbol.direct_dependency

    def _members(self, choice: Choice) -> list[str]:
        symbols = self._kconfig.symbols
        return [name for name in choice.members if name in symbols and name not in self._free]

    def _encode(self, component: list[str | int]) -> None:
        self._done.update(component)
        first = component[0]
        cyclic = len(component) > 1 or first in self._references[first]
        for unit in component:
            names = self._members(self._kconfig.choices[unit]) if isinstance(unit, int) else [unit]
            if cyclic:
                self.cyclic.update(dict.fromkeys(names))
            if not isinstance(unit, int) or cyclic:
                for name in names:
                    self._symbol(self._kconfig.symbols[name], free=cyclic or name in self._free)
            else:
                self._choice(self._kconfig.choices[unit], [self._kconfig.symbols[name] for name in names])

    def _symbol(self, symbol: Symbol, *, free: bool) -> None:
        free = free or symbol.transitional
        if symbol.type in _LOGICAL:
            self._values[symbol.name] = self._any(symbol, symbol.type) if free else self._logical(symbol)
        elif free:
            self._operands[symbol.name] = Operand(symbol.name, symbol.type, (Option(None, TRUE),))
            self._written[symbol.name] = self._gates.new()
        else:
            self._other(symbol)

    def _any(self, symbol: Symbol, type_: Type) -> Pair:
        self.inputs[symbol.name] = None
        some = self._gates.new()
        if type_ is not Type.TRISTATE or symbol.type is not Type.TRISTATE:
            return some, some
        yes = self._gates.new()
        self._gates.clause(-yes, some)
        return some, yes

    def _logical(self, symbol: Symbol) -> Pair:
        gates = self._gates
        visible = self._promote(symbol, self._visible(symbol))
        selected = self._promote(symbol, self._selected(symbol.selected_by))
        given = self._default(symbol)
        if symbol.implied_by:
            implied = self._promote(symbol, self._selected(symbol.implied_by))
            allowed = self._promote(symbol, self._expressions.pair(symbol.direct_dependency))
            weak = gates.least((gates.greatest((given, implied)), allowed))
            given = gates.choose(implied[0], weak[0], given[0]), gates.choose(implied[0], weak[1], given[1])
        given = self._promote(symbol, gates.greatest((given, selected)))
        if visible[0] == FALSE or selected[1] == TRUE:
            return given
        some, yes = value = self._any(symbol, symbol.type)
        gates.clause(-selected[0], some)
        gates.clause(-some, visible[0], given[0])
        gates.clause(-given[0], some, visible[0])
        if yes != some:
            gates.clause(-selected[1], yes)
            gates.clause(-yes, visible[1], given[1])
            gates.clause(-given[1], yes, visible[0])
            gates.clause(self._modules(), -some, yes)
        return value

    def _promote(self, symbol: Symbol, value: Pair) -> Pair:
        """m becomes y for a bool, and without modules for a tristate too."""
        if symbol.type is Type.BOOL:
            return value[0], value[0]
        return value[0], self._gates.some((value[1], self._gates.every((value[0], -self._modules()))))

    def _modules(self) -> int:
        return self._values.get(self._kconfig.modules or "", PAIRS["n"])[0]

    def _visible(self, symbol: Symbol) -> Pair:
        prompts = (d.prompt_condition for d in symbol.definitions if d.prompt is not None)
        return self._gates.greatest([self._expressions.pair(condition) for condition in prompts])

    def _selected(self, selects: Iterable[Select]) -> Pair:
        pair = self._expressions.pair
        return self._gates.greatest(
            [self._gates.least((self._values.get(s.selector, PAIRS["n"]), pair(s.condition))) for s in selects]
        )

    def _default(self, symbol: Symbol) -> Pair:
        """The first default whose condition holds, limited by that condition."""
        values = []
        for first, condition, value in self._defaults(symbol):
            limit = self._expressions.pair(value)
            values.append(self._gates.least(((first, first), condition, limit)))
        return self._gates.greatest(values)

    def _defaults(self, symbol: Symbol) -> Iterator[tuple[int, Pair, Expr]]:
        """Under which literal each default is the one that is taken, its condition, and its value."""
        none_before = TRUE
        for definition in symbol.definitions:
            for default in definition.defaults:
                condition = self._expressions.pair(default.condition)
                first = self._gates.every((none_before, condition[0]))
                if first != FALSE:
                    yield first, condition, default.value
                none_before = self._gates.every((none_before, -condition[0]))

    def _choice(self, choice: Choice, members: list[Symbol]) -> None:
        """One of the visible members is y; in a choice that is m (a tristate one, up to 6.11) any of them are m."""
        gates = self._gates
        exclusive: list[int] = []
        visible: list[int] = []
        chosen: list[int] = []
        for symbol in members:
            shown = self._visible(symbol)[0]
            forced = gates.some((self._selected(symbol.selected_by)[0], self._default(symbol)[0]))
            self._values[symbol.name] = some, yes = self._any(symbol, choice.type)
            gates.clause(-some, shown, forced)
            visible.append(shown)
            chosen.append(gates.every((shown, some)))
            exclusive.append(gates.every((shown, yes)))
        if not choice.optional and choice.type is not Type.TRISTATE:
            offered = self._expressions.pair(choice.visibility)[0]
            gates.clause(-gates.every((offered, gates.some(visible))), *chosen)
        self._at_most_one(exclusive)

    def _at_most_one(self, literals: list[int]) -> None:
        before = FALSE
        for literal in literals:
            self._gates.clause(-before, -literal)
            before = self._gates.some((before, literal))

    def _other(self, symbol: Symbol) -> None:
        visible = self._visible(symbol)[0]
        ranged = any(definition.ranges for definition in symbol.definitions)
        options = [Option(None, visible)]
        shown = [visible]
        left = -visible
        for first, condition, value in self._defaults(symbol):
            shown.append(first)
            taken = self._gates.every((first, -visible))
            left = self._gates.every((left, -condition[0]))
            inner = self._operand(value) if isinstance(value, (Sym, Lit)) and not ranged else None
            for option in inner.options if inner is not None else (Option(None, TRUE),):
                options.append(Option(option.text, self._gates.every((taken, option.when))))
        # Without any default the value is "" up to 6.11 and a zero later.
        options.append(Option("" if symbol.type is Type.STRING else None, left))
        options = [option for option in options if option.when != FALSE]
        if len(options) > _MOST_OPTIONS:
            options = [Option(None, TRUE)]
        self._operands[symbol.name] = Operand(symbol.name, symbol.type, tuple(options))
        self._written[symbol.name] = self._gates.some(shown)

    def _operand(self, side: Sym | Lit) -> Operand:
        if isinstance(side, Lit):
            type_ = Type.TRISTATE if side.value in PAIRS else Type.UNKNOWN
            return Operand(side.value, type_, (Option(side.value, TRUE),))
        if side.name in self._operands:
            return self._operands[side.name]
        symbol = self._kconfig.symbols.get(side.name)
        if symbol is None or not symbol.definitions or side.name not in self._values:
            return Operand(side.name, Type.UNKNOWN, (Option(side.name, TRUE),))
        some, yes = self._values[side.name]
        middle = self._gates.every((some, -yes))
        options = (Option("n", -some), Option("m", middle), Option("y", yes))
        return Operand(side.name, symbol.type, tuple(option for option in options if option.when != FALSE))

    def _comparison(self, expr: Compare) -> int:
        return self._comparisons.truth(expr.op, self._operand(expr.left), self._operand(expr.right))
