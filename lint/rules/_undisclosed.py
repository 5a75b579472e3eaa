"""Which effects of a patch its own lines and words leave unsaid, apart from what follows from them naturally."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from posixpath import dirname

from lint.change import Change
from lint.effects.model import NOT_BUILT, Effect, EffectKind, Link
from lint.effects.run import is_disclosed, step_effects
from lint.kconfig.evaluate import Preset
from lint.kconfig.model import AndExpr, Expr, Kconfig, NotExpr, OrExpr, Sym
from lint.kconfig.scan import is_kconfig_file
from lint.logic import Formula
from lint.rules._own_kconfig import OwnLines, own_lines
from lint.state import State

_OPTIONS = (EffectKind.OPTION_GAINED, EffectKind.OPTION_LOST)
# A name of this many further words is the name of a feature of its own.
_FEATURE = 2
_PLAIN = frozenset({"common", "core", "main"})
_RARE = 5
_MOST_FLIPS = 8


@dataclass(frozen=True, slots=True)
class Undisclosed:
    """An effect that the patch does not mention; ``what`` is CONDITIONAL for a value that is seen by ``flips`` alone.

    ``cause`` is the symbol that brings it about where several effects are told together; ``symbols`` are what it is
    about, most important first.
    """

    effect: Effect
    what: EffectKind
    cause: str
    symbols: tuple[str, ...]
    flips: tuple[Link, ...] = ()


def undisclosed(change: Change) -> Iterator[Undisclosed]:
    """What users can see first: options, then objects, then values that untouched ``#if`` branches show."""
    own = own_lines(change)
    if not own.reaches_out and not any(_is_named(change.after, leaf) for leaf in sorted(own.leaves)):
        return
    effects = [one for one in step_effects(change) if one.chain]
    told = _Told(change, own, tuple(effects))
    options = [one for one in effects if one.kind in _OPTIONS and not told.is_told(one)]
    options = [one for one in options if not told.follows(one, {other.subject for other in options})]
    for one in options:
        yield Undisclosed(one, one.kind, "", (one.subject,), told.flips(one.subject))
    shown = {one.subject for one in options}
    objects = [one for one in effects if one.kind is EffectKind.OBJECT and one.symbols[0] not in shown]
    for one in objects:
        if told.is_imposed(one) and told.is_feature(one) and not is_disclosed(one, change.claims, change.migrations):
            yield Undisclosed(one, one.kind, one.symbols[0], (one.symbols[0], one.subject))
            shown.add(one.symbols[0])
    for one in effects:
        if one.kind is EffectKind.VALUE and not one.prompt and one.subject not in shown and not told.is_told(one):
            flips = told.flips(one.subject)
            if flips and told.is_settled(one):
                shown.add(one.subject)
                yield Undisclosed(one, EffectKind.CONDITIONAL, "", (one.subject,), flips)


