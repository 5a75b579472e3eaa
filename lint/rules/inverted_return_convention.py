"""A function's result means the opposite of what it meant, and a test of it was left as it was.

Why: when 0 and -1 become true and false, a test that was forgotten compiles without a warning and does the opposite:
what was denied is allowed now. A comparison with -1 is never true any more.
Bad: a function says true for "go on" where it said 0, and a caller keeps `if (f())` for the error.
Good: every test is turned round with the function, the recursive calls and the kept results as well.
Source: https://lore.kernel.org/all/20260629130616.642022-2-ruanjinjie@huawei.com/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lint.change import Change
from lint.cparse.returns_values import ERROR_POINTER, Value
from lint.finding import Confidence, Hit, Related, Severity, Span
from lint.rule import rule
from lint.rules._returns import Meaning, meanings, twins
from lint.rules._returns_callers import Misread, callers, left_stubs, misread, passed_on

BAD = """\
== kernel/check.c
-int may_enter(int nr)
+bool may_enter(int nr)
 {
 	if (nr < 0)
-		return -1;
-	return 0;
+		return false;
+	return true;
 }
== kernel/entry.c
 long enter(int nr)
 {
?	if (may_enter(nr))
 		return -1;
 	return nr;
 }
"""

GOOD = """\
== kernel/check.c
-int may_enter(int nr)
+bool may_enter(int nr)
 {
 	if (nr < 0)
-		return -1;
-	return 0;
+		return false;
+	return true;
 }
== kernel/entry.c
 long enter(int nr)
 {
-	if (may_enter(nr))
+	if (!may_enter(nr))
 		return -1;
 	return nr;
 }
"""

# Wrappers around wrappers that are followed.
MAX_MEANINGS = 40


def words(change: Change) -> Iterable[str]:
    """The functions whose results mean something else: their callers are looked for."""
    return (meaning.name for meaning in meanings(twins(change)).values() if not meaning.static)


@rule(
    "inverted-return-convention",
    Severity.ERROR,
    Confidence.MEDIUM,
    since="0.5",
    bad=BAD,
    good=GOOD,
    words=words,
)
def inverted_return_convention(change: Change) -> Iterator[Hit]:
    """Tests of a result whose function changed what it says, and that were not changed with it."""
    known = meanings(twins(change))
    queue = list(known.values())
    touched = set(known)
    for meaning in queue:
        yield from _left_behind(change, meaning)
        for caller in callers(change, meaning):
            key = caller.name, caller.src.path if caller.static else ""
            for one in misread(caller, meaning, known.get(key)):
                yield from _hits(one, meaning)
            if key not in touched and len(queue) < MAX_MEANINGS:
                further = passed_on(caller, meaning, known)
                if further is not None:
                    touched.add(key)
                    known[key] = further
                    queue.append(further)


def _left_behind(change: Change, meaning: Meaning) -> Iterator[Hit]:
    for path, line in (*meaning.keepers, *left_stubs(change, meaning)):
        message = f"this {meaning.name}() returns what it did, but {_turned(meaning)} elsewhere"
        yield Hit(Span(path, line), message, (meaning.name,), (_definition(meaning),), function=meaning.name)


def _hits(found: Misread, meaning: Meaning) -> Iterator[Hit]:
    src = found.caller.src
    if meaning.origin is not None:
        message = f"{meaning.name}() is made from a result that means the opposite now, and so are its callers' tests"
        yield Hit(meaning.origin, message, (meaning.name,), function=meaning.name)
        return
    for test in found.tests:
        line, column = src.lines.place(test.start)
        span = Span(src.path, line, column, column + min(len(test.text), 200))
        never = {test.holds(new) for _, new in meaning.pairs}
        if len(never) == 1 and None not in never and len(meaning.pairs) > 1:
            says = "can never be true" if never == {False} else "is always true"
            message = f"{test.text} {says}: {_turned(meaning)}"
        else:
            renamed = meaning.name != meaning.old_name
            how = "was left as it was" if found.kept or renamed else "says something else than it did"
            message = f"{_turned(meaning)}, but the test {test.text} {how}"
        related = [_definition(meaning)]
        called, at = src.lines.place(found.site.call.start)
        if called != line:
            related.append(Related(Span(src.path, called, at), f"the result of {meaning.name}() is kept here"))
        yield Hit(
            span,
            message,
            tuple(dict.fromkeys((meaning.name, found.caller.name))),
            tuple(related),
            function=found.caller.name,
        )


def _definition(meaning: Meaning) -> Related:
    return Related(Span(meaning.path, meaning.line), f"{meaning.name}() {_said(meaning)}")


def _turned(meaning: Meaning) -> str:
    return f"{meaning.name}() {_said(meaning)}"


def _said(meaning: Meaning) -> str:
    shown = dict.fromkeys(
        f"{_show(new, meaning.to_bool, meaning)} for what was {_show(old, False, meaning)}"
        for old, new in meaning.pairs
        if old != new
    )
    return f"returns {' and '.join(list(shown)[:2])}"


def _show(value: Value, as_bool: bool, meaning: Meaning) -> str:
    if as_bool and value in (0, 1):
        return "true" if value else "false"
    if value == 0 and any(ERROR_POINTER in pair for pair in meaning.pairs):
        return "NULL"
    return str(value)
