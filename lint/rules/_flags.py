"""Masks that a file declares side by side for one word, and the comments that excuse two of them sharing a bit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lint.cparse.facts import FileFacts
from lint.cparse.model import Definition, Kind
from lint.flagwords import enumerator_values, evaluate, is_alias, is_count, resolver
from lint.logic import Formula, both
from lint.snapshot.lines import Lines

# Fewer masks than this prove nothing: they may belong to several registers.
FEW = 4
FEW_NUMBERS = 6
FEW_NUMBERED = 3


@dataclass(frozen=True, slots=True)
class Mask:
    """One mask of a single bit; ``definition`` is where its bit is written: the mask, or the bit number behind it."""

    own: Definition
    bit: int
    definition: Definition

    @property
    def name(self) -> str:
        """The name of the mask."""
        return self.own.name

    @property
    def condition(self) -> Formula:
        """When both the mask and its bit number are defined."""
        return both((self.own.condition, self.definition.condition))

    @property
    def is_numbered(self) -> bool:
        """Whether a bit number with a name of its own stands behind the mask."""
        return self.own is not self.definition


@dataclass(frozen=True, slots=True)
class Block:
    """Masks that stand together without a gap; ``prefix`` is what all their names begin with."""

    prefix: str
    masks: tuple[Mask, ...]


_EXCUSE = re.compile(
    r"\b(?:alias\w*|unused|overlap\w*|overlay\w*|overload\w*|synonym|union|re-?us(?:e[sd]?|ing)|mutually exclusive"
    r"|shar(?:e[sd]?|ing) (?:the |its |a |this )?(?:same |bit|value|number|with)|same (?:bit|value|number|as)"
    r"|never (?:both|together|at the same time))\b",
    re.IGNORECASE,
)


def is_excused(file: FileFacts, line: int) -> bool:
    """Whether a comment on a line, or right above it, says that the value is meant to be that of another flag."""
    return any(c.line <= line and c.end_line >= line - 1 and _EXCUSE.search(c.text) for c in file.comments)


def blocks(file: FileFacts) -> tuple[Block, ...]:
    """Every run of masks in a file that can be nothing but one word."""
    known: dict[str, Definition] = {}
    for item in file.definitions.items:
        if item.kind in (Kind.MACRO, Kind.ENUMERATOR) and item.params is None:
            known.setdefault(item.name, item)
    value_of = resolver(known, enumerator_values(file, known))
    numbers = frozenset(name for item in known.values() if (name := _operand(item.value)))
    runs: list[list[tuple[Mask, bool]]] = [[]]
    previous: Definition | None = None
    for item in file.definitions.items:
        if item.kind not in (Kind.MACRO, Kind.ENUMERATOR) or item.params is not None:
            continue
        mask = _mask(item, known, value_of)
        if mask is None:
            if item.name not in numbers:
                runs.append([])
            continue
        written = known.get(_operand(item.value), item)
        if previous is not None and (item.kind is not previous.kind or _apart(file, previous, item)):
            runs.append([])
        previous = item
        shifted = "<<" in item.value or "(" in item.value.strip("()")
        runs[-1].append((Mask(item, mask, written), shifted))
    return tuple(block for run in runs if (block := _block(run)) is not None)


_SHIFT = re.compile(r"(?:\(?\s*1[uUlL]*\s*<<\s*|\b(?:BIT|BIT_ULL|_BITUL|_BITULL)\s*\(\s*)\(?\s*([A-Za-z_]\w*)[\s)]*\Z")
_POWER = re.compile(r"\(?\s*0x0*([1248]0*)[uUlL]*\s*\)?\Z", re.IGNORECASE)
_DIRECT = re.compile(r"\(?\s*(?:1[uUlL]*\s*<<\s*\d+|(?:BIT|BIT_ULL|_BITUL|_BITULL)\s*\(\s*\d+\s*\))\s*\)?\Z")


def _operand(value: str) -> str:
    """The bit number that a mask is made from, when that is a name."""
    match = _SHIFT.search(value)
    return match[1] if match else ""


def _mask(item: Definition, known: dict[str, Definition], value_of: Callable[[str], int | None]) -> int | None:
    """The bit of a mask; None for what is no mask of one bit."""
    name = _operand(item.value)
    if is_count(item.name) or is_alias(item.value):
        return None
    if name:
        bit = value_of(name)
        aliased = name in known and is_alias(known[name].value)
        return bit if bit is not None and not aliased and 0 <= bit < 64 else None
    if not (_DIRECT.match(item.value) or _POWER.match(item.value)):
        return None
    value = evaluate(item.value, lambda _: None)
    return value.bit_length() - 1 if value is not None and value > 0 and value & (value - 1) == 0 else None


def _apart(file: FileFacts, one: Definition, other: Definition) -> bool:
    """Whether two masks stand in different places: a blank line, or in another enum."""
    if one.kind is Kind.ENUMERATOR:
        return one.scope != other.scope or b"}" in file.stripped[one.start : other.start]
    if _operand(one.value) and _operand(other.value):
        return False
    lines = Lines(file.text)
    return any(not lines.text(number).strip() for number in range(one.end_line + 1, other.line))


def _block(run: list[tuple[Mask, bool]]) -> Block | None:
    masks = tuple(mask for mask, _ in run)
    shifted = all(shift for _, shift in run)
    few = FEW_NUMBERED if all(mask.is_numbered for mask in masks) else FEW if shifted else FEW_NUMBERS
    if len(masks) < few or (not shifted and any(shift for _, shift in run)):
        return None
    return Block(common_prefix([mask.name for mask in masks]), masks)


def common_prefix(names: list[str]) -> str:
    """What all names begin with, up to and with an underscore; empty when that is less than two letters."""
    first, last = min(names), max(names)
    length = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))
    prefix = first[: first[:length].rfind("_") + 1]
    return prefix if len(prefix.strip("_")) > 1 else ""


def sharing(masks: tuple[Mask, ...]) -> Iterator[tuple[Mask, Mask]]:
    """Every two masks on one bit, in order."""
    seen: dict[int, list[Mask]] = {}
    for mask in masks:
        for other in seen.setdefault(mask.bit, []):
            if other.name != mask.name:
                yield other, mask
        seen[mask.bit].append(mask)
