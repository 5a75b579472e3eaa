"""A change brings a syntax error into C, or Kconfig that the tree's own parser refuses.

Why: nothing that includes the file compiles any more; a broken Kconfig file stops every configuration of every
architecture that reads it. What Kconfig accepts differs from kernel to kernel, so that a backport can break it.
Bad: a block loses its closing brace, a menu its endmenu, a property that only newer kernels know is used.
Good: what is opened is closed again in the same file, in each branch of #if.
Source: Documentation/kbuild/kconfig-language.rst; scripts/kconfig/parser.y of the tree
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lint.change import Change
from lint.finding import Confidence, Hit, Severity
from lint.resolve import is_host
from lint.rule import rule
from lint.rules._syntax_c import c_hits, marker_hits
from lint.rules._syntax_kconfig import kconfig_hits, words

BAD = """\
== drivers/Kconfig
 menu "Drivers"

!confg UART
+	bool "A serial port"

 endmenu
"""

GOOD = """\
== drivers/Kconfig
 menu "Drivers"

+config UART
+	bool "A serial port"

 endmenu
"""

_C = (".c", ".h")


@rule(
    "syntax-error-added",
    Severity.ERROR,
    Confidence.HIGH,
    since="0.1",
    bad=BAD,
    good=GOOD,
    words=words,
    breaks_build=True,
)
def syntax_error_added(change: Change) -> Iterator[Hit]:
    """Report what no longer parses because of this change."""
    yield from kconfig_hits(change)
    for file in change.files:
        if file.after is None or file.binary or file.fragment or not file.added | file.removed:
            continue
        markers = list(marker_hits(change, file))
        yield from markers
        if not markers and file.path.endswith(_C):
            # Templates and samples of tools need not compile.
            mild = Severity.NOTE if is_host(file.path) else None
            yield from (replace(hit, severity=mild) for hit in c_hits(change, file))
