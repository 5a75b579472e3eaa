"""Why a symbol changes: the chain from a line of the patch through selects, defaults and dependencies."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from lint.change import Change
from lint.effects.compare import Comparison
from lint.effects.expressions import Mentions
from lint.effects.model import Link
from lint.kconfig.model import Definition, Kconfig, Select, Symbol
from lint.kconfig.scan import is_kconfig_file
from lint.snapshot.lines import Lines
from lint.snapshot.tree import Tree

_LONGEST = 12
_MOST_TEXT = 100


@dataclass(frozen=True, slots=True)
class _Step:
    """A line that passes a change on to a symbol: from another symbol, or (empty) from the patch itself."""

    link: Link
    source: str = ""


class Causes:
    """The chains of one comparison. ``moved`` are the symbols that change in some configuration."""

    def __init__(self, change: Change, comparison: Comparison, moved: Collection[str], mentions: Mentions) -> None:
        self._comparison = comparison
        self._moved = moved
        self._mentions = mentions
        self._trees = (change.before.tree, change.after.tree)
        self._added = {file.new_path: file.added for file in change.files if file.new_path and not file.fragment}
        self._removed = {file.old_path: file.removed for file in change.files if file.old_path and not file.fragment}
        self._first = tuple(self._touched(change))[:1]
        self._known: dict[str, tuple[Link, ...]] = {}

    def chain(self, name: str) -> tuple[Link, ...]:
        """The links from the patch's line to the symbol; the shortest way there is.

        What no line accounts for (an ``if`` or a menu around the entry) begins at the first Kconfig line of the patch.
        """
        if name not in self._known:
            self._known[name] = self._search(name)
        return self._known[name]

    def place(self, symbol: Symbol, names: Collection[str]) -> tuple[str, int]:
        """Path and line of the dependency of an entry, after the patch, that names one of these; else of the entry."""
        for entry in symbol.definitions:
            for line in entry.depends_lines:
                if _words(self._text(1, entry.path, line)) & set(names):
                    return entry.path, line
        return symbol.definitions[0].path, symbol.definitions[0].line

    def _search(self, name: str) -> tuple[Link, ...]:
        pending: list[tuple[str, tuple[Link, ...]]] = [(name, ())]
        seen = {name}
        nearest: tuple[Link, ...] = ()
        while pending:
            at, below = pending.pop(0)
            steps = list(self._steps(at))
            own = next((step for step in steps if not step.source), None)
            if own is not None:
                return (own.link, *below)
            nearest = nearest or below
            for step in steps:
                if step.source not in seen and len(below) < _LONGEST:
                    seen.add(step.source)
                    pending.append((step.source, (step.link, *below)))
        return (*self._first, *nearest)

    def _steps(self, name: str) -> Iterator[_Step]:
        new, old = self._comparison.after.symbols.get(name), self._comparison.before.symbols.get(name)
        yield from self._own(new, 1)
        yield from self._own(old, 0)
        for symbol, side in ((new, 1), (old, 0)):
            if symbol is not None:
                yield from self._passed_on(symbol, side)

    def _own(self, symbol: Symbol | None, side: int) -> Iterator[_Step]:
        """Lines of the patch itself: selects of the symbol, and what its entries say."""
        if symbol is None:
            return
        lines = (self._removed, self._added)[side]
        other = (self._comparison.after, self._comparison.before)[side]
        for select in (*symbol.selected_by, *symbol.implied_by):
            if select.line in lines.get(select.path, ()) and not _stays(other, select):
                yield _Step(_select_link(select, gone=side == 0))
        for entry in symbol.definitions:
            for line in sorted({entry.line, *_lines_of(entry)} & set(lines.get(entry.path, ()))):
                text = self._text(side, entry.path, line)
                yield _Step(Link(entry.path, line, text if side else f"removed: {text}"))

    def _passed_on(self, symbol: Symbol, side: int) -> Iterator[_Step]:
        """Lines that stay, and name a symbol that changes."""
        for select in (*symbol.selected_by, *symbol.implied_by):
            if select.selector in self._moved:
                yield _Step(_select_link(select), select.selector)
        for entry in symbol.definitions:
            for line in _lines_of(entry):
                text = self._text(side, entry.path, line)
                for name in sorted(_words(text) & set(self._moved) - {symbol.name}):
                    yield _Step(Link(entry.path, line, f"{symbol.name} {text}"), name)
        for select in (*symbol.selected_by, *symbol.implied_by):
            for name in sorted(self._mentions.of(select.condition) & set(self._moved)):
                yield _Step(_select_link(select), name)
        for entry in symbol.definitions:
            around = self._mentions.of(entry.prompt_condition) | self._mentions.of(entry.depends)
            for name in sorted(around & set(self._moved) - {symbol.name}):
                yield _Step(Link(entry.path, entry.line, f"{symbol.name} stands below {name}"), name)

    def _text(self, side: int, path: str, line: int) -> str:
        return line_text(self._trees[side], path, line)

    def _touched(self, change: Change) -> Iterator[Link]:
        for file in change.files:
            if is_kconfig_file(file.path) and not file.fragment:
                for side, numbers in ((1, file.added), (0, file.removed)):
                    path = file.new_path if side else file.old_path
                    for line in sorted(numbers)[:1]:
                        text = self._text(side, path, line)
                        yield Link(path, line, text if side else f"removed: {text}")


def line_text(tree: Tree, path: str, line: int) -> str:
    """A line of a file on one line, without the blanks around it."""
    content = tree.read(path)
    if content is None or not line:
        return ""
    text = " ".join(Lines(content).text(line).decode("utf-8", "replace").split())
    return text if len(text) <= _MOST_TEXT else f"{text[: _MOST_TEXT - 3]}..."


def _words(text: str) -> set[str]:
    return set(text.replace("!", " ").replace("(", " ").replace(")", " ").split())


def _select_link(select: Select, *, gone: bool = False) -> Link:
    verb = "implies" if select.imply else "selects"
    if gone:
        verb = f"no longer {verb}"
    return Link(select.path, select.line, f"{verb} {select.target}")


def _stays(kconfig: Kconfig, select: Select) -> bool:
    """Whether the other state has the same select: a line that only moved is no cause."""
    symbol = kconfig.symbols.get(select.target)
    others = symbol.implied_by if symbol and select.imply else symbol.selected_by if symbol else ()
    return any(one.selector == select.selector and one.condition == select.condition for one in others)


def _lines_of(entry: Definition) -> list[int]:
    """The lines of an entry that say when it is what, those of its dependencies first."""
    defaults = [default.line for default in entry.defaults]
    return [line for line in dict.fromkeys((*entry.depends_lines, *defaults, entry.prompt_line)) if line]
