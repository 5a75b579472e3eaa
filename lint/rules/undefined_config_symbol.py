"""A CONFIG symbol is selected, depended on or tested, and no Kconfig file defines it.

Why: an undefined symbol is constant n. The code behind it silently leaves every build, a select of it does nothing;
neither Kconfig nor the compiler says so.
Bad: a guard names a symbol that was never added, or that the same patch renamed elsewhere.
Good: the symbol arrives in the same patch or in an earlier one, and a rename reaches every user.
Source: Documentation/kbuild/kconfig-language.rst, "Menu attributes"
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from lint.change import Change
from lint.config_uses import CODE_SUFFIXES, RUST_SUFFIX, ConfigUse, Way, config_uses, is_makefile
from lint.finding import Confidence, Hit, Related, Severity, Side, Span
from lint.kconfig.scan import is_kconfig_file
from lint.kconfig.statements import statements
from lint.resolve import arch_of
from lint.rule import rule
from lint.rules._defconfigs import added_settings, removed_settings
from lint.rules._spelling import meant
from lint.snapshot.apply import FileChange
from lint.snapshot.lines import Lines
from lint.snapshot.memory import EmptyTree
from lint.snapshot.overlay import base_of
from lint.state import State

BAD = """\
== Kconfig
 config NET_CORE
 	bool "Networking"
== net/core.c
 int net(void);
!#ifdef CONFIG_NET_CORE_EXTRA
+int extra(void);
+#endif
"""

GOOD = """\
== Kconfig
 config NET_CORE
 	bool "Networking"
+
+config NET_CORE_EXTRA
+	bool "More networking"
== net/core.c
 int net(void);
