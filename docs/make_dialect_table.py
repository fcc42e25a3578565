"""Writes docs/dialect-conformance.md: what the data says, and what a server said on a socket.

    .venv/bin/python docs/make_dialect_table.py

It takes half a minute: a server is started for every dialect. A test plays the same again, line by
line, and fails when the page lacks a line of the data.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from dialect_table.table import Row, rows

from fakemail.dialects.load import load
from fakemail.dialects.names import names

PAGE = Path(__file__).with_name("dialect-conformance.md")

HEAD = """\
# What the data says, and what the server said

For every dialect with replies of its own: each reply that its files of facts have for today, and
what `fakemail serve --dialect NAME` answered on a socket when it had reason to. `{name}` stands for
what differs from reply to reply. Made by `docs/make_dialect_table.py`, and played again by
`tests/services/test_dialect_table.py`; texts of other years are compared the same way in
`tests/smtp/dialects`, `tests/pop3/dialects` and `tests/imap/dialects`.

Where lines of a list are more than the data has, they are left out here.
"""


def page(found: Iterable[Row]) -> Iterator[str]:
    """The page, line by line."""
    yield from HEAD.splitlines()
    spoken = []
    for name, group in groupby(found, key=lambda row: row.dialect):
        own = list(group)
        spoken.append(name)
        said = [row for row in own if not row.unsaid]
        lines = [line for row in said for line in row.lines]
        equal = sum(same for _, _, same in lines)
        yield ""
        yield f"## {name}"
        yield ""
        yield f"{len(said)} replies, {equal} of {len(lines)} lines equal."
        yield ""
        yield "| | the data | the server | |"
        yield "|---|---|---|---|"
        for row in said:
            label = f"{row.protocol} `{row.what}`"
            if row.by_hand:
                label += f" (with `--rule {' --rule '.join(row.by_hand)}`)"
            for wanted, heard, same in row.lines:
                yield f"| {label} | {_code(wanted)} | {_code(heard)} | {'=' if same else 'NOT'} |"
                label = ""
        if unsaid := [row for row in own if row.unsaid]:
            yield ""
            yield "Not said by itself:"
            yield ""
            for row in unsaid:
                shown = " / ".join(_code(wanted) for wanted, _, _ in row.lines)
                yield f"- {row.protocol} `{row.what}`, {shown}: {row.unsaid}"
    silent = [name for name in names() if name not in {each.partition("@")[0] for each in spoken}]
    yield ""
    yield "## Without replies of their own"
    yield ""
    yield ", ".join(f"{name} ({load(name).title or name})" for name in silent) + "."


def _code(text: str) -> str:
    if not text:
        return ""
    return "`" + text.replace("|", "\\|").replace("`", "'") + "`"


def main() -> None:
    PAGE.write_text("\n".join(page(rows())) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
