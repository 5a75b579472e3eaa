"""An effect: something that a patch changes beyond its own lines, with the way from its line to the consequence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeAlias

from lint.errors import Problem, Stage

WITNESS = "witness"
BUILT, MODULE, NOT_BUILT = "built", "module", "not built"
ARCH, GENERIC = "arch", "generic"
_EMPTY: Mapping[str, str] = MappingProxyType({})


class EffectKind(StrEnum):
    """What changes.

    ``value``: a symbol that no user sets, or one that keeps its prompt; ``option-gained`` and ``option-lost``: a
    prompt that users begin or cease to see in any configuration; ``object``: whether an object is built;
    ``conditional``: the truth of an ``#if`` or ``IS_ENABLED()``; ``override``: whose definition of a function generic
    code uses, that of the architecture or its own fallback.
    """

    VALUE = "value"
    OPTION_GAINED = "option-gained"
    OPTION_LOST = "option-lost"
    OBJECT = "object"
    CONDITIONAL = "conditional"
    OVERRIDE = "override"


@dataclass(frozen=True, slots=True)
class Link:
    """One step of a chain: a line, and what it does there. ``line`` counts from 1; after the patch, unless removed."""

    path: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A symbol that hangs on a changed one and still is n in every configuration, as what ``unmet`` says never holds.

    ``unmet`` is one of its dependencies as an expression; the place is that of its line.
    """

    symbol: str
    unmet: str
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Effect:
    """One consequence, the same for some architectures.

    ``subject`` is the symbol, the object's path, the condition as written or the function; ``symbols`` are the changed
    symbols that bring it about; ``prompt`` is that of the option; ``held_back`` tells, of a value, what does not follow
    from it. ``configs`` names the configurations that show it; when no preset does, it is ``("witness",)``, and
    ``witness`` holds the assignment. ``patch`` is the patch's index; ``disclosed`` tells whether its changelog or the
    cover letter says so.
    """

    kind: EffectKind
    subject: str
    arch: tuple[str, ...]
    configs: tuple[str, ...]
    before: str
    after: str
    chain: tuple[Link, ...]
    symbols: tuple[str, ...] = ()
    prompt: str = ""
    witness: Mapping[str, str] = field(default_factory=lambda: _EMPTY)
    held_back: tuple[HeldBack, ...] = ()
    patch: int = 0
    disclosed: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """Effects, and what had to be left out."""

    effects: tuple[Effect, ...] = ()
    problems: tuple[Problem, ...] = ()


Plain: TypeAlias = tuple[Any, ...]


def packed(effects: Iterable[Effect]) -> tuple[Plain, ...]:
    """Effects as plain values, for the cache; without patch and disclosure, which the mails decide."""
    return tuple(
        (
            one.kind.value,
            one.subject,
            one.arch,
            one.configs,
            one.before,
            one.after,
            tuple((link.path, link.line, link.text) for link in one.chain),
            one.symbols,
            one.prompt,
            dict(one.witness),
            tuple((held.symbol, held.unmet, held.path, held.line) for held in one.held_back),
        )
        for one in effects
    )


def unpacked(plain: Iterable[Plain]) -> tuple[Effect, ...]:
    """The effects that were packed."""
    return tuple(_unpacked(*one) for one in plain)


def _unpacked(kind: str, subject: str, arch: tuple[str, ...], configs: tuple[str, ...], before: str, after: str,
              chain: tuple[tuple[str, int, str], ...], symbols: tuple[str, ...], prompt: str,
              witness: Mapping[str, str], held_back: tuple[tuple[str, str, str, int], ...]) -> Effect:  # fmt: skip
    links = tuple(Link(*link) for link in chain)
    held = tuple(HeldBack(*one) for one in held_back)
    return Effect(EffectKind(kind), subject, arch, configs, before, after, links, symbols, prompt, witness, held)


def packed_problems(problems: Iterable[Problem]) -> tuple[Plain, ...]:
    """Problems as plain values."""
    return tuple((one.stage.value, one.message, one.path, one.line) for one in problems)


def unpacked_problems(plain: Iterable[Plain]) -> tuple[Problem, ...]:
    """The problems that were packed."""
    return tuple(Problem(Stage(stage), message, path, line) for stage, message, path, line in plain)
