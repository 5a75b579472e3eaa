"""Two flags of one word take the same bit in one configuration, or a flag stands where the word has no bit for it.

Why: setting one flag sets the other; nothing but the behaviour of a machine tells, long afterwards.
Bad: a new flag takes a number that a neighbour, or a header that is included, has already.
Good: a number that no other flag of the word has, inside the bits that the generic header leaves to architectures.
Source: include/asm-generic/thread_info_tif.h
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lint.change import Change
from lint.cparse.facts import FileFacts
from lint.cparse.facts import facts as facts_of
from lint.cparse.model import Definition
from lint.finding import Confidence, Hit, Related, Severity, Span
from lint.flagwords import Flag, FlagWord, flag_word, possible, width
from lint.logic import Atom, both, negate
from lint.migrations.model import Word
from lint.resolve import arch_of, is_host
from lint.rule import rule
from lint.rules._flags import Block, Mask, blocks, is_excused, sharing
from lint.snapshot.apply import FileChange

BAD = """\
== arch/arm64/include/asm/thread_info.h
 struct thread_info {
 	unsigned long flags;
 };
 #define TIF_SIGPENDING	0
 #define TIF_PATCH_PENDING	13
!#define TIF_MEMDIE	13	/* is terminating due to OOM killer */
"""

GOOD = """\
== arch/arm64/include/asm/thread_info.h
 struct thread_info {
 	unsigned long flags;
 };
 #define TIF_SIGPENDING	0
 #define TIF_PATCH_PENDING	13
