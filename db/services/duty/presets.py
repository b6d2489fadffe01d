"""Duties to begin with (db/presets/duties.toml), each naming its rule; they are corrected like any other."""

from collections.abc import Mapping
from datetime import time
from typing import Any

from sqlalchemy.orm import Session

from db.engine import transaction
from db.models import DutyNeed, DutyPost, DutyShift
from db.rules.permissions import Actor, Permission
from db.rules.problems import Problem, Problems
from db.services.acts import earlier, guarded
from db.services.duty.describing import RULES, add_checked
from db.services.office.presets import preset as preset_file
from db.services.records import fill


@guarded(Permission.DUTY_MANAGE)
def duty_presets(actor: Actor, *, language: str = "zh") -> dict[str, str]:
    """The duties to choose from: code to name."""
    name = "name_en" if language == "en" else "name"
    return {told["code"]: told[name] for told in _told()}


@guarded(Permission.DUTY_MANAGE)
def load_duty_preset(actor: Actor, *, preset: str | None, unit_id: int | None = None, key: str) -> int:
    """A new duty with the posts, shifts and needs of a preset; answers its id."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        told = next((one for one in _told() if one["code"] == preset), None)
        if told is None:
            raise Problems(Problem("preset", "Choose a duty to begin with."))
        values = {name: told[name] for name in ("name", "name_en", "source", "source_en", "responsible")} | {
            "unit_id": unit_id
        }
        rules = dict.fromkeys(RULES) | {"least_rest": 0} | {name: told[name] for name in RULES if name in told}
        duty_id = add_checked(session, actor, values | rules, key, "duty.load_duty_preset")
        _add_parts(session, duty_id, told)
        return duty_id


def _told() -> list[dict[str, Any]]:
    return list(preset_file("duties")["duty"])


def _add_parts(session: Session, duty_id: int, told: Mapping[str, Any]) -> None:
    ids: dict[tuple[str, str], int] = {}
    for what, kind in (("posts", DutyPost), ("shifts", DutyShift)):
        for position, part in enumerate(told[what]):
            row = kind(duty_id=duty_id, position=position)
            fill(row, {name: _value(name, value) for name, value in part.items() if name != "key"})
            session.add(row)
            session.flush()
            ids[what, part["key"]] = row.id
    for part in told["needs"]:
        need = DutyNeed(duty_id=duty_id, post_id=ids["posts", part["post"]], shift_id=ids["shifts", part["shift"]])
        fill(need, {name: value for name, value in part.items() if name not in ("post", "shift")})
        session.add(need)
    session.flush()


def _value(name: str, value: Any) -> Any:
    """A time of day as minutes from midnight, anything else as it stands."""
    if name != "begins":
        return value
    begins = time.fromisoformat(value)
    return begins.hour * 60 + begins.minute