@dataclass(frozen=True)
class _Told:
    """The effects of a step, and what its lines and its text say."""

    change: Change
    own: OwnLines
    effects: tuple[Effect, ...]

    def is_told(self, one: Effect) -> bool:
        """Whether the patch names a symbol itself, on its lines or in its text."""
        return one.subject in self.own.named or is_disclosed(one, self.change.claims, self.change.migrations)

    def follows(self, one: Effect, reported: set[str]) -> bool:
        """Whether an option comes or goes with one that it depends on, and that is told or reported itself.

        What depends on an option is a part of it. What depends on a capability is only expected when it has its name.
        """
        up = one.kind is EffectKind.OPTION_GAINED
        kconfig = self._kconfig(self.change.after if up else self.change.before, one)
        for name in sorted(_needed(kconfig, one.subject)):
            told = name in self.own.named or name in self._disclosed
            if name == one.subject or self._rises.get(name, up) is not up or not (told or name in reported):
                continue
            if name not in self.own.named and name not in self._rises:
                continue
            if _has_prompt(self.change, one, name) or (told and self._is_akin(kconfig, name, one.subject)):
                return True
        return False

    def is_imposed(self, one: Effect) -> bool:
        """Whether an object comes or goes for every user, and the other of both states never builds it."""
        if Preset.ALLNOCONFIG.value not in one.configs:
            return False
        begins = one.before == NOT_BUILT
        state = self.change.before if begins else self.change.after
        stem = one.subject.removesuffix(".o")
        source = next((f"{stem}{end}" for end in (".c", ".S", ".rs") if state.tree.exists(f"{stem}{end}")), None)
        if source is None:
            return False
        gate: Formula = state.gating.gate(source).built
        return all(not state.solver(arch).possible(gate) for arch in one.arch)

    def is_feature(self, one: Effect) -> bool:
        """Whether an object is more than what the symbol that brings it, and its directory, are named for."""
        symbol = one.symbols[0]
        told = symbol in self.own.named or symbol in self._disclosed
        known = _words(symbol) | _words(dirname(one.subject).replace("/", "_")) | _PLAIN
        further = _words(one.subject.rpartition("/")[2].removesuffix(".o")) - known
        return len(further) >= (_FEATURE if told else 1)

    def is_settled(self, one: Effect) -> bool:
        """Whether a value is the same in every configuration now, and was the other one in all of them before."""
        before, after = self.change.before, self.change.after
        values = [
            (before.solver(arch).constant(one.subject), after.solver(arch).constant(one.subject)) for arch in one.arch
        ]
        return all(None not in pair and pair[0] != pair[1] for pair in values)

    def flips(self, symbol: str) -> tuple[Link, ...]:
        """The untouched conditions that flip with a symbol."""
        found = (one for one in self.effects if one.kind is EffectKind.CONDITIONAL and symbol in one.symbols)
        return tuple(one.chain[-1] for one in found)[:_MOST_FLIPS]

    @cached_property
    def _rises(self) -> Mapping[str, bool]:
        """By symbol, whether it comes; False for one that goes."""
        found: dict[str, bool] = {}
        for one in self.effects:
            if one.kind in _OPTIONS:
                found[one.subject] = one.kind is EffectKind.OPTION_GAINED
            elif one.kind is EffectKind.VALUE and "n" in (one.before, one.after):
                found.setdefault(one.subject, one.before == "n")
        return found

    @cached_property
    def _disclosed(self) -> frozenset[str]:
        """The symbols whose effects the text names."""
        claims, migrations = self.change.claims, self.change.migrations
        kinds = (*_OPTIONS, EffectKind.VALUE)
        return frozenset(
            one.subject for one in self.effects if one.kind in kinds and is_disclosed(one, claims, migrations)
        )

    def _kconfig(self, state: State, one: Effect) -> Kconfig:
        return state.kconfig(one.arch[0])

    def _is_akin(self, kconfig: Kconfig, capability: str, option: str) -> bool:
        """Whether a capability is named for an option: what it says beyond everyday words is in the option's name."""
        words, own = _words(capability), _words(option)
        counts = Counter(word for name in kconfig.symbols for word in _words(name) if word in words)
        rare = {word for word in words if counts[word] <= max(_RARE, len(kconfig.symbols) // 200)}
        return own <= words or (bool(rare) and rare <= own)


def _is_named(state: State, symbol: str) -> bool:
    """Whether some Kconfig line names a symbol, apart from its own entries."""
    found = (one for one in state.search([symbol])[symbol] if is_kconfig_file(one.path))
    return any(one.text.split()[:1] not in ([b"config"], [b"menuconfig"]) for one in found)


def _has_prompt(change: Change, one: Effect, name: str) -> bool:
    for state in (change.after, change.before):
        symbol = state.kconfig(one.arch[0]).symbols.get(name)
        if symbol is not None and any(entry.prompt is not None for entry in symbol.definitions):
            return True
    return False


def _needed(kconfig: Kconfig, name: str) -> set[str]:
    """The symbols that have to be on, alone or among others, for a prompt of the symbol to be seen."""
    symbol = kconfig.symbols.get(name)
    found: set[str] = set()
    for entry in symbol.definitions if symbol is not None else ():
        _collect(entry.prompt_condition, found)
    return found


def _collect(expr: Expr, found: set[str]) -> None:
    """Add the symbols that are named without a negation."""
    pending: list[Expr] = [expr]
    while pending:
        part = pending.pop()
        if isinstance(part, Sym):
            found.add(part.name)
        elif isinstance(part, NotExpr) and isinstance(part.operand, NotExpr):
            pending.append(part.operand.operand)
        elif isinstance(part, (AndExpr, OrExpr)):
            pending += part.operands


def _words(name: str) -> frozenset[str]:
    return frozenset(word for word in name.replace("-", "_").lower().split("_") if word)
