"""A parser made from the productions of a grammar: the SLR(1) tables that yacc would make, shift preferred."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from lint.kconfig.grammar import Grammar, Production

END = "$end"
MAX_STATES = 3_000


@dataclass(frozen=True, slots=True)
class Tables:
    """What to do in a state: ``shift`` and ``goto`` give states, ``reduce`` an index into ``productions``.

    Production 0 is the start; to reduce it is to accept. ``complete`` is False for a grammar that grew too large.
    """

    productions: tuple[Production, ...]
    shift: tuple[Mapping[str, int], ...]
    reduce: tuple[Mapping[str, int], ...]
    goto: tuple[Mapping[str, int], ...]
    complete: bool = True


_Item = tuple[int, int]


@lru_cache(maxsize=16)
def tables_of(productions: tuple[Production, ...], start: str) -> Tables:
    """The tables for texts that a nonterminal of a grammar derives."""
    rules = (Production("$accept", (start,)), *productions)
    by_name: dict[str, list[int]] = {}
    for index, rule in enumerate(rules):
        by_name.setdefault(rule.name, []).append(index)
    follow = _follow(rules, by_name)
    kernels: dict[frozenset[_Item], int] = {frozenset({(0, 0)}): 0}
    pending = [frozenset({(0, 0)})]
    shift: list[dict[str, int]] = []
    reduce: list[dict[str, int]] = []
    goto: list[dict[str, int]] = []
    for kernel in pending:
        moves: dict[str, set[_Item]] = {}
        reductions: dict[str, int] = {}
        for index, dot in sorted(_closure(kernel, rules, by_name)):
            symbols = rules[index].symbols
            if dot < len(symbols):
                moves.setdefault(symbols[dot], set()).add((index, dot + 1))
            else:
                for token in follow[rules[index].name]:
                    reductions.setdefault(token, index)
        own: tuple[dict[str, int], dict[str, int]] = ({}, {})
        for symbol, items in moves.items():
            key = frozenset(items)
            if key not in kernels:
                if len(kernels) >= MAX_STATES:
                    return Tables(rules, (), (), (), complete=False)
                kernels[key] = len(kernels)
                pending.append(key)
            own[symbol in by_name][symbol] = kernels[key]
        shift.append(own[0])
        goto.append(own[1])
        reduce.append(reductions)
    return Tables(rules, tuple(shift), tuple(reduce), tuple(goto))


def tables(grammar: Grammar, *, top: bool) -> Tables:
    """The tables for the top file of a tree, or for one that another sources."""
    return tables_of(grammar.productions, "input" if top else "stmt_list")


def _closure(kernel: frozenset[_Item], rules: tuple[Production, ...], by_name: Mapping[str, list[int]]) -> set[_Item]:
    found, pending = set(kernel), list(kernel)
    while pending:
        index, dot = pending.pop()
        symbols = rules[index].symbols
        for other in by_name.get(symbols[dot], ()) if dot < len(symbols) else ():
            if (other, 0) not in found:
                found.add((other, 0))
                pending.append((other, 0))
    return found


def _follow(rules: tuple[Production, ...], by_name: Mapping[str, list[int]]) -> dict[str, set[str]]:
    """The tokens that may stand behind each nonterminal."""
    empty: set[str] = set()
    first: dict[str, set[str]] = {name: set() for name in by_name}
    follow: dict[str, set[str]] = {name: set() for name in by_name}
    follow["$accept"].add(END)
    changed = True
    while changed:
        before = len(empty) + sum(map(len, first.values())) + sum(map(len, follow.values()))
        for rule in rules:
            nothing = True
            for symbol in rule.symbols:
                if nothing:
                    first[rule.name] |= first.get(symbol, {symbol})
                nothing = nothing and symbol in empty
            if nothing:
                empty.add(rule.name)
            behind = set(follow[rule.name])
            for symbol in reversed(rule.symbols):
                if symbol in by_name:
                    follow[symbol] |= behind
                    behind = behind | first[symbol] if symbol in empty else set(first[symbol])
                else:
                    behind = {symbol}
        changed = before != len(empty) + sum(map(len, first.values())) + sum(map(len, follow.values()))
    return follow