+#ifdef CONFIG_NET_CORE_EXTRA
+int extra(void);
+#endif
"""

# Texts and programs of the build host; some of the latter have CONFIG_ names of their own.
_ELSEWHERE = ("Documentation/", "LICENSES/", "tools/", "scripts/", "usr/", "arch/um/os-")
# What leaves the build with its symbol; an entry's condition is a leftover that may be meant to go later.
_WEIGHTY = frozenset({Way.SELECT, Way.PREPROCESSOR, Way.TEST, Way.CODE, Way.MAKEFILE})
SHOWN = 5
_LOOKED_AT = 60


@dataclass(frozen=True, slots=True)
class _Gone:
    """The last entry of a symbol: where it stood before the change."""

    symbol: str
    path: str
    line: int


def _words(change: Change) -> Iterable[str]:
    if not _is_known(change):
        return
    for symbol in _undefined(change):
        yield from _spellings(symbol)


def _spellings(symbol: str) -> tuple[str, ...]:
    return symbol, f"CONFIG_{symbol}", f"CONFIG_{symbol}_MODULE", f"DCONFIG_{symbol}"


@rule("undefined-config-symbol", Severity.ERROR, Confidence.HIGH, since="0.1", bad=BAD, good=GOOD, words=_words)
def undefined_config_symbol(change: Change) -> Iterator[Hit]:
    """Report uses that the change adds of symbols without an entry, and uses left when it removes the last entry."""
    if not _is_known(change):
        return
    undefined = _undefined(change)
    added = _added(change) if undefined else {}
    gone = {one.symbol: one for one in _gone(change)} if undefined else {}
    for symbol in undefined:
        if symbol in gone:
            yield from _left(change, gone[symbol])
        elif hit := _unknown(change, symbol, added[symbol]):
            yield hit
    yield from _set_in_vain(change)


def _is_known(change: Change) -> bool:
    """Whether there is a tree to look into: without one nothing can be missing."""
    return not isinstance(base_of(change.after.tree), EmptyTree)


def _is_ours(path: str) -> bool:
    return bool(path) and not path.startswith(_ELSEWHERE)


def _added(change: Change) -> dict[str, list[ConfigUse]]:
    """Uses on added lines, by symbol: of symbols that the file did not name before and that no removed line named."""
    found: dict[str, list[ConfigUse]] = {}
    for file in change.files:
        uses = list(_uses(file, after=True))
        known = {use.symbol for use in config_uses(file.old_path, file.before)} if uses and file.before else set()
        for use in uses:
            if use.symbol not in known:
                found.setdefault(use.symbol, []).append(use)
    moved = {use.symbol for file in change.files for use in _uses(file, after=False)} if found else set()
    return {symbol: uses for symbol, uses in found.items() if symbol not in moved}


def _uses(file: FileChange, *, after: bool) -> Iterator[ConfigUse]:
    """The uses on the lines that the change adds to a file, or removes from it."""
    path, text, lines = (file.new_path, file.after, file.added) if after else (file.old_path, file.before, file.removed)
    if text is None or not lines or file.binary or not _is_ours(path):
        return
    if is_kconfig_file(path):
        if file.fragment:
            return  # whether a line is help text or belongs to which entry is not to be seen
    elif not _names_config(path, text, lines):
        return
    for use in config_uses(path, text):
        if use.line in lines:
            yield use


def _names_config(path: str, text: bytes, lines: Collection[int]) -> bool:
    """A cheap first look at some lines of code or of a makefile."""
    if not (path.endswith((*CODE_SUFFIXES, RUST_SUFFIX)) or is_makefile(path)) or b"CONFIG_" not in text:
        return False
    return any(b"CONFIG_" in line for number, line in enumerate(text.split(b"\n"), 1) if number in lines)


def _gone(change: Change) -> Iterator[_Gone]:
    """The entries that the change removes from Kconfig files, one for each symbol that a file lost."""
    for file in change.files:
        if file.before is None or not file.removed or file.fragment or not is_kconfig_file(file.old_path):
            continue
        kept = {s.owner for s in statements(file.after or b"") if s.word in ("config", "menuconfig")}
        for statement in statements(file.before):
            if statement.word in ("config", "menuconfig") and statement.owner and statement.owner not in kept:
                kept.add(statement.owner)
                yield _Gone(statement.owner, file.old_path, statement.line)


def _undefined(change: Change) -> list[str]:
    """The symbols to speak of: those that the change adds a use of, or removes an entry of, without an entry left."""
    names = {**_added(change), **{gone.symbol: None for gone in _gone(change)}}
    if not names:
        return []
    defined = change.after.kconfig_text.entries
    left = [name for name in names if name not in defined and name.removesuffix("_MODULE") not in defined]
    unplaced = _unplaced(change) if left else set()
    return [name for name in left if name not in unplaced and name.removesuffix("_MODULE") not in unplaced]


def _unplaced(change: Change) -> set[str]:
    """Symbols that the history defines in hunks of Kconfig files that did not apply."""
    found: set[str] = set()
    step: Change | None = change
    while step is not None:
        applied = {file.path for file in step.files if not file.fragment}
        for file in step.patch.files:
            if is_kconfig_file(file.new_path) and file.new_path not in applied:
                for line in (line for hunk in file.hunks for line in hunk.lines if line.kind == "+"):
                    if entry := _ENTRY.match(line.text):
                        found.add(entry[1].decode("ascii"))
        step = step.previous
    return found


_ENTRY = re.compile(rb"\s*+(?:menu)?config\s++([A-Za-z0-9_]++)\s*+\Z")


def _left(change: Change, gone: _Gone) -> Iterator[Hit]:
    """The hit for a symbol whose last entry goes while something still names it."""
    uses = list(_all_uses(change.after, gone.symbol))
    if not uses or _is_made_elsewhere(change.after, gone.symbol):
        return
    where = f"{uses[0].path}:{uses[0].line}"
    more = f" and {len(uses) - 1} more place{'s' if len(uses) > 2 else ''}" if len(uses) > 1 else ""
    yield Hit(
        Span(gone.path, gone.line, side=Side.BEFORE),
        f"the last entry of CONFIG_{gone.symbol} goes, and {where}{more} still name{'' if more else 's'} it",
        symbols=(gone.symbol,),
        related=tuple(Related(_span(use), f"still named here ({use.way})") for use in uses[:SHOWN]),
        arch=_archs(gone.path),
        severity=Severity.ERROR if any(use.way in _WEIGHTY for use in uses) else Severity.WARNING,
    )


def _unknown(change: Change, symbol: str, uses: list[ConfigUse]) -> Hit | None:
    """The hit for a symbol that has no entry anywhere; None when something else than Kconfig provides it."""
    if _is_made_elsewhere(change.after, symbol):
        return None
    first = uses[0]
    names: Iterable[str] = change.after.kconfig_text.entries
    arch = arch_of(first.path) or next(iter(change.archs), None)
    if arch is not None and arch in change.after.architectures:
        kconfig = change.after.kconfig(arch)
        if kconfig.defines(symbol):
            return None
        names = (name for name in kconfig.symbols if kconfig.defines(name))
    near = meant(symbol, names)
    before = next(iter(_all_uses(change.before, symbol)), None)
    severity = Severity.NOTE if before is not None else Severity.ERROR
    if severity is Severity.ERROR and near is None and re.search(rf"\b(?:CONFIG_)?{symbol}\b", change.patch.changelog):
        severity = Severity.WARNING  # written on purpose: another series may bring it
    related = [Related(_span(use), "named here too") for use in uses[1:SHOWN]]
    if before is not None:
        related.append(Related(_span(before, Side.BEFORE), "was named here before the change"))
    return Hit(
        _span(first),
        f"CONFIG_{symbol} is defined in no Kconfig file: {_effect(first)}"
        + (f"; did you mean {near}?" if near else ""),
        symbols=(symbol,),
        related=tuple(related),
        arch=_archs(first.path),
        suggestion=_mended(change, first, near) if near else None,
        severity=severity,
    )


def _set_in_vain(change: Change) -> Iterator[Hit]:
    """The hits for added lines of defconfigs; mild, as the symbol often comes by another tree."""
    added = [one for one in added_settings(change) if one.value != "n"]
    if not added:
        return
    defined = change.after.kconfig_text.entries
    unknown = [one for one in added if one.symbol not in defined]
    if not unknown:
        return
    skipped = _unplaced(change) | {one.symbol for one in removed_settings(change)}
    for one in unknown:
        if one.symbol in skipped:
            continue
        near = meant(one.symbol, defined)
        yield Hit(
            Span(one.path, one.line),
            f"CONFIG_{one.symbol} is defined in no Kconfig file: this line sets nothing"
            + (f"; did you mean {near}?" if near else ""),
            symbols=(one.symbol,),
            arch=_archs(one.path),
            severity=Severity.NOTE,
        )


def _mended(change: Change, use: ConfigUse, near: str) -> str | None:
    """The line of a use with the other symbol in it."""
    text = change.after.tree.read(use.path)
    if text is None:
        return None
    line = Lines(text).text(use.line).decode("utf-8", "replace")
    return re.sub(rf"\b(CONFIG_)?{use.symbol}\b", rf"\g<1>{near}", line).strip()


def _effect(use: ConfigUse) -> str:
    if use.way in (Way.SELECT, Way.IMPLY):
        return f"this {use.way} does nothing"
    if use.way in (Way.DEPENDS, Way.CONDITION, Way.DEFAULT):
        return "it is always n here"
    if use.way is Way.MAKEFILE:
        return "it is always empty here"
    return "it is never set"


def _all_uses(state: State, symbol: str) -> Iterator[ConfigUse]:
    """Every use of a symbol in the Kconfig files, makefiles and code of a state."""
    names = {symbol, f"{symbol}_MODULE"}
    paths: dict[str, None] = {}
    for word, occurrences in state.search(_spellings(symbol)).items():
        for one in occurrences:
            if _is_ours(one.path) and is_kconfig_file(one.path) == (word == symbol):
                paths[one.path] = None
    for path in islice(sorted(paths), _LOOKED_AT):
        text = state.tree.read(path)
        for use in config_uses(path, text) if text is not None else ():
            if use.symbol in names:
                yield use


def _is_made_elsewhere(state: State, symbol: str) -> bool:
    """Whether code or a makefile makes ``CONFIG_X`` itself: a macro, an enumerator, -DCONFIG_X, an assignment."""
    name = f"CONFIG_{symbol}"
    found = state.search([name, f"D{name}"])
    places = [one for one in found[name] if _is_ours(one.path)]
    assigned = re.compile(rb"\s*+(?:(?:export|override)\s++)*%b\s*+(?:\+|:|::|\?)?=" % name.encode())
    if any(assigned.match(one.text) for one in places if is_makefile(one.path)):
        return True
    if any(f"-D{name}".encode() in one.text for one in found[f"D{name}"] if _is_ours(one.path)):
        return True
    paths = dict.fromkeys(one.path for one in places if one.path.endswith(CODE_SUFFIXES))
    for path in islice(paths, _LOOKED_AT):
        file = state.facts(path)
        if file is not None and file.definitions_of(name):
            return True
    return False


def _archs(path: str) -> tuple[str, ...]:
    own = arch_of(path)
    return (own,) if own is not None else ()


def _span(use: ConfigUse, side: Side = Side.AFTER) -> Span:
    return Span(use.path, use.line, use.column, use.end_column, side)
