"""Samples that change one line of a real tree's Kconfig file."""

from __future__ import annotations

from tests.kernels import kernel_tree


def edited(version: str, path: str, line: str, new: str = "") -> str:
    """A sample in which ``new`` follows the first such line, or in which that line goes."""
    out = [f"== {path}"]
    done = False
    for one in (kernel_tree(version) / path).read_text().splitlines():
        first = one == line and not done
        out.append(f"-{one}" if first and not new else f" {one}")
        if first and new:
            out.append(f"+{new}")
        done = done or first
    assert done
    return "\n".join(out) + "\n"
