"""Figures, their spread, and the tables that are printed."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles


@dataclass
class Series:
    """One figure of one server, measured several times."""

    values: list[float] = field(default_factory=list)

    @property
    def middle(self) -> float:
        return median(self.values)

    @property
    def spread(self) -> float:
        """Half of the distance between the extremes (from eight values on: between the
        quartiles), as a share of the median."""
        low, high = min(self.values), max(self.values)
        if len(self.values) >= 8:
            low, _, high = quantiles(self.values, n=4)
        return (high - low) / 2 / self.middle if self.middle else 0.0

    def show(self, digits: int = 0) -> str:
        return f"{self.middle:,.{digits}f} ±{self.spread:.0%}"


@dataclass
class Target:
    """What issue or design promised: `ours / theirs` at least `floor`."""

    peer: str
    floor: float

    def judge(self, ratio: float) -> str:
        return (
            f"{ratio:.2f}x (target {self.floor:g}x: {'met' if ratio >= self.floor else 'MISSED'})"
        )


@dataclass
class Table:
    """A table of the report; cells are text already."""

    title: str
    columns: Sequence[str]
    lines: list[Sequence[str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, *cells: str) -> None:
        self.lines.append(cells)

    def text(self) -> str:
        """As Markdown, aligned for a terminal."""
        rows = [list(self.columns), *map(list, self.lines)]
        widths = [max(len(row[i]) for row in rows) for i in range(len(self.columns))]
        rule = ["-" * width for width in widths]
        body = [rows[0], rule, *rows[1:]]
        lines = [
            "| " + " | ".join(c.ljust(w) for c, w in zip(r, widths, strict=True)) + " |"
            for r in body
        ]
        notes = [f"  {note}" for note in self.notes]
        return "\n".join([f"\n### {self.title}\n", *lines, *([""] if notes else []), *notes])


def machine() -> str:
    """One line that says where the figures come from."""
    model = "unknown CPU"
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    except OSError:
        pass
    system = f"{platform.system()} {platform.release()}"
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} x {model}; {system}; Python {platform.python_version()}; load {load:.1f}"
    )


def percentile(ordered: Sequence[float], share: float) -> float:
    """The value below which `share` of an ascending list lies."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def ratios(ours: float, theirs: Iterable[tuple[str, float]], targets: Sequence[Target]) -> str:
    """`2.1x Postfix, ...`: how many times better the first figure is (more is better)."""
    floors = {target.peer: target for target in targets}
    parts = []
    for name, value in theirs:
        ratio = ours / value
        parts.append(
            f"{name}: " + (floors[name].judge(ratio) if name in floors else f"{ratio:.2f}x")
        )
    return "; ".join(parts)
