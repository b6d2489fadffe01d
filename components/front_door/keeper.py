"""What the running server keeps by itself, off the event loop; a failure is told to the log and tried again."""

import asyncio
import logging
from collections.abc import Callable

from db import engine
from db.engine import Database
from db.services import keeping

EVERY = 300.0
_log = logging.getLogger("linli.front_door")


async def run() -> None:
    """Keep what is due, now and every few minutes until cancelled; each round asks whether another process kept it."""
    while True:
        await _tried(keeping.keep_when_due, "hourly keeping")
        await asyncio.sleep(EVERY)


async def back_up() -> None:
    """Look every few minutes whether a backup is due, until cancelled; not at once, for people come first."""
    while True:
        await asyncio.sleep(EVERY)
        await _tried(keeping.backup_when_due, "backup")


async def keep() -> None:
    """One round at the end, whenever the last one was."""
    await _tried(keeping.keep_alone, "hourly keeping")


async def _tried(act: Callable[[Database], object], name: str) -> None:
    try:
        await asyncio.to_thread(act, engine.current())
    except Exception as error:
        _log.error("the %s failed: %s", name, type(error).__name__)
