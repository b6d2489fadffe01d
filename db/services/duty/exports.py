"""Taking a rota, its lists and histories away, as cases are: asked for, fetched once by their owner, journalled."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from db.engine import reading
from db.rules.permissions import Actor, Permission
from db.rules.problems import NotThere
from db.services.acts import guarded
from db.services.duty import gaps, history, rotas, swap_lists
from db.services.duty.viewing import RotaView, rota_view
from db.services.exports import Asked, Kind, asked_in, fetched, put_by, row_of, take_turn

Wanted = Mapping[str, Any]


@dataclass(frozen=True)
class Taken:
    """What was fetched: the list as its screen shows it, what it is, what was asked for, and the language."""

    rows: pd.DataFrame
    kind: Kind
    asked: Wanted
    language: str


@guarded(Permission.DUTY_READ)
def ask_rota(actor: Actor, *, rota_id: int, language: str) -> Asked:
    """Prepare the grid of one rota with its counts to be fetched once; raises NotThere or TooMany."""
    take_turn(Permission.DUTY_READ, actor)
    return _put(actor, Kind.ROTA, len(rota_view(actor, rota_id=rota_id).members), language, rota_id=rota_id)


@guarded(Permission.DUTY_READ)
def ask_rotas(actor: Actor, *, duty_id: int | None = None, language: str) -> Asked:
    """Prepare the list of rotas to be fetched once; raises TooMany."""
    return _ask(actor, Kind.ROTAS, language, duty_id=duty_id)


@guarded(Permission.DUTY_READ)
def ask_swaps(actor: Actor, *, language: str) -> Asked:
    """Prepare every swap one has to do with to be fetched once, reasons for who may read them; raises TooMany."""
    return _ask(actor, Kind.SWAPS, language)


@guarded(Permission.DUTY_READ)
def ask_gaps(actor: Actor, *, duty_id: int, from_on: date, until_on: date, language: str) -> Asked:
    """Prepare the missing marks of a duty to be fetched once; raises NotThere or TooMany."""
    return _ask(actor, Kind.DUTY_GAPS, language, duty_id=duty_id, from_on=from_on, until_on=until_on)


@guarded(Permission.DUTY_PLAN)
def ask_people(actor: Actor, *, duty_id: int, from_on: date, until_on: date, language: str) -> Asked:
    """Prepare what everybody of a duty served to be fetched once; raises NotThere, Problems or TooMany."""
    return _ask(actor, Kind.DUTY_PEOPLE, language, duty_id=duty_id, from_on=from_on, until_on=until_on)


@guarded(Permission.DUTY_SERVE)
def ask_months(actor: Actor, *, member_id: int | None = None, from_on: date, until_on: date, language: str) -> Asked:
    """Prepare what one member (oneself without one) served by month to be fetched once, as ask_people."""
    return _ask(actor, Kind.DUTY_MONTHS, language, member_id=member_id, from_on=from_on, until_on=until_on)


@guarded(Permission.DUTY_READ)
def fetch_rota(actor: Actor, *, token: str) -> tuple[RotaView, str]:
    """The rota as it stands now and the language asked for, once, for its owner only; raises NotThere."""
    with reading() as session:
        asked = asked_in(row_of(session, actor, token, Kind.ROTA))
    seen = rota_view(actor, rota_id=int(asked["rota_id"]))
    fetched(actor, token, Kind.ROTA, tbl="rota", pk=seen.id, detail={"rows": len(seen.members)})
    return seen, str(asked["language"])


@guarded(Permission.DUTY_READ)
def fetch_list(actor: Actor, *, token: str) -> Taken:
    """A list as it stands now, once, for its owner only; raises NotThere."""
    with reading() as session:
        row = row_of(session, actor, token)
        kind, asked = Kind(row.kind), asked_in(row)
    if kind not in _LISTS:
        raise NotThere("export")
    wanted = _wanted(asked)
    rows = _LISTS[kind](actor, wanted)
    fetched(actor, token, kind, tbl=_TABLES[kind], detail={"rows": len(rows)} | wanted)
    return Taken(rows, kind, wanted, str(asked["language"]))


def _ask(actor: Actor, kind: Kind, language: str, **wanted: Any) -> Asked:
    take_turn(Permission.DUTY_READ, actor)
    return _put(actor, kind, len(_LISTS[kind](actor, wanted)), language, **wanted)


def _put(actor: Actor, kind: Kind, rows: int, language: str, **wanted: object) -> Asked:
    return put_by(actor, kind, {**wanted, "language": language}, rows)


def _wanted(asked: Wanted) -> dict[str, Any]:
    """What was asked for, days as days again."""
    days = {name: date.fromisoformat(asked[name]) for name in ("from_on", "until_on") if name in asked}
    return {name: value for name, value in asked.items() if name != "language"} | days


_LISTS: Mapping[Kind, Callable[[Actor, Wanted], pd.DataFrame]] = {
    Kind.ROTAS: lambda actor, wanted: rotas.rotas(actor, **wanted),
    Kind.SWAPS: lambda actor, _: swap_lists.swaps(actor, live=False),
    Kind.DUTY_GAPS: lambda actor, wanted: gaps.gaps(actor, **wanted),
    Kind.DUTY_PEOPLE: lambda actor, wanted: history.people(actor, **wanted),
    Kind.DUTY_MONTHS: lambda actor, wanted: history.months(actor, **wanted),
}
_TABLES: Mapping[Kind, str] = {
    Kind.ROTAS: "rota",
    Kind.SWAPS: "duty_swap",
    Kind.DUTY_GAPS: "duty_attendance",
    Kind.DUTY_PEOPLE: "rota_place",
    Kind.DUTY_MONTHS: "rota_place",
}
