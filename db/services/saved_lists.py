"""Lists people saved: where a list stands in its address, never its rows; shared with roles, pinned with a count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from db import clock
from db.engine import reading
from db.models import ListPin, ListShare, SavedList
from db.rules.permissions import Actor, Permission, Role
from db.rules.problems import N_, Check, Problem, Problems
from db.services.acts import guarded
from db.services.records import seen
from db.services.shelf import LONGEST_NAME, Shelf, named

__all__ = ["LONGEST_NAME", "Saved", "of_screen", "pin", "pinned", "remove", "removed", "rename", "restore", "save",
           "share", "unpin"]  # fmt: skip
LONGEST_QUERY, MOST_PINNED = 2000, 8
# Which page of a list, and which record stands open above it, is not the list.
LEFT_OUT = ("page", "id")
SHELF = Shelf(
    "lists", SavedList, ListShare, ListPin, "list_id", MOST_PINNED,
    N_("At most {most} lists stand on a desk. Take one off first."),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Saved:
    """A saved list; `mine` may be changed, `roles` are told to its owner only, `query` is in its fixed order."""

    id: int
    version: int
    name: str
    screen: str
    query: str
    owner: str
    mine: bool
    roles: tuple[Role, ...]
    pinned: bool
    saved_at: datetime

    @property
    def address(self) -> dict[str, str]:
        """What stands in the address of the list."""
        return dict(parse_qsl(self.query))


def fixed(query: str) -> str:
    """A query without what is not the list, in one order, so that the same list reads the same."""
    named_there = {name: value for name, value in parse_qsl(query) if name not in LEFT_OUT}
    return urlencode(sorted(named_there.items()))


@guarded(Permission.ACCOUNT_OWN)
def of_screen(actor: Actor, *, screen: str) -> list[Saved]:
    """The lists of a screen that are mine or shared with a role of mine, the latest first."""
    with reading() as session:
        return _told(session, actor, SavedList.screen == screen, SavedList.removed_at.is_(None), SHELF.within(actor))


@guarded(Permission.ACCOUNT_OWN)
def removed(actor: Actor, *, screen: str) -> list[Saved]:
    """Mine of a screen that were removed and can be put back."""
    with reading() as session:
        gone = SavedList.removed_at.is_not(None)
        return _told(session, actor, SavedList.screen == screen, gone, SavedList.owner_id == actor.id)


@guarded(Permission.ACCOUNT_OWN)
def pinned(actor: Actor) -> list[Saved]:
    """What stands on my desk, in its order; a list that is no longer shared with me is not there."""
    with reading() as session:
        places = SHELF.places(session, actor)
        if not places:
            return []
        found = _told(session, actor, SavedList.id.in_(places), SavedList.removed_at.is_(None), SHELF.within(actor))
    return sorted(found, key=lambda one: (places[one.id], one.id))[:MOST_PINNED]


@guarded(Permission.ACCOUNT_OWN)
def save(actor: Actor, *, name: str, screen: str, query: str, key: str) -> int:
    """Keep where a list stands under a name; answers its id."""
    query, line = fixed(query), named(name)
    check = Check()
    check.that(len(query) <= LONGEST_QUERY, "name", N_("This list asks for too much to be saved."))
    check.done()
    return SHELF.add(
        actor, key,
        lambda: SavedList(owner_id=actor.id, name=line, screen=screen, query=query, saved_at=clock.now()),
    )  # fmt: skip


@guarded(Permission.ACCOUNT_OWN)
def rename(actor: Actor, *, list_id: int, version: int, name: str, key: str) -> int:
    """Another name for a list of mine; answers its id. Raises Changed with both versions."""
    line = named(name)

    def write(session: Session, row: SavedList) -> None:
        seen(session, SavedList, row.id, version, {"name": line})
        row.name = line

    return SHELF.write(actor, list_id, key, "rename", write)


@guarded(Permission.ACCOUNT_OWN)
def remove(actor: Actor, *, list_id: int, version: int, key: str) -> int:
    """Take a list of mine away, from who it was shared with too; it can be put back."""

    def write(session: Session, row: SavedList) -> None:
        seen(session, SavedList, row.id, version, {})
        row.removed_at = clock.now()

    return SHELF.write(actor, list_id, key, "remove", write)


@guarded(Permission.ACCOUNT_OWN)
def restore(actor: Actor, *, list_id: int, key: str) -> int:
    """Put a removed list of mine back, with its shares and pins."""

    def write(_session: Session, row: SavedList) -> None:
        row.removed_at = None

    return SHELF.write(actor, list_id, key, "restore", write)


@guarded(Permission.LISTS_SHARE)
def share(actor: Actor, *, list_id: int, roles: Sequence[str], key: str) -> int:
    """Show a list of mine to everybody in these roles, and to nobody else; each sees the rows that are theirs."""
    if not set(roles) <= set(Role):
        raise Problems(Problem("roles", N_("This is not one of the choices.")))
    return SHELF.write(actor, list_id, key, "share", lambda session, row: SHELF.show_to(session, row.id, roles))


@guarded(Permission.ACCOUNT_OWN)
def pin(actor: Actor, *, list_id: int, key: str) -> int:
    """Put a list on my desk, at most MOST_PINNED; answers its id."""
    return SHELF.put_on_desk(actor, list_id, key)


@guarded(Permission.ACCOUNT_OWN)
def unpin(actor: Actor, *, list_id: int, key: str) -> int:
    """Take a list off my desk; answers its id."""
    return SHELF.take_off_desk(actor, list_id, key)


def _told(session: Session, actor: Actor, *conditions: ColumnElement[bool]) -> list[Saved]:
    found = SHELF.told(session, actor, *conditions)
    roles = SHELF.roles_of(session, [row.id for row, *_ in found if row.owner_id == actor.id])
    return [
        Saved(
            id=row.id, version=row.version, name=row.name, screen=row.screen, query=row.query, owner=owner,
            mine=row.owner_id == actor.id, roles=roles.get(row.id, ()), pinned=on_desk, saved_at=row.saved_at,
        )
        for row, owner, on_desk in found
    ]  # fmt: skip
