"""A call does not have as many arguments as the function or macro that it means takes.

Why: it does not compile. What a changed function leaves behind are callers in other drivers, other architectures and
configurations that the author does not build.
Bad: a parameter is added to a function, and one caller still passes the old list.
Good: the definition, its prototype and every caller change in the same patch.
Source: Documentation/process/submitting-patches.rst, "Separate your changes"
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lint.change import Change
from lint.cparse.model import Call
from lint.cparse.signatures import Signature
from lint.finding import Confidence, Hit, Related, Span
from lint.finding import Severity as Level
from lint.resolve import arch_of
from lint.rule import rule
from lint.rules._signatures import Heads, calls_in, changed_heads, near_heads, new_calls, tree_heads
from lint.snapshot.memory import EmptyTree
from lint.snapshot.overlay import base_of

BAD = """\
== include/linux/queue.h
-int queue_add(int item);
+int queue_add(int item, int flags);
== kernel/queue.c
 #include <linux/queue.h>

-int queue_add(int item)
+int queue_add(int item, int flags)
 {
 	return item;
 }
== drivers/user.c
 #include <linux/queue.h>

 int user(void)
 {
?	return queue_add(1);
 }
"""

GOOD = """\
== include/linux/queue.h
-int queue_add(int item);
+int queue_add(int item, int flags);
== kernel/queue.c
 #include <linux/queue.h>

-int queue_add(int item)
+int queue_add(int item, int flags)
 {
 	return item;
 }
== drivers/user.c
 #include <linux/queue.h>

 int user(void)
 {
-	return queue_add(1);
+	return queue_add(1, 0);
 }
"""

SHOWN = 5


def _words(change: Change) -> Iterable[str]:
    return changed_heads(change)


@rule(
    "call-signature-mismatch",
    Level.ERROR,
    Confidence.MEDIUM,
    since="0.2",
    bad=BAD,
    good=GOOD,
    words=_words,
    breaks_build=True,
)
def call_signature_mismatch(change: Change) -> Iterator[Hit]:
    """Report calls that no head takes: those that the change adds, and those that a changed head leaves behind."""
    if isinstance(base_of(change.after.tree), EmptyTree):
        return
    told: set[tuple[str, int, int]] = set()
    for name in changed_heads(change):
        found = tree_heads(change, name)
        if found is not None:
            heads, files = found
            for path in files:
                yield from _judged(change, path, calls_in(change.after, path, name), {name: heads}, told)
    for file in change.files:
        if file.after is None or file.fragment or file.binary:
            continue
        calls = new_calls(change, file)
        if calls:
            heads_of = near_heads(change, file.new_path, {call.name for call in calls})
            yield from _judged(change, file.new_path, calls, heads_of, told)


def _judged(
    change: Change, path: str, calls: Iterable[Call], heads_of: dict[str, Heads], told: set[tuple[str, int, int]]
) -> Iterator[Hit]:
    for call in calls:
        heads = heads_of.get(call.name)
        key = (path, call.line, call.column)
        if heads is None or key in told or not heads.refuse(call):
            continue
        shown = _meant(change, path, heads)
        if shown is None or _was_wrong(change, path, call):
            continue
        told.add(key)
        yield _hit(path, call, shown)


def _meant(change: Change, path: str, heads: Heads) -> Signature | None:
    """The head that a call in a file means for sure: of this file, or of a header that it reaches."""
    own = [head for head in heads.found if head.path == path]
    if own:
        return own[0]
    for arch in (arch_of(path),) if arch_of(path) else change.archs or ("",):
        reached = change.after.includes.reached(path, arch or "")
        for head in heads.found:
            if head.path in reached:
                return head
    return None


def _was_wrong(change: Change, path: str, call: Call) -> bool:
    """Whether the file had the same call before, and the heads that it reached then refused it as well."""
    file = change.by_path.get(path)
    old = file.old_path if file is not None else path
    if not old or change.before.tree.read(old) is None:
        return False
    same = [one for one in calls_in(change.before, old, call.name) if len(one.arguments) == len(call.arguments)]
    if not same:
        return False
    heads = Heads()
    for one in {old, *change.before.includes.reached(old, arch_of(old) or next(iter(change.archs), ""))}:
        text = change.before.tree.read(one)
        if text is not None and call.name.encode() in text:
            heads.add(change.before, one, call.name)
    return heads.refuse(same[0]) or not heads.found


def _hit(path: str, call: Call, head: Signature) -> Hit:
    count = len(call.arguments)
    takes = f"{head.least}" if head.most == head.least else f"at least {head.least}"
    what = "macro" if head.macro else "function"
    return Hit(
        Span(path, call.line, call.column, call.column + len(call.name)),
        f"{call.name}() gets {count} argument{'' if count == 1 else 's'} here, the {what} takes {takes}",
        symbols=(call.name,),
        related=(Related(Span(head.path, head.line), f"{call.name} as it is after this patch"),),
        function=call.function,
    )
