"""Which architectures to ask about a select of a generic file: as few as can tell."""

from __future__ import annotations

from lint.change import Change
from lint.kconfig.formulas import mentioned
from lint.kconfig.model import Expr, Sym
from lint.resolve import arch_of
from lint.rules._dependencies import conjuncts
from lint.rules._selects import architectures_for, selects_of

MOST = 6
_NEAREST = 16


class Architectures:
    """The architectures in the order in which they are worth a parse; ``own`` is the only one to ask, if given."""

    def __init__(self, change: Change, own: str | None) -> None:
        self._change = change
        self._own = own
        self._given = 0
        self._done: list[str] = []
        self._queue: list[str] = []
        if own is not None:
            self._queue = [own] if own in change.after.architectures else []
        else:
            self._queue = list(architectures_for(change, ""))[:1]
        self._wanted: dict[str, None] = {}

    def next(self) -> str | None:
        """The next one, or None when enough have been asked."""
        while self._own is None and self._wanted and not self._queue and len(self._done) < MOST:
            name = next(iter(self._wanted))
            del self._wanted[name]
            self._queue += self._differing(name)
        if not self._queue:
            return None
        arch = self._queue.pop(0)
        self._done.append(arch)
        return arch

    def may_differ(self, arch: str, pair: tuple[str, str]) -> bool:
        """Whether another architecture may answer otherwise than this one, which found no configuration."""
        if self._own is not None:
            return False
        kconfig = self._change.after.kconfig(arch)
        target = kconfig.symbols.get(pair[1])
        if target is None:
            return False
        if not target.definitions or not kconfig.defines(pair[0]):
            self._want((Sym(pair[0]), Sym(pair[1])), arch)
            return True
        for select in selects_of(kconfig, pair[0]):
            if select.target == pair[1]:
                given = {*conjuncts(select.condition), Sym(pair[0])}
                missing = [part for part in conjuncts(target.direct_dependency) if part not in given]
                if missing and any(True for part in missing for _ in mentioned(part)):
                    self._want((*missing, select.condition), arch)
                    return True
        return False

    def _want(self, exprs: tuple[Expr, ...], arch: str) -> None:
        """Note the symbols that an answer hangs on, nearest first."""
        kconfig = self._change.after.kconfig(arch)
        names = dict.fromkeys(name for expr in exprs for name in mentioned(expr))
        for name in list(names):
            symbol = kconfig.symbols.get(name)
            for entry in symbol.definitions if symbol is not None else ():
                names.update(dict.fromkeys(mentioned(entry.depends)))
        self._wanted.update(dict.fromkeys(list(names)[:_NEAREST]))

    def _differing(self, name: str) -> list[str]:
        """One architecture whose files define or select a symbol unlike those that were asked; the largest such."""
        having = self._having(name)
        asked = {arch in having for arch in self._done}
        for arch in self._order():
            if arch not in self._done and (arch in having) not in asked and having:
                return [arch]
        return []

    def _having(self, name: str) -> set[str]:
        found: set[str] = set()
        for path, file in self._change.after.kconfig_text.files.items():
            arch = arch_of(path)
            if arch is not None and (name in file.entries or any(target == name for _, target in file.selects)):
                found.add(arch)
        return found

    def _order(self) -> tuple[str, ...]:
        from collections import Counter

        size = Counter(one.split("/", 2)[1] for one in self._change.after.tree.list("arch/"))
        return tuple(sorted(self._change.archs or self._change.after.architectures, key=lambda a: (-size[a], a)))
