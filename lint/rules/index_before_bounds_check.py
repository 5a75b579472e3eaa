"""A table is read with an index that the same function checks only afterwards.

Why: a number from user space beyond the end of the table is used before anybody has looked at it; the processor has
read what lies behind the table, also where the value is thrown away later.
Bad: `fn = table[nr];` above `if (nr < NR_ENTRIES)`.
Good: the check comes first, and the read stands inside it.
Source: https://lore.kernel.org/all/20221103075047.1634923-7-guoren@kernel.org/
"""

from __future__ import annotations

from collections.abc import Iterator

from lint.change import Change
from lint.cparse.facts_functions import FunctionSpan
from lint.cparse.facts_source import Source, source
from lint.cparse.returns_tree import function_body
from lint.cparse.tests_of_index import EarlyRead, early_reads
from lint.finding import Confidence, Hit, Related, Severity, Span
from lint.rule import rule
from lint.snapshot.apply import FileChange

BAD = """\
== arch/new/kernel/syscall.c
 void do_syscall(struct pt_regs *regs, unsigned long nr)
 {
 	syscall_t fn;

 	nr = syscall_enter_from_user_mode(regs, nr);
!	fn = sys_call_table[nr];
 	if (nr < NR_syscalls)
-		regs->ret = sys_call_table[nr](regs);
+		regs->ret = fn(regs);
 }
"""

GOOD = """\
== arch/new/kernel/syscall.c
 void do_syscall(struct pt_regs *regs, unsigned long nr)
 {
 	syscall_t fn;

 	nr = syscall_enter_from_user_mode(regs, nr);
-	if (nr < NR_syscalls)
-		regs->ret = sys_call_table[nr](regs);
+	if (nr < NR_syscalls) {
+		fn = sys_call_table[nr];
+		regs->ret = fn(regs);
+	}
 }
"""


@rule("index-before-bounds-check", Severity.ERROR, Confidence.MEDIUM, since="0.5", bad=BAD, good=GOOD)
def index_before_bounds_check(change: Change) -> Iterator[Hit]:
    """Reads of a table above the check of their index, in functions that the change touches."""
    new = [(file, *found) for file in change.files for found in _found(file, after=True)]
    if not new:
        return
    old = {_said(read) for file in change.files for _, _, read in _found(file, after=False)}
    for file, src, span, read in new:
        if _said(read) not in old:
            line, column = src.lines.place(read.start)
            at, where = src.lines.place(read.check_start)
            yield Hit(
                Span(file.path, line, column, column + len(read.text)),
                f"{read.text} is read before {read.index} is checked ({read.check})",
                (read.table, read.index, span.name),
                (Related(Span(file.path, at, where, where + len(read.check)), f"{read.index} is checked here"),),
                function=span.name,
            )


def _said(read: EarlyRead) -> tuple[str, str, str]:
    """What stays the same when code moves to another function."""
    return read.table, read.index, read.check


def _found(file: FileChange, *, after: bool) -> Iterator[tuple[Source, FunctionSpan, EarlyRead]]:
    """The early reads of the functions that are not the same on the other side of the change."""
    text, other = (file.after, file.before) if after else (file.before, file.after)
    if text is None or file.binary or not file.path.endswith((".c", ".h")):
        return
    src = source(file.path, text)
    same: set[tuple[str, bytes]] = set()
    if other is not None:
        twin = source(file.old_path or file.path, other)
        same = {(one.name, twin.code[one.body_start : one.body_end]) for one in twin.functions}
    for span in src.functions:
        code = src.code[span.body_start : span.body_end]
        if (span.name, code) in same or b"[" not in code or not (b"<" in code or b">" in code):
            continue
        body = function_body(src, span)
        if body is not None:
            yield from ((src, span, read) for read in early_reads(body))
