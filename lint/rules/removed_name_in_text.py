r"""A removed or renamed name lives on in a comment or a document, or a new comment names what does not exist.

Why: who reads the comment searches for a function that is gone; a name in a document that nothing defines any more
misleads longer than a missing one.
Bad: a helper is renamed, and the comment above its caller still explains the old name.
Good: comments, kernel-doc, Kconfig help and Documentation/ are changed in the same patch.
Source: Documentation/process/maintainer-tip.rst, "Comment style"
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lint.change import Change, is_source
from lint.cparse.facts import FileFacts
from lint.cparse.model import Definition, Kind
from lint.finding import Confidence, Hit, Related, Severity, Side, Span
from lint.kconfig.scan import is_kconfig_file
from lint.resolve import is_host, is_local_to_file
from lint.rule import rule
from lint.rules._name_evidence import may_be_pasted
from lint.snapshot.tree import Occurrence

BAD = """\
== kernel/queue.c
-int queue_reset(int n)
+int queue_restart(int n)
 {
 	return n;
 }

?/* Everything that queue_reset() forgot is set here. */
 int queue_setup(int n)
 {
 	return n;
 }
"""

GOOD = """\
== kernel/queue.c
-int queue_reset(int n)
+int queue_restart(int n)
 {
 	return n;
 }

-/* Everything that queue_reset() forgot is set here. */
+/* Everything that queue_restart() forgot is set here. */
 int queue_setup(int n)
 {
 	return n;
 }
