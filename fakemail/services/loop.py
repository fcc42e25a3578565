"""Which event loop: uvloop where it is wanted and installed, else asyncio's own."""

from __future__ import annotations

import asyncio


def new_loop(use_uvloop: bool) -> asyncio.AbstractEventLoop:
    """A new loop, nobody's yet."""
    if use_uvloop:
        try:
            import uvloop
        except ImportError:
            pass
        else:
            loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
            return loop
    return asyncio.new_event_loop()
