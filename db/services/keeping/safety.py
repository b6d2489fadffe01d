"""What makes a start unsafe: refused in one line each, or told in one where somebody has to know and may go on."""

import os
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from db.rules.permissions import Role
from db.services.keeping.keys import FILE as BACKUP_KEY
from db.services.keeping.soundness import database_file
from db.settings import Settings, SettingsError

LEAST_REASON = 10
PRIVATE = 0o077


def refusals(settings: Settings) -> Iterator[str]:
    """Why this office doesn't start as it is set up, each with what to do."""
    yield from (f"{path} may be read by others; set its mode to 0600" for path in readable_by_others(settings))
    plain = settings.public_url and not settings.https and not is_local(urlsplit(settings.public_url).hostname or "")
    if plain and not is_reason(settings.without_tls):
        yield (
            "public_url is http://: passwords would travel readable; use https://, "
            f"or write into without_tls why not ({LEAST_REASON} characters or more)"
        )
    if not settings.asks_second_factor({Role.ADMINISTRATOR}) and not is_reason(settings.without_second_factor):
        yield (
            "second_factor_roles leaves the administrator out: a stolen password is enough to run the office; "
            f"name the administrator, or write into without_second_factor why not ({LEAST_REASON} characters or more)"
        )


def refuse_unsafe(settings: Settings) -> None:
    """Raises SettingsError with all of it, as a start, a restore and a drill do."""
    if unsafe := list(refusals(settings)):
        raise SettingsError("; ".join(unsafe))


def notices(settings: Settings, *, host: str = "") -> Iterator[str]:
    """What the administrator has to know at the start; `host` is the address listened on."""
    if runs_as_root():
        yield "Linli runs as root; give it a user of its own, so that a hole in it is not one in the computer"
    if host and not is_local(host) and not settings.https:
        yield "without TLS passwords travel readable: put a proxy with TLS in front and set public_url to https://"
    if not settings.asks_second_factor({Role.ADMINISTRATOR}):
        yield f"the administrator needs no second factor: {settings.without_second_factor.strip()}"


def runs_as_root() -> bool:
    """Whether a hole in Linli would be one in the whole computer."""
    return os.name == "posix" and os.geteuid() == 0


def private_files(settings: Settings) -> list[Path]:
    """The files that are for their owner only, as far as they stand; none where the system knows no such modes."""
    if os.name != "posix":
        return []
    database = database_file(settings)
    logs = [] if database is None else [Path(f"{database}{ending}") for ending in ("", "-wal", "-shm")]
    keys = [settings.folder / name for name in ("secrets.json", BACKUP_KEY)]
    return [path for path in (*keys, *logs) if path.exists()]


def readable_by_others(settings: Settings) -> list[Path]:
    """Those of them that somebody else on this computer may read or write."""
    return [path for path in private_files(settings) if path.stat().st_mode & PRIVATE]


def is_reason(text: str) -> bool:
    """Whether somebody wrote down why."""
    return len(text.strip()) >= LEAST_REASON


def is_local(host: str) -> bool:
    """Whether this name or address never leaves the computer."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
