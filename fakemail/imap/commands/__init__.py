"""Conduct: one family of commands per file, each ending in its visible rows; `table` joins them."""
