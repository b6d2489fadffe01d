"""Starting: the database opened and migrated, the guard in place, the sweeper running, memory kept small."""

import asyncio
import contextlib
import logging
import os
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from typing import Any

import streamlit as st
import uvicorn
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from streamlit import config
from streamlit.runtime.pages_manager import PagesManager

from components.front_door import identity, incidents, keeper, memory, options, routes
from components.front_door.guard import Guard
from components.front_door.sweeper import sweeper
from db import engine, migrations, settings
from db.rules.problems import LinliError
from db.services import accounts, keeping
from db.services.keeping import safety
from db.settings import Settings, SettingsError

_LINK_SHOWN = "SET_UP_LINK_SHOWN"


def build() -> Mapping[str, Any]:
    """What st.App is made of; opens the process's database. A start that is refused ends here, in one line."""
    try:
        return _built()
    except SettingsError as refused:
        print(f"Linli does not start: {refused}", file=sys.stderr, flush=True)  # noqa: T201 - the terminal is all there is
        os._exit(1)  # Streamlit would turn anything raised here into its own traceback


def _built() -> Mapping[str, Any]:
    # Streamlit would turn files directly under pages/ into addresses that run without app.py.
    PagesManager.uses_pages_directory = False
    memory.keep_few_heaps()
    _look_at_options()
    config.set_option("server.trustedUserHeaders", {identity.IDENTITY: identity.USER_KEY})
    logging.getLogger("streamlit.error_util").addFilter(incidents.NoValues())
    _prepare_sockets()
    office = settings.load()
    # What the server lets through; each screen asks for what it takes, and each service looks again.
    config.set_option("server.maxUploadSize", max(office.upload_megabytes, office.import_megabytes))
    if os.environ.get(_LINK_SHOWN) is None:
        keeping.look_before_start(office)
    migrations.upgrade(engine.open_database(office))
    if os.environ.get(_LINK_SHOWN) is None:
        print(*_set_up_lines(office), sep="\n", flush=True)  # noqa: T201 - the only place for this link
    made = {
        "routes": list(routes.collected()),
        "middleware": [Middleware(Guard)],
        "lifespan": _lifespan,
        "on_script_error": incidents.on_script_error,
        "exception_handlers": dict.fromkeys((HTTPException, LinliError), incidents.on_route_error),
    }
    memory.freeze_what_is_loaded()
    return made


# Streamlit says so whenever its decorators are imported before a server runs; nobody at a terminal can use it.
logging.getLogger("streamlit.runtime.caching.cache_data_api").setLevel(logging.ERROR)


def prepare(office: Settings, *, host: str = "127.0.0.1", port: int = 8501) -> list[str]:
    """Open and migrate the database; answers lines for the terminal, with the set-up link when one is needed."""
    _look_at_options()
    keeping.look_before_start(office)
    with contextlib.closing(engine.open_database(office)) as database:
        migrations.upgrade(database)
        os.environ[_LINK_SHOWN] = "1"
        told = [f"Note: {line}." for line in safety.notices(office, host=host)]
        return [*told, *_set_up_lines(office, host=host, port=port)]


def _look_at_options() -> None:
    if unsafe := list(options.refusals()):
        raise SettingsError("; ".join(unsafe))


def _set_up_lines(office: Settings, *, host: str = "", port: int = 0) -> list[str]:
    if accounts.has_administrator():
        return []
    host = host or str(config.get_option("server.address") or "127.0.0.1")
    host = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 - compared with
    where = office.public_url.rstrip("/") or f"http://{host}:{port or config.get_option('server.port')}"
    return [
        "This office has no administrator yet. Open this link within a day; it works once:",
        f"{where}/setup?token={accounts.issue_set_up_ticket()}",
    ]


@contextlib.asynccontextmanager
async def _lifespan(_app: st.App) -> AsyncIterator[None]:
    tasks = [
        asyncio.create_task(sweeper.run()),
        asyncio.create_task(keeper.run()),
        asyncio.create_task(keeper.back_up()),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await sweeper.note_use(everything=True)
        await keeper.keep()
        engine.current().close()


def _prepare_sockets() -> None:
    """Two things Streamlit has no option for: leave uvicorn's name out, and send small answers at once.

    Streamlit opens the listening socket without naming TCP, so asyncio leaves Nagle's algorithm on and every
    answer in two parts waits 40 ms for the other side's delayed acknowledgement. Connections inherit the option.
    """
    usual = uvicorn.Server.startup

    async def startup(self: uvicorn.Server, sockets: list[socket.socket] | None = None) -> None:
        self.config.encoded_headers = [h for h in self.config.encoded_headers if h[0] != b"server"]
        for listening in sockets or ():
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await usual(self, sockets)

    uvicorn.Server.startup = startup  # type: ignore[method-assign]
