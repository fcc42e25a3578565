"""What tests of dialects share."""

from __future__ import annotations

import pytest

from fakemail.dialects.load import _file, load
from fakemail.dialects.names import names


@pytest.fixture(params=names())
def name(request: pytest.FixtureRequest) -> str:
    """Each dialect in turn."""
    return str(request.param)


@pytest.fixture
def fresh() -> None:
    """Nothing is loaded yet."""
    load.cache_clear()
    _file.cache_clear()
