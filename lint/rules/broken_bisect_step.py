"""The tree does not build after a patch, and a later patch of the same series mends it.

Why: whoever bisects lands on every patch; one that does not build hides the culprit and costs a test farm a night.
Bad: a function goes in the first patch, and its last caller in the second.
Good: the caller goes first, or both in the same patch.
Source: Documentation/process/submitting-patches.rst, "Separate your changes"
"""

from __future__ import annotations

from collections.abc import Iterator

from lint.change import Change
from lint.finding import Confidence, Hit, Severity
from lint.rule import rule

BAD = """\
@@ helper: remove old_helper()
== Kbuild
 obj-y += kernel/
== kernel/Makefile
 obj-y += helper.o user.o
== kernel/helper.c
~int old_helper(void)
-{
-	return 1;
-}
-
 int new_helper(void)
 {
 	return 2;
 }
== kernel/user.c
 int old_helper(void);
 int new_helper(void);

 int user(void)
 {
 	return old_helper();
 }
@@ user: call new_helper()
== kernel/user.c
-int old_helper(void);
 int new_helper(void);

 int user(void)
 {
-	return old_helper();
+	return new_helper();
 }
"""

GOOD = """\
@@ user: call new_helper()
== Kbuild
 obj-y += kernel/
== kernel/Makefile
 obj-y += helper.o user.o
== kernel/helper.c
 int old_helper(void)
 {
 	return 1;
 }

 int new_helper(void)
 {
 	return 2;
 }
== kernel/user.c
-int old_helper(void);
 int new_helper(void);

 int user(void)
 {
-	return old_helper();
+	return new_helper();
 }
@@ helper: remove old_helper()
== kernel/helper.c
-int old_helper(void)
-{
-	return 1;
-}
-
 int new_helper(void)
 {
 	return 2;
 }
"""


@rule("broken-bisect-step", Severity.ERROR, Confidence.HIGH, since="0.1", bad=BAD, good=GOOD)
def broken_bisect_step(change: Change) -> Iterator[Hit]:
    """Nothing of its own: the engine makes it of what the rules report whose errors break a build."""
    yield from ()
