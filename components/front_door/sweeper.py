"""Open sockets and the sessions they live on: noted when used, closed when the session is over."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from components.front_door import incidents
from db import clock
from db.services import accounts

Close = Callable[[], Awaitable[None]]

EVERY = 2.0
NOTED_EVERY = timedelta(minutes=1)
TIDIED_EVERY = timedelta(hours=1)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_log = logging.getLogger("linli.front_door")


class Sweeper:
    """Knows every open socket of a signed-in session and closes those whose session is over."""

    def __init__(self) -> None:
        self._sockets: defaultdict[int, set[Close]] = defaultdict(set)
        self._found_live: dict[int, float] = {}
        self._used: dict[int, datetime] = {}
        self._noted: dict[int, datetime] = {}
        self._tidied = _LONG_AGO

    def opened(self, session_id: int, close: Close) -> None:
        """A socket of a session just found good."""
        self._sockets[session_id].add(close)
        self._found_live[session_id] = _now()
        self.used(session_id)

    def closed(self, session_id: int, close: Close) -> None:
        """A socket that is gone."""
        self._sockets[session_id].discard(close)
        if not self._sockets[session_id]:
            del self._sockets[session_id]
            self._found_live.pop(session_id, None)

    def used(self, session_id: int) -> None:
        """A person did something in this session."""
        self._used[session_id] = clock.now()

    async def is_live(self, session_id: int) -> bool:
        """Whether the session is still good, asked again when the last answer is older than two seconds.

        While the database is away nobody is sent off: the page that runs then can read nothing, and says so.
        """
        if _now() - self._found_live.get(session_id, float("-inf")) <= EVERY:
            return True
        try:
            live = await asyncio.to_thread(accounts.live_among, {session_id})
        except Exception as error:
            if incidents.is_away(error):
                return True
            raise
        if session_id in live:
            self._found_live[session_id] = _now()
        return session_id in live

    async def run(self) -> None:
        """Sweep until cancelled; a database that doesn't answer is told to the log and asked again."""
        while True:
            await asyncio.sleep(EVERY)
            try:
                await self.sweep()
            except Exception as error:
                _log.error("sessions can't be checked: %s", type(error).__name__)

    async def sweep(self) -> None:
        """Note use, close what is over, tidy now and then."""
        await self.note_use()
        held = set(self._sockets)
        live = await asyncio.to_thread(accounts.live_among, held)
        self._found_live.update(dict.fromkeys(live, _now()))
        over = held - live
        for session_id in over:
            self._found_live.pop(session_id, None)
            for close in tuple(self._sockets.get(session_id, ())):
                await close()
        if over:
            await asyncio.to_thread(accounts.note_lapsed, over)
        if clock.now() - self._tidied > TIDIED_EVERY:
            self._tidied = clock.now()
            await asyncio.to_thread(accounts.tidy)

    async def note_use(self, *, everything: bool = False) -> None:
        """Write down when sessions were used, each at most once a minute."""
        due = {
            session_id: moment
            for session_id, moment in self._used.items()
            if everything or moment - self._noted.get(session_id, _LONG_AGO) >= NOTED_EVERY
        }
        if not due:
            return
        await asyncio.to_thread(accounts.seen, due)
        for session_id, moment in due.items():
            self._noted[session_id] = moment
            if self._used.get(session_id) == moment:
                del self._used[session_id]
        gone = self._noted.keys() - self._sockets.keys() - self._used.keys()
        for session_id in gone:
            if clock.now() - self._noted[session_id] > NOTED_EVERY:
                del self._noted[session_id]


def _now() -> float:
    return asyncio.get_running_loop().time()


sweeper = Sweeper()
