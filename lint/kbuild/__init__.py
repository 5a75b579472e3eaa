"""Kbuild: which objects a Makefile builds, and under which CONFIG symbols."""
