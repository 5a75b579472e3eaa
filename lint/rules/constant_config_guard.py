"""A guard on CONFIG symbols is always true, or always false, in every configuration of its architecture.

Why: what no configuration can change is no choice. One side of such a guard is never built, so that it rots unseen;
after a conversion it is the old path that was left behind, or a new one that nobody can ever reach.
Bad: an architecture selects a symbol without a condition, and its own code goes on testing it.
Good: the patch that makes the answer certain takes the guard away, with the side that is dead.
Source: Documentation/process/coding-style.rst, "Conditional Compilation"
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lint.change import Change
from lint.config_uses import is_makefile
from lint.effects.expressions import Below, Mentions
from lint.finding import Confidence, Hit, Related, Severity, Span
from lint.kconfig.formulas import mentioned
from lint.kconfig.model import Kconfig
from lint.kconfig.scan import is_kconfig_file
from lint.resolve import arch_of, is_host
from lint.rule import rule
from lint.rules._constants import constant, reason, truth
from lint.rules._dependencies import touched_entries
from lint.rules._guards import Guard, guards
from lint.rules._selects import SelectLine, added_selects, removed_selects
from lint.snapshot.apply import FileChange
from lint.state import State

BAD = """\
== Kconfig
 source "arch/$(SRCARCH)/Kconfig"

 config GENERIC_ENTER
 	bool
== arch/one/Kconfig
 config ONE
 	def_bool y
+	select GENERIC_ENTER
== arch/one/enter.c
?#ifndef CONFIG_GENERIC_ENTER
 void old_enter(void);
 #endif
"""

GOOD = """\
== Kconfig
 source "arch/$(SRCARCH)/Kconfig"

 config GENERIC_ENTER
 	bool
== arch/one/Kconfig
 config ONE
 	def_bool y
+	select GENERIC_ENTER
== arch/one/enter.c
-#ifndef CONFIG_GENERIC_ENTER
-void old_enter(void);
-#endif
 void enter(void);