+#define TIF_MEMDIE	14	/* is terminating due to OOM killer */
"""

# The symbol by which architectures tell 32 from 64 bit kernels.
LONG_IS_64 = Atom("CONFIG_64BIT")
# Longer files are generated lists of registers.
LARGE = 512 << 10
# Where words are mostly registers, which text does not tell apart.
HARDWARE = ("drivers/", "sound/")

_DECLARES = re.compile(
    rb"^\s*#\s*(?:define|undef|include|if|ifdef|ifndef|el\w+|endif)\b|^\s*[A-Z_][A-Z0-9_]*\s*(?:=|,|$|/)"
)
_DEFINES = re.compile(
    rb"<<|\bBIT|_BITU|^\s*#\s*define\s+\w+\s+\(?(?:0[xX])?[0-9a-fA-F]+[uUlL]*\)?\s*(?:/[/*]|$)|=\s*\d|,"
)


@dataclass(frozen=True, slots=True)
class _View:
    """A word as one header sees it after the change, and before it."""

    arch: str | None
    after: FlagWord
    before: FlagWord


@dataclass(frozen=True, slots=True)
class _Taken:
    """A flag on a bit that others have, for whatever architectures."""

    word: Word
    flag: Flag
    others: dict[Flag, None]
    archs: dict[str, None]


@rule("flag-bit-collision", Severity.ERROR, Confidence.HIGH, since="0.1", bad=BAD, good=GOOD)
def flag_bit_collision(change: Change) -> Iterator[Hit]:
    """Report flags that the change puts on a bit that is taken, or that the word does not have."""
    for file in change.files:
        if file.after is None or file.binary or not file.path.endswith((".h", ".c")) or is_host(file.path):
            continue
        lines = [text for _, text in (*change.added_lines(file), *change.removed_lines(file)) if _DECLARES.match(text)]
        if not lines:
            continue
        if file.path.endswith(".h") and file.path.startswith(("arch/", "include/")):
            for word in _words(change):
                if word.bit_prefix.encode() in file.after:
                    yield from _of_word(change, file, word)
        if any(_DEFINES.search(text) for text in lines) and len(file.after) < LARGE:
            yield from _of_file(change, file)


def _words(change: Change) -> tuple[Word, ...]:
    return tuple(dict.fromkeys(word for m in change.migrations for word in (m.old_word, m.new_word)))


def _of_word(change: Change, file: FileChange, word: Word) -> Iterator[Hit]:
    """Collisions in a word that a migration names, as every header that sees the changed file sees them."""
    taken: dict[tuple[str, str, int], _Taken] = {}
    for view in _views(change, file, word):
        ours = [flag for flag in view.after.flags if not flag.fallback]
        new = [flag for flag in ours if _is_new(change, flag, view.before)]
        told: set[frozenset[str]] = set()
        for flag in sorted(new, key=lambda flag: (flag.path != file.path, -flag.line)):
            others = [o for o in ours if frozenset((o.name, flag.name)) not in told and _collide(change, view, flag, o)]
            told |= {frozenset((other.name, flag.name)) for other in others}
            first = flag
            if not any(one.path in change.by_path for one in (flag, *others)):
                continue  # only seen from here now; whoever brought it was told
            if others and flag.path not in change.by_path and others[0].path in change.by_path:
                first, others = others[0], [flag, *others[1:]]  # a header that is included now brings the other one
            if others:
                one = taken.setdefault((first.name, first.path, first.line), _Taken(word, first, {}, {}))
                one.others.update(dict.fromkeys(others))
                one.archs.update({view.arch: None} if view.arch else {})
            elif (hit := _misplaced(change, view, flag)) is not None:
                yield hit
    for one, behind in _causes(change, list(taken.values())):
        yield _collision(one, behind)


def _causes(change: Change, taken: list[_Taken]) -> Iterator[tuple[_Taken, list[_Taken]]]:
    """The collisions, each with those that follow from it: an enumerator with a number moves the ones behind it."""
    added = [one for one in taken if (file := change.by_path.get(one.flag.path)) and one.flag.line in file.added]
    behind: dict[int, list[_Taken]] = {}
    for at, one in enumerate(taken):
        above = [n for n, c in enumerate(taken) if c in added and c.flag.path == one.flag.path]
        above = [n for n in above if taken[n].flag.line < one.flag.line]
        cause = at if one in added or not above else max(above, key=lambda n: taken[n].flag.line)
        behind.setdefault(cause, []).extend([one] if cause != at else [])
    for cause, ones in behind.items():
        yield taken[cause], sorted(ones, key=lambda one: one.flag.line)


def _views(change: Change, file: FileChange, word: Word) -> Iterator[_View]:
    own = arch_of(file.path)
    yield _view(change, file.path, file.old_path or file.path, own, word)
    if own is None:
        stem = file.path.rpartition("/")[2].removesuffix(".h")
        for found in change.after.search([stem], ("arch/",))[stem]:
            name = file.path.removeprefix("include/").encode()
            if found.path.endswith(".h") and b"include" in found.text and name in found.text:
                yield _view(change, found.path, found.path, arch_of(found.path), word)


def _view(change: Change, path: str, old_path: str, arch: str | None, word: Word) -> _View:
    return _View(arch, flag_word(change.after, path, arch, word), flag_word(change.before, old_path, arch, word))


def _is_new(change: Change, flag: Flag, before: FlagWord) -> bool:
    """Whether the change made this flag be this bit here: its line, its number or its condition is new."""
    file = change.by_path.get(flag.path)
    if file is not None and flag.line in file.added:
        return True
    return not any(f.name == flag.name and f.bit == flag.bit and f.condition == flag.condition for f in before.flags)


def _collide(change: Change, view: _View, flag: Flag, other: Flag) -> bool:
    if other.name == flag.name or other.bit != flag.bit:
        return False
    if _was_so(view.before, flag, other):
        return False
    for one in (flag, other):
        file = change.after.facts(one.path)
        if file is not None and is_excused(file, one.line):
            return False
    return possible(change.after, _archs(change, view.arch), both((flag.condition, other.condition)))


def _was_so(before: FlagWord, flag: Flag, other: Flag) -> bool:
    """Whether the other flag shared its bit before with this one, or with one whose name is gone."""
    there = [f for f in before.flags if f.name == other.name]
    return any(
        f.bit == t.bit and f.name != t.name and f.name == flag.name and not f.fallback
        for t in there
        for f in before.flags
    )


def _archs(change: Change, arch: str | None) -> tuple[str, ...]:
    known = change.after.architectures
    if arch is not None:
        return (arch,) if arch in known else ()
    return tuple(a for a in change.archs if a in known)[:3]


def _collision(taken: _Taken, behind: list[_Taken]) -> Hit:
    flag, others = taken.flag, tuple(taken.others)
    more = f"; {len(behind)} behind it collide{'s' if len(behind) == 1 else ''} too" if behind else ""
    names = tuple(dict.fromkeys(other.name for other in others))
    return Hit(
        _span(flag),
        f"{flag.name} is bit {flag.bit} of the {taken.word.name}, and so is {' and '.join(names)}{more}",
        symbols=(flag.name, *names, *(one.flag.name for one in behind)),
        related=tuple(
            Related(_span(other), f"{other.name} is bit {other.bit} here")
            for other in (*others, *(part for one in behind for part in (one.flag, *one.others)))
        ),
        arch=tuple(sorted(taken.archs)),
    )


def _misplaced(change: Change, view: _View, flag: Flag) -> Hit | None:
    """A flag outside the bits that are reserved for its kind, or past the end of the word."""
    reserved = view.after.reserved
    if reserved is not None and view.arch is not None:
        inside = reserved.first <= flag.bit <= reserved.last
        if (arch_of(flag.path) is not None) is not inside:
            where = f"bits {reserved.first}-{reserved.last}"
            what = "outside" if not inside else "one of the"
            bit = f"bit {flag.bit} of the {view.after.word.name}"
            return Hit(
                _span(flag),
                f"{flag.name} is {bit}, {what} {where} that are for architectures",
                symbols=(flag.name,),
                related=(Related(Span(reserved.path, reserved.line), f"{where} are reserved for architectures"),),
                arch=(view.arch,),
            )
    return _past_the_end(change, view, flag)


def _past_the_end(change: Change, view: _View, flag: Flag) -> Hit | None:
    if flag.bit < 32:
        return None
    member = view.after.member
    bits = width(member)
    if bits == 0 or bits is None:
        short = bits == 0 and view.arch is not None and view.arch in change.after.architectures
        narrow = short and possible(change.after, _archs(change, view.arch), both((flag.condition, negate(LONG_IS_64))))
        bits = 32 if narrow else 64
    if flag.bit < bits:
        return None
    what = f"struct {view.after.word.struct}::{view.after.word.member}"
    related = (Related(Span(member.path, member.line), f"{member.type} {member.name}"),) if member is not None else ()
    return Hit(
        _span(flag),
        f"{flag.name} is bit {flag.bit}, past the {bits} bits of {what}",
        symbols=(flag.name,),
        related=related,
        arch=(view.arch,) if view.arch else (),
    )


def _of_file(change: Change, file: FileChange) -> Iterator[Hit]:
    """Collisions of masks that stand together in one file, where every bit was a different one before."""
    if file.before is None or file.after is None or file.fragment:
        return
    after = facts_of(file.path, file.after)
    found = [(block, pair) for block in blocks(after) for pair in sharing(block.masks)]
    if not found:
        return
    before = blocks(facts_of(file.old_path, file.before))
    for block in dict.fromkeys(block for block, _ in found):
        pairs = [pair for one, pair in found if one is block]
        added = [mask for mask in block.masks if _touched(file, mask)]
        old = _same_word(block, before)
        # More than one is no slip: the masks of another register, or aliases on purpose.
        if old is None or len(pairs) > 1 or len(added) > 2:
            continue
        one, other = pairs[0]
        named = any(name.startswith(w.mask_prefix) for w in _words(change) for name in (one.name, other.name))
        if named and one.definition is not other.definition:
            continue  # then the bit numbers collide
        fresh = [mask for mask in (other, one) if mask in added]
        if not fresh or not _is_one_word(old, one, other) or _excused(after, one, other):
            continue
        if possible(change.after, _archs(change, arch_of(file.path)), both((one.condition, other.condition))):
            hit = _shared(fresh[0], one if fresh[0] is other else other)
            yield replace(hit, severity=Severity.NOTE) if file.path.startswith(HARDWARE) else hit


def _same_word(block: Block, before: tuple[Block, ...]) -> Block | None:
    """The block of before that this one grew out of: all of its masks but at most one are still there."""
    names = {mask.name for mask in block.masks}
    return next((b for b in before if len({m.name for m in b.masks} - names) <= 1), None)


def _is_one_word(old: Block, one: Mask, other: Mask) -> bool:
    """Whether both names belong to a word whose bits were all different so far."""
    if not old.prefix or any(True for _ in sharing(old.masks)):
        return False
    bits = [mask.bit for mask in old.masks]
    dense = all(m.is_numbered for m in old.masks) or (bits == sorted(bits) and bits[-1] - bits[0] < 2 * len(bits))
    return dense and one.name.startswith(old.prefix) and other.name.startswith(old.prefix)


def _touched(file: FileChange, mask: Mask) -> bool:
    return mask.definition.line in file.added or mask.own.line in file.added


def _excused(file: FileFacts, one: Mask, other: Mask) -> bool:
    return any(is_excused(file, item.line) for mask in (one, other) for item in (mask.own, mask.definition))


def _shared(mask: Mask, other: Mask) -> Hit:
    """Said of the bit numbers, unless both masks are made from one."""
    apart = mask.definition is not other.definition
    ours, theirs = (mask.definition, other.definition) if apart else (mask.own, other.own)
    return Hit(
        _definition_span(ours),
        f"{ours.name} is bit {mask.bit}, and so is {theirs.name} of the same word",
        symbols=tuple(dict.fromkeys((ours.name, theirs.name, mask.name, other.name))),
        related=(Related(_definition_span(theirs), f"{theirs.name} is bit {other.bit} here"),),
    )


def _span(flag: Flag) -> Span:
    return Span(flag.path, flag.line, flag.column, flag.column + len(flag.name))


def _definition_span(item: Definition) -> Span:
    return Span(item.path, item.line, item.column, item.column + len(item.name))
