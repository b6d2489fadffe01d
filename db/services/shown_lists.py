"""Any list of a screen taken away as it is shown: kept hidden until its owner fetches it, once, and journalled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from db.engine import reading
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, NotThere, Problem, Problems
from db.services.acts import guarded
from db.services.exports import Asked, Kind, asked_in, fetched, put_by, row_of, take_turn

MOST_ROWS = 5_000
MOST_COLUMNS = 60
P = Permission


@dataclass(frozen=True)
class Listed:
    """A list: who sees it, the table it shows, and whether it says more of people than their names."""

    permission: Permission
    table: str
    personal: bool = False


# By the path of its screen, and a part of it where a screen has several.
LISTS: Mapping[str, Listed] = {
    "imports": Listed(P.CASES_IMPORT, "case_import", personal=True),
    "supervision": Listed(P.CASES_READ, "supervision"),
    "committees": Listed(P.COMMITTEES_READ, "committee"),
    "duties": Listed(P.DUTY_READ, "duty"),
    "meetings": Listed(P.MEETINGS_READ, "meeting"),
    "meeting-kinds": Listed(P.MEETINGS_MANAGE, "meeting_kind"),
    "charts": Listed(P.CHARTS_DRAW, "saved_chart"),
    "briefings": Listed(P.BRIEFINGS_READ, "briefing"),
    "scores": Listed(P.SCORES_OPEN, "score_sheet"),
    "assessments": Listed(P.SCORES_READ, "assessment"),
    "people": Listed(P.PEOPLE_MANAGE, "person", personal=True),
    "roles": Listed(P.PEOPLE_MANAGE, "person_role"),
    "units": Listed(P.UNITS_MANAGE, "unit"),
    "codes": Listed(P.CODES_MANAGE, "code"),
    "limits": Listed(P.LIMITS_MANAGE, "limit_rule"),
    "calendar": Listed(P.CALENDAR_MANAGE, "calendar_day"),
    "backups": Listed(P.BACKUPS_MANAGE, "journal"),
    "templates": Listed(P.TEMPLATES_MANAGE, "template"),
    "layouts": Listed(P.TEMPLATES_MANAGE, "layout"),
    "retention": Listed(P.RETENTION_PROPOSE, "retention_review"),
    "data-requests": Listed(P.DATA_REQUESTS_KEEP, "data_request", personal=True),
    "journal": Listed(P.JOURNAL_READ, "journal"),
}
Cell = str | int | float | date | datetime | None


@dataclass(frozen=True)
class Taken:
    """A list as it was shown: its title, headings and rows, and what it was asked by, all in words."""

    title: str
    headings: tuple[str, ...]
    rows: list[list[Cell]]
    about: tuple[tuple[str, str], ...]
    language: str


@guarded(Permission.ACCOUNT_OWN)
def ask(
    actor: Actor,
    *,
    shown: str,
    title: str,
    headings: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    about: Sequence[tuple[str, str]] = (),
    language: str,
) -> Asked:
    """Put the rows by, to be fetched once; raises Refused, NotThere, Problems or TooMany."""
    if shown not in LISTS:
        raise NotThere(f"list {shown}")
    actor.must(LISTS[shown].permission)
    if not 0 < len(headings) <= MOST_COLUMNS or any(len(row) != len(headings) for row in rows):
        raise Problems(Problem("columns", N_("This is not one of the choices.")))
    if len(rows) > MOST_ROWS:
        raise Problems(Problem("", N_("At most {most} rows at once. Narrow the list down."), {"most": MOST_ROWS}))
    take_turn(LISTS[shown].permission, actor)
    asked: dict[str, object] = {"shown": shown, "title": title, "headings": list(headings), "language": language}
    asked |= {"rows": [[_written(cell) for cell in row] for row in rows], "about": [list(one) for one in about]}
    return put_by(actor, Kind.SHOWN, asked, len(rows))


@guarded(Permission.ACCOUNT_OWN)
def fetch(actor: Actor, *, token: str) -> Taken:
    """What was put by, once, for its owner only, while they may still see that list; raises NotThere, Refused."""
    with reading() as session:
        asked = asked_in(row_of(session, actor, token, Kind.SHOWN))
    listed = LISTS[asked["shown"]]
    actor.must(listed.permission)
    detail = {"list": asked["shown"], "rows": len(asked["rows"]), "columns": asked["headings"]}
    fetched(actor, token, Kind.SHOWN, tbl=listed.table, detail=detail | {"personal": listed.personal})
    return Taken(
        asked["title"],
        tuple(asked["headings"]),
        [[_read(cell) for cell in row] for row in asked["rows"]],
        tuple((name, value) for name, value in asked["about"]),
        asked["language"],
    )


def _written(cell: Cell) -> Any:
    if isinstance(cell, datetime):
        return {"at": cell.isoformat()}
    return {"day": cell.isoformat()} if isinstance(cell, date) else cell


def _read(cell: Any) -> Cell:
    if isinstance(cell, dict):
        return datetime.fromisoformat(cell["at"]) if "at" in cell else date.fromisoformat(cell["day"])
    found: Cell = cell
    return found
