"""Who may import whom; lazily, under a condition or for types only counts too (law 1 to 3)."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator

import pytest

OUTSIDE_WORLD = {
    "asyncio", "fcntl", "glob", "io", "multiprocessing", "os", "pathlib",
    "random", "secrets", "select", "selectors", "shutil", "signal", "socket", "socketserver", "ssl",
    "subprocess", "sys", "tempfile", "threading", "twisted", "uuid",
}  # fmt: skip
"""Clocks, sockets, files, randomness, environment: what an engine is given, if anything."""

PURE = {"io.IncrementalNewlineDecoder"}
"""Lives among them, but only computes."""

CLOCKS = {
    "time.time", "time.time_ns", "time.monotonic", "time.perf_counter", "time.localtime",
    "time.sleep", "datetime.now", "datetime.utcnow", "datetime.datetime.now", "date.today",
}  # fmt: skip


def imported(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every module that is imported anywhere in a tree, and where; ``from a import b`` is a.b."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"relative import in line {node.lineno}: write it out"
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            yield from ((str(a.value), a.lineno) for a in node.args if isinstance(a, ast.Constant))


def within(name: str, modules: set[str]) -> bool:
    return any(name == module or name.startswith(module + ".") for module in modules)


def test_a_floor_imports_only_lower_floors(root):
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    linter = [sys.executable, "-c", code, "--no-cache"]
    done = subprocess.run(linter, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 kept, 0 broken" in done.stdout


def test_every_room_is_in_the_contract(root):
    """A room that the contract does not know would be free to import anything."""
    contract = (root / "pyproject.toml").read_text().partition("[[tool.importlinter")[2]
    for path in (root / "fakemail").iterdir():
        is_room = path.suffix == ".py" or (path / "__init__.py").exists()
        if is_room and not path.name.startswith("__"):
            assert f"fakemail.{path.stem}" in contract, f"{path.name} is on no floor"


def test_twisted_and_asyncio_stay_with_the_hosts(sources):
    hosts = ("fakemail/services/", "fakemail/smtp/", "fakemail/web/", "fakemail/testing/")
    for name, tree in sources.items():
        for module, line in imported(tree):
            if within(module, {"twisted", "asyncio", "aiosmtpd"}):
                assert name.startswith(hosts), f"{name}:{line} imports {module}"


@pytest.mark.parametrize("engine", ["imap", "pop3", "smtp", "sasl", "message", "wire", "dialects"])
def test_engines_have_no_outside_world(sources, engine):
    mine = {n: t for n, t in sources.items() if n.startswith(f"fakemail/{engine}/")}
    assert mine
    allowed = {"asyncio"} if engine == "smtp" else set()
    for name, tree in mine.items():
        for module, line in imported(tree):
            outside = module not in PURE and within(module, OUTSIDE_WORLD - allowed)
            assert not outside, f"{name}:{line} imports {module}"
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                forbidden = called in {"open", "input", "print", "datetime.now", "datetime.today"}
                assert not forbidden, f"{name}:{node.lineno} calls {called}"


def test_only_the_clock_reads_the_clock(sources):
    for name, tree in sources.items():
        if name == "fakemail/clock.py":
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                assert called not in CLOCKS, f"{name}:{node.lineno} calls {called}: take a Clock"
        for module, line in imported(tree):
            assert module not in CLOCKS, f"{name}:{line} imports {module}: take a Clock"


def test_no_global_reactor(sources):
    for name, tree in sources.items():
        for module, line in imported(tree):
            assert module != "twisted.internet.reactor", f"{name}:{line}"


def test_the_law_sees_lazy_imports():
    tree = ast.parse("def f():\n    from twisted.internet import reactor\n    import os.path")
    assert [m for m, _ in imported(tree)] == ["twisted.internet.reactor", "os.path"]
    assert within("os.path", OUTSIDE_WORLD)
    assert not within("osmosis", OUTSIDE_WORLD)