"""

_MOST_HITS = 12
_MOST_NAMES = 400
_MOST_ARCHS = 3
# ARM64, X86_64, 64BIT: code for both widths is kept alike on purpose.
_WIDTH = re.compile(r"(?:\A|[A-Z_])(?:32|64)(?:BIT)?\Z")


@rule("constant-config-guard", Severity.WARNING, Confidence.HIGH, since="0.1", bad=BAD, good=GOOD, mended=Severity.NOTE)
def constant_config_guard(change: Change) -> Iterator[Hit]:
    """Report guards of an architecture that the change adds or makes constant, one for each symbol and file."""
    said: set[tuple[str, str]] = set()
    for hit in (*_added(change), *_left(change)):
        key = (hit.symbols[0], hit.span.path)
        if key not in said:
            said.add(key)
            yield hit
            if len(said) == _MOST_HITS:
                return


def _added(change: Change) -> Iterator[Hit]:
    """The guards on added lines; not those that moved, nor one more of a kind that its file had before."""
    gone: set[str] | None = None
    for file in change.files:
        arch = _own(change.after, file.new_path)
        if arch is None or file.after is None or not file.added or file.fragment or not _may_guard(change, file):
            continue
        added = [one for one in guards(file.new_path, file.after) if one.line in file.added and _is_asked(change, one)]
        if not added:
            continue
        had = {one.symbols for one in guards(file.old_path, file.before)} if file.before is not None else set()
        gone = _gone(change) if gone is None else gone
        for guard in added:
            if guard.symbols in had or guard.text in gone:
                continue
            yield from _hit(change, arch, guard, ())


def _may_guard(change: Change, file: FileChange) -> bool:
    """A cheap first look at the added lines."""
    if is_kconfig_file(file.new_path):
        return True
    return any(b"CONFIG_" in line for _, line in change.added_lines(file))


def _gone(change: Change) -> set[str]:
    """The texts of the guards on removed lines."""
    found: set[str] = set()
    for file in change.files:
        if file.before is not None and file.removed and not file.fragment:
            found.update(one.text for one in guards(file.old_path, file.before) if one.line in file.removed)
    return found


def _left(change: Change) -> Iterator[Hit]:
    """The guards that stay, of symbols that the change makes constant for an architecture."""
    touched = touched_entries(change)
    lines = added_selects(change)
    starts = dict.fromkeys([*touched, *(line.target for line in (*lines, *removed_selects(change)))])
    starts.pop("source", None)
    if not starts:
        return
    for arch in _architectures(change, starts):
        names = _settled(change, arch, starts)
        causes = _causes(change, arch, lines)
        for path in _naming(change.after, arch, names) if names else ():
            text = change.after.tree.read(path)
            file = change.by_path.get(path)
            for guard in guards(path, text) if text is not None else ():
                if names.isdisjoint(guard.symbols) or (file is not None and guard.line in file.added):
                    continue
                if _is_asked(change, guard) and _is_new(change, arch, guard):
                    yield from _hit(change, arch, guard, causes)


def _architectures(change: Change, names: Iterable[str]) -> list[str]:
    """Those whose own Kconfig files the change touches; for generic files those whose code names a touched symbol."""
    paths = [path for file in change.files for path in (file.old_path, file.new_path) if is_kconfig_file(path)]
    known = set(change.after.architectures)
    found = {arch for path in paths if (arch := arch_of(path)) in known and arch is not None}
    if any(arch_of(path) is None for path in paths):
        words = [f"CONFIG_{name}" for name in names]
        for places in change.after.search(words, ["arch/"]).values():
            found.update(own for one in places if (own := arch_of(one.path)) in known and own is not None)
    asked = [arch for arch in sorted(found) if arch in change.archs] or sorted(found)
    return asked[:_MOST_ARCHS]


def _settled(change: Change, arch: str, starts: Iterable[str]) -> frozenset[str]:
    """The symbols that have one value after the change and could have another one before it: these, and what follows.

    Asked in the order in which one follows from the other, as far as ``_MOST_NAMES`` goes.
    """
    found: dict[str, None] = {}
    asked = dict.fromkeys(starts)
    names = list(asked)
    below = None
    while names:
        fresh = [name for name in names if _is_settled(change, arch, name)]
        found.update(dict.fromkeys(fresh))
        if not fresh or len(asked) >= _MOST_NAMES:
            break
        below = below or Below(change.after.kconfig(arch), Mentions())
        names = [name for one in fresh for name in below.of(one) if name not in asked]
        names = list(dict.fromkeys(names))[: _MOST_NAMES - len(asked)]
        asked.update(dict.fromkeys(names))
    return frozenset(found)


def _is_settled(change: Change, arch: str, name: str) -> bool:
    before, after = change.before.kconfig(arch), change.after.kconfig(arch)
    if not before.defines(name) and not after.defines(name):
        return False
    value = constant(change.after, arch, name)
    return value is not None and constant(change.before, arch, name) != value


def _naming(state: State, arch: str, names: frozenset[str]) -> list[str]:
    """The files below the architecture's directory that name one of the symbols."""
    words = sorted({*names, *(f"CONFIG_{name}" for name in names)})
    found = state.search(words, [f"arch/{arch}/"])
    paths = {
        one.path for word in words for one in found[word] if is_kconfig_file(one.path) != word.startswith("CONFIG_")
    }
    return sorted(path for path in paths if _own(state, path) == arch)


def _own(state: State, path: str) -> str | None:
    """The only architecture that builds a file; None for shared code, host programs and what users include."""
    arch = arch_of(path)
    if arch is None or arch not in state.architectures or is_host(path) or "/uapi/" in path:
        return None
    # arch/x86/um: the directory of another architecture, which shares the headers beside it.
    inner = path.split("/")[2]
    shared = {part for part in state.architectures if part != arch and state.tree.exists(f"arch/{arch}/{part}/Kconfig")}
    return None if inner in shared or (shared and inner == "include") else arch


def _is_asked(change: Change, guard: Guard) -> bool:
    """Whether a guard is of interest: not one of widths, of symbols that exist nowhere, or kept like others' copies."""
    if any(_WIDTH.search(name) for name in guard.symbols):
        return False
    entries = change.after.kconfig_text.entries
    return all(name in entries for name in guard.symbols)


def _is_new(change: Change, arch: str, guard: Guard) -> bool:
    """Whether the same condition had not the same answer before the change."""
    after = _truth(change.after, arch, guard)
    return after is not None and _truth(change.before, arch, guard) is not after


