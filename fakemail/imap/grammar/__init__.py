"""Spelling: each parser takes a `Cursor` and covers one ABNF rule, which is its docstring."""
