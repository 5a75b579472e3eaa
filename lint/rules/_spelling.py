"""Which symbol was meant by a name that no Kconfig file has an entry for."""

from __future__ import annotations

from collections.abc import Iterable

_SHORTEST = 4
_LONG = 9


def meant(symbol: str, names: Iterable[str]) -> str | None:
    """The one name that a symbol is a misspelling of: a slip or two, a prefix too many, words in another order.

    None when there is no such name or when two are as near; a name that differs in a number is another thing.
    """
    known = set(names)
    bare = symbol.removeprefix("CONFIG_").removesuffix("_MODULE")
    if bare != symbol and bare in known:
        return bare
    if len(bare) < _SHORTEST:
        return None
    most = 2 if len(bare) >= _LONG else 1
    best, found = most + 1, list[str]()
    for name in sorted(known):
        if not _may_be_near(bare, name, most):
            continue
        apart = 1 if _words(bare) == _words(name) else distance(bare, name, best)
        if apart < best:
            best, found = apart, [name]
        elif apart == best <= most:
            found.append(name)
    return found[0] if len(found) == 1 else None


def distance(one: str, other: str, limit: int) -> int:
    """How many letters were left out, put in, mistaken or swapped with the next; ``limit`` for so many and more."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        last, before, row = before, row, [i]
        for j, there in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != there))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == there:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) >= limit:
            return limit
    return min(row[-1], limit)


def _may_be_near(one: str, other: str, most: int) -> bool:
    """A cheap first look, and numbers have to be the same."""
    if _words(one) == _words(other):
        return True
    if abs(len(one) - len(other)) > most or not (one[:3] == other[:3] or one[-3:] == other[-3:]):
        return False
    return [c for c in one if c.isdigit()] == [c for c in other if c.isdigit()]


def _words(name: str) -> list[str]:
    return sorted(name.split("_"))
