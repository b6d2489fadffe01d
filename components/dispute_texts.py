"""How a dispute's amounts, hours and parties are written on its page."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from components.dispute_labels import label
from components.words import t
from db.engine import current
from db.rules.money import fen_of, yuan
from db.rules.problems import Changed
from db.services.mediation.read import DisputeView

LINE = 200


def money(fen: int) -> str:
    """1,200.50 yuan / 1,200.50 元."""
    return t("{amount} yuan", amount=yuan(fen))


def typed(fen: int) -> str:
    """An amount as a field begins with it; nothing for none."""
    return yuan(fen) if fen else ""


def local(at: datetime | None) -> datetime | None:
    """A moment in the office's time zone."""
    return at.astimezone(ZoneInfo(current().settings.timezone)) if at is not None else None


def parties(seen: DisputeView) -> dict[int, str]:
    """The parties to choose from, masked."""
    return {int(row["id"]): f"{row['name']} · {label('side', row['side'])}" for row in seen.parties}


def as_typed(changed: Changed) -> Changed:
    """A conflict told in the fields of its form, not in the columns of its row."""
    theirs, mine = _as_typed(changed.theirs), _as_typed(changed.mine)
    return Changed(theirs=theirs, mine=mine, by=changed.by, version=changed.version)


def _as_typed(stored: Mapping[str, Any]) -> dict[str, Any]:
    told = dict(stored)
    if "amount" in told:
        fen = fen_of(told["amount"]) if isinstance(told["amount"], str) else told["amount"]
        told["amount"] = told["amount"] if fen is None else typed(fen)
    if "held_at" in told:
        begun, ended = local(told.pop("held_at")), local(told.pop("ended_at"))
        told |= {"held_on": begun and begun.date(), "held_time": begun and begun.time()}
        told |= {"ended_time": ended and ended.time()}
        told |= {name: json.loads(told[name]) for name in ("present", "mediators")}
    return told
