"""What the running server keeps by itself, off the event loop; a failure is told to the log and tried again."""

import asyncio
import logging

from db import engine
from db.services import keeping

EVERY = 3600.0
BACKUP_EVERY = 300.0
_log = logging.getLogger("linli.front_door")


async def run() -> None:
    """Keep now and every hour until cancelled."""
    while True:
        await keep()
        await asyncio.sleep(EVERY)


async def back_up() -> None:
    """Look every few minutes whether a backup is due, until cancelled; not at once, for people come first."""
    while True:
        await asyncio.sleep(BACKUP_EVERY)
        try:
            await asyncio.to_thread(keeping.backup_when_due, engine.current())
        except Exception as error:
            _log.error("the backup failed: %s", type(error).__name__)


async def keep() -> None:
    """One round."""
    try:
        await asyncio.to_thread(keeping.keep_hourly, engine.current())
    except Exception as error:
        _log.error("the hourly keeping failed: %s", type(error).__name__)
