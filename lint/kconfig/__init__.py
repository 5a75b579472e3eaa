"""The Kconfig of one architecture in one state of the tree: parsed without a toolchain, asked with a SAT solver."""
