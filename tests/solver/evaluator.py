"""Values of a whole configuration, computed one symbol after the other as scripts/kconfig/symbol.c does it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable

from lint.kconfig.encode_values import compare
from lint.kconfig.model import AndExpr, Compare, Expr, Kconfig, Lit, NotExpr, OrExpr, Sym, Symbol, Type

TRI = {"n": 0, "m": 1, "y": 2}
Wish = Callable[[str], int | None]


class Evaluator:
    """``wish`` is what the user asks for, by symbol: 0, 1, 2, or None for the default."""

    def __init__(self, kconfig: Kconfig, wish: Wish) -> None:
        self.kconfig, self.wish = kconfig, wish
        self.known: dict[str, str] = {}

    def run(self) -> dict[str, str]:
        limit, size = sys.getrecursionlimit(), threading.stack_size(512 << 20)
        sys.setrecursionlimit(200_000)
        worker = threading.Thread(target=lambda: [self.value(name) for name in self.kconfig.symbols])
        worker.start()
        worker.join()
        sys.setrecursionlimit(limit)
        threading.stack_size(size)
        return {n: v for n, v in self.known.items() if self.kconfig.symbols[n].type in (Type.BOOL, Type.TRISTATE)}

    def tri(self, expr: Expr) -> int:
        if isinstance(expr, Lit):
            return TRI.get(expr.value, 0)
        if isinstance(expr, Sym):
            symbol = self.kconfig.symbols.get(expr.name)
            logical = symbol is not None and symbol.type in (Type.BOOL, Type.TRISTATE)
            return TRI[self.value(expr.name)] if logical else 0
        if isinstance(expr, NotExpr):
            return 2 - self.tri(expr.operand)
        if isinstance(expr, AndExpr):
            return min(self.tri(part) for part in expr.operands)
        if isinstance(expr, OrExpr):
            return max(self.tri(part) for part in expr.operands)
        return 2 * self.compare(expr)

    def compare(self, expr: Compare) -> bool:
        return compare(expr.op, *self.side(expr.left), *self.side(expr.right))

    def side(self, side: Sym | Lit) -> tuple[str, Type]:
        if isinstance(side, Lit):
            return side.value, Type.TRISTATE if side.value in TRI else Type.UNKNOWN
        symbol = self.kconfig.symbols.get(side.name)
        if symbol is None or not symbol.definitions:
            return side.name, Type.UNKNOWN
        return self.value(side.name), symbol.type

    def value(self, name: str) -> str:
        symbol = self.kconfig.symbols.get(name)
        if symbol is None or not symbol.definitions:
            return "n" if symbol is None or symbol.type in (Type.BOOL, Type.TRISTATE) else ""
        if name not in self.known:
            if symbol.choice is not None:
                self.choice(symbol.choice)
            elif symbol.type in (Type.BOOL, Type.TRISTATE):
                self.known[name] = "nmy"[self.logical(symbol)]
            else:
                self.known[name] = self.text(symbol)
        return self.known[name]

    def visible(self, symbol: Symbol) -> int:
        prompts = [d.prompt_condition for d in symbol.definitions if d.prompt is not None]
        return self.promote(symbol, max(map(self.tri, prompts), default=0))

    def promote(self, symbol: Symbol, value: int) -> int:
        bool_ = symbol.type is Type.BOOL or not self.kconfig.modules or self.value(self.kconfig.modules) == "n"
        return 2 if value == 1 and bool_ else value

    def logical(self, symbol: Symbol) -> int:
        visible, wish = self.visible(symbol), self.wish(symbol.name)
        chain = [d for definition in symbol.definitions for d in definition.defaults]
        if visible and wish is not None:
            value = min(visible, wish)
        else:
            value = next((min(self.tri(d.value), c) for d in chain if (c := self.tri(d.condition))), 0)
            terms = [min(self.tri(Sym(s.selector)), self.tri(s.condition)) for s in symbol.implied_by]
            implied = self.promote(symbol, max(terms, default=0))
            if implied:
                value = min(max(value, implied), self.promote(symbol, self.tri(symbol.direct_dependency)))
        forced = max((min(self.tri(Sym(s.selector)), self.tri(s.condition)) for s in symbol.selected_by), default=0)
        return self.promote(symbol, max(value, self.promote(symbol, forced)))

    def text(self, symbol: Symbol) -> str:
        for definition in symbol.definitions:
            for default in definition.defaults:
                if self.tri(default.condition) and isinstance(default.value, (Sym, Lit)):
                    return self.side(default.value)[0]
        return "" if symbol.type is Type.STRING else "0"

    def choice(self, index: int) -> None:
        choice = self.kconfig.choices[index]
        shown = [m for m in choice.members if self.visible(self.kconfig.symbols[m])]
        wanted = [m for m in shown if self.wish(m) == 2]
        default = [
            d.value.name
            for d in choice.defaults
            if isinstance(d.value, Sym) and d.value.name in shown and self.tri(d.condition)
        ]
        chosen = (wanted or default or shown or [""])[0]
        self.known.update({m: "y" if m == chosen else "n" for m in choice.members})
