"""kmiglint: a static patch analyzer and Kconfig/flag migration linter for the Linux kernel."""

__version__ = "0.1.0"
