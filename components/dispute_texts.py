"""How a dispute's amounts, hours and parties are written on its page."""

from datetime import datetime
from zoneinfo import ZoneInfo

from components.dispute_labels import label
from components.words import t
from db.engine import current
from db.rules.money import yuan
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
