"""The pytest plugin: ``fakemail``, ``fakemail_server`` and ``@pytest.mark.fakemail(...)``.

It is loaded in every test run of every project that has fakemail installed, so it imports nothing
of fakemail until a test asks for a fixture.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from fakemail.testing.mail import Mail
    from fakemail.testing.pool import Pool
    from fakemail.testing.shared import SharedServer

MARKER = (
    "fakemail(**settings): the server of this test has these settings of `fakemail serve`, such as"
    ' dialect="generic", accounts="listed", rules=["greeting_delay=1"]; process=True runs it in a'
    " process of its own"
)
PROCESS = "Run the fakemail server in a process of its own instead of a thread of this one."

_pool: pytest.StashKey[Pool] = pytest.StashKey()
_began: pytest.StashKey[float] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--fakemail-process`` and ``fakemail_process = true``."""
    group = parser.getgroup("fakemail")
    group.addoption("--fakemail-process", action="store_true", help=PROCESS)
    parser.addini("fakemail_process", PROCESS, type="bool", default=False)


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", MARKER)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the servers that tests have started."""
    if (pool := config.stash.get(_pool, None)) is not None:
        del config.stash[_pool]
        pool.stop()


@pytest.fixture(scope="session")
def fakemail_server(pytestconfig: pytest.Config) -> SharedServer:
    """A mail server for the whole run (one in each xdist worker), on free ports."""
    return _pool_of(pytestconfig).server({})


@pytest.fixture
def fakemail(request: pytest.FixtureRequest) -> Iterator[Mail]:
    """The mail of this test: an account of its own on a server that tests share."""
    settings: dict[str, Any] = {}
    for mark in reversed(list(request.node.iter_markers("fakemail"))):
        if mark.args:
            raise pytest.UsageError("@pytest.mark.fakemail takes settings by name: dialect=...")
        settings |= mark.kwargs
    with _pool_of(request.config).server(settings).fresh_mail() as mail:
        yield mail


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test shows what was said in it, and why something was refused."""
    report = yield
    if call.when == "setup":
        item.stash[_began] = call.start
    pool = item.config.stash.get(_pool, None)
    if report.failed and pool is not None:
        text = pool.report(item.stash.get(_began, call.start))
        if text:
            report.sections.append(("fakemail transcript", text))
    return report


def _pool_of(config: pytest.Config) -> Pool:
    if _pool not in config.stash:
        from fakemail.testing.pool import Pool

        wanted = config.getoption("fakemail_process") or config.getini("fakemail_process")
        config.stash[_pool] = Pool(process=bool(wanted))
    return config.stash[_pool]
