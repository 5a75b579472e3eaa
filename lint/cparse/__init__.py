"""C, assembly and linker scripts without a compiler: definitions, references, calls, conditions, comments."""
