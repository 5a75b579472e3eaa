"""Migrations as data: intent only. Whatever can be read in the tree is read there."""