def _truth(state: State, arch: str, guard: Guard) -> bool | None:
    """Whether the guard always holds, or never does."""
    answer = truth(state, arch, guard.holds, guard.around)
    if answer is None or guard.around is not True:
        # Inside of another guard only what is constant by itself counts.
        own = truth(state, arch, guard.holds)
        answer = own if own is answer else None
    if answer is False and guard.possible is not guard.holds:
        answer = truth(state, arch, guard.possible)
    return answer


def _hit(change: Change, arch: str, guard: Guard, causes: tuple[Related, ...]) -> Iterator[Hit]:
    answer = _truth(change.after, arch, guard)
    if answer is None or _is_switched_off(change.after, arch, guard) or _is_shared(change.after, arch, guard):
        return
    name, value = _decisive(change.after, arch, guard)
    why, place = reason(change.after, arch, name, value) if value else ("", None)
    related = [*([place] if place is not None else []), *causes]
    yield Hit(
        Span(guard.path, guard.line),
        f"{guard.text} is always {_word(guard, answer)} on {arch}" + (f": {why}" if why else ""),
        symbols=tuple(dict.fromkeys([name, *guard.symbols])),
        related=tuple({one.span: one for one in related if one.span != Span(guard.path, guard.line)}.values()),
        arch=(arch,),
    )


def _word(guard: Guard, answer: bool) -> str:
    if is_makefile(guard.path) and "-$" in guard.text:
        return "y" if answer else "empty"
    return str(answer).lower()


def _decisive(state: State, arch: str, guard: Guard) -> tuple[str, str]:
    """The first symbol of a guard that is constant itself, with its value; the first one and nothing if none is."""
    for name in guard.symbols:
        value = constant(state, arch, name)
        if value is not None:
            return name, value
    return guard.symbols[0], ""


def _causes(change: Change, arch: str, lines: list[SelectLine]) -> tuple[Related, ...]:
    own = [line for line in lines if arch_of(line.path) in (None, arch)]
    return tuple(Related(Span(line.path, line.line), f"{line.owner} now selects {line.target}") for line in own[:2])


def _is_switched_off(state: State, arch: str, guard: Guard) -> bool:
    """Whether the guard is constant as something was switched off on purpose: ``depends on BROKEN``."""
    kconfig = state.kconfig(arch)
    for name in guard.symbols:
        symbol = kconfig.symbols.get(name)
        needed = mentioned(symbol.direct_dependency) if symbol is not None and symbol.definitions else ()
        own = [name] if is_kconfig_file(guard.path) else []
        if any(_is_never(state, kconfig, one) for one in (*own, *needed)):
            return True
    return False


def _is_never(state: State, kconfig: Kconfig, name: str) -> bool:
    """Whether an entry is there to be never on: no prompt, no default, and no Kconfig file selects it."""
    symbol = kconfig.symbols.get(name)
    if symbol is None or not symbol.definitions:
        return False
    if any(one.prompt is not None or one.defaults for one in symbol.definitions) or symbol.implied_by:
        return False
    return not any(name in targets for targets in state.kconfig_text.selects.values())


def _is_shared(state: State, arch: str, guard: Guard) -> bool:
    """Whether other architectures build the file too, or have the like of it with the same guard in it."""
    if is_kconfig_file(guard.path):
        return False
    name = guard.path.rpartition("/")[2]
    stem = name.rpartition(".")[0] or name
    word = max(re.split(r"[^A-Za-z0-9_]+", stem), key=len)
    for one in state.search([word], ["arch/"])[word] if word else ():
        other = arch_of(one.path)
        text = one.text.decode("utf-8", "replace")
        if other not in (arch, None) and re.search(rf"(?:\.\./|srctree\)/arch/|arch/){arch}/", text):
            return True
    return name.endswith(".h") and any(_has(state, path, guard) for path in _templates(state, arch, guard.path))


def _templates(state: State, arch: str, path: str) -> Iterator[str]:
    name = path.rpartition("/")[2]
    yield f"include/asm-generic/{name}"
    yield f"include/linux/{name}"
    for other in state.architectures:
        if other != arch:
            yield path.replace(f"arch/{arch}/", f"arch/{other}/", 1)


def _has(state: State, path: str, guard: Guard) -> bool:
    text = state.tree.read(path)
    return text is not None and any(one.text == guard.text for one in guards(path, text))