"""

SHOWN = 5  # further places of one name
MOST = 10  # names of one step
LEAST_LETTERS = 6
_KINDS = frozenset((Kind.FUNCTION, Kind.MACRO, Kind.VARIABLE, Kind.LABEL))
_HISTORY = re.compile(
    rb"\b(?:former(?:ly)?|previous(?:ly)?|used to|once|was|were|old|older|legacy|historic\w*|obsolete\w*|deprecated"
    rb"|renam\w+|remov\w+|replac\w+|no longer|since|until|before|gone|originally|instead of|predecessor|v?\d\.\d+)\b",
    re.IGNORECASE,
)
_CALL = re.compile(rb"(?<![\w.>*$%/-])([A-Za-z_]\w++)\(\)")
_SYMBOL = re.compile(rb"(?<![\w$])(CONFIG_[A-Z0-9_]++)(?![\w*<{$])")
_DOCUMENTS = (".rst", ".txt", ".md")


def _words(change: Change) -> Iterable[str]:
    return {item.name for item in _gone(change)} | {name for name, *_ in _named(change)}


@rule(
    "removed-name-in-text",
    Severity.NOTE,
    Confidence.MEDIUM,
    since="0.2",
    bad=BAD,
    good=GOOD,
    words=_words,
    at_end=True,
)
def removed_name_in_text(change: Change) -> Iterator[Hit]:
    """Report texts that name what the step removed, and added comments about what is nowhere in the tree."""
    hits = 0
    for item in _gone(change):
        places = _texts(change, item.name)
        if places and hits < MOST:
            hits += 1
            yield _stale(item, places)
    for name, path, line, column in _named(change):
        if hits < MOST and _is_nowhere(change, name):
            hits += 1
            span = Span(path, line, column, column + len(name))
            what = "symbol" if name.startswith("CONFIG_") else "function"
            message = f"the added text names {name}, and nothing in the tree has a {what} of that name"
            yield Hit(span, message, symbols=(name.removeprefix("CONFIG_"),))


def _gone(change: Change) -> list[Definition]:
    """Definitions with a telling name that the change removes for good, as far as its own files show."""
    kept = {item.name for item in change.added_definitions}
    found: dict[str, Definition] = {}
    for item in change.removed_definitions:
        if item.kind not in _KINDS or item.name in kept or is_host(item.path) or not _is_telling(item.name):
            continue
        if not is_local_to_file(item) or _still_in_its_text(change, item):
            found.setdefault(item.name, item)
    return list(found.values())


def _is_telling(name: str) -> bool:
    """Whether nobody writes the name by chance: ordinary words are none."""
    return len(name) >= LEAST_LETTERS and "_" in name.strip("_")


def _still_in_its_text(change: Change, item: Definition) -> bool:
    path = next((file.new_path for file in change.files if file.old_path == item.path), item.path)
    return item.name.encode() in (change.after.tree.read(path) or b"")


def _texts(change: Change, name: str) -> list[Occurrence]:
    """The lines that name it in a comment or a document; none when any code still names it."""
    found: list[Occurrence] = []
    for place in change.after.search([name])[name]:
        if is_source(place.path):
            file = change.after.facts(place.path)
            if file is None or _in_code(file, place, name):
                return []
        elif not _is_document(place.path):
            return []
        if not _HISTORY.search(_around(change, place)) and "/translations/" not in place.path:
            found.append(place)
    return found


def _is_document(path: str) -> bool:
    name = path.rpartition("/")[2]
    return path.startswith("Documentation/") or path.endswith(_DOCUMENTS) or is_kconfig_file(path) or name == "README"


def _in_code(file: FileFacts, place: Occurrence, name: str) -> bool:
    """Whether the name stands outside of comments on a line."""
    start = file.source.lines.start(place.line)
    text = file.source.uncommented[start : start + len(place.text)]
    return re.search(rb"\b%b\b" % re.escape(name.encode()), text) is not None


def _around(change: Change, place: Occurrence) -> bytes:
    """The line with its neighbours: a sentence goes over several."""
    lines = (change.after.tree.read(place.path) or b"").split(b"\n")
    return b" ".join(lines[max(0, place.line - 2) : place.line + 1])


def _named(change: Change) -> Iterator[tuple[str, str, int, int]]:
    """Names in added comments that look like a function or a symbol and that their own file does not hold elsewhere."""
    for file in change.files:
        if file.after is None or file.fragment or not file.added or not is_source(file.new_path) or is_host(file.path):
            continue
        facts = change.after.facts(file.new_path)
        for number, text in change.added_lines(file) if facts is not None else ():
            if facts is None or _HISTORY.search(text):
                continue
            start = facts.source.lines.start(number)
            code = facts.source.uncommented[start : start + len(text)]
            for found in (*_CALL.finditer(text), *_SYMBOL.finditer(text)):
                inside = code[found.start(1) : found.end(1)].strip()
                telling = b"_" in found[1].strip(b"_") and not found[1].endswith(b"_")
                if telling and not inside and file.after.count(found[1]) == 1:
                    yield found[1].decode(), file.new_path, number, found.start(1) + 1


def _is_nowhere(change: Change, name: str) -> bool:
    """Whether no other line of the tree holds the name, before the change or after it."""
    added = {(file.new_path, line) for file in change.files if file.after is not None for line in file.added}
    if any((place.path, place.line) not in added for place in change.after.search([name])[name]):
        return False
    if change.before.search([name])[name]:
        return False
    if name.startswith("CONFIG_"):
        bare = name.removeprefix("CONFIG_").removesuffix("_MODULE")
        return not change.after.search([bare])[bare]
    return not may_be_pasted(change.after, name, ())


def _stale(item: Definition, places: list[Occurrence]) -> Hit:
    first, *others = places
    name = item.name
    gone = Span(item.path, item.line, item.column, item.column + len(name), Side.BEFORE)
    related = [Related(_span(place, name), "and here") for place in others[:SHOWN]]
    more = f" ({len(others)} more)" if others else ""
    return Hit(
        _span(first, name),
        f"{name} is gone, and the text still names it{more}",
        symbols=(name,),
        related=(Related(gone, f"the {item.kind.value} went here"), *related),
    )


def _span(place: Occurrence, name: str) -> Span:
    column = place.text.find(name.encode()) + 1
    return Span(place.path, place.line, column, column + len(name))
