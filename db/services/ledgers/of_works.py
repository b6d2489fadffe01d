"""The registers of work as lines: meetings, reports, inspections and activities, with the units somebody reads."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from db.models import Meeting, Unit, Work, WorkUnit
from db.rules.permissions import Actor, Permission
from db.rules.problems import Named
from db.rules.scoring.works import Kind, Stand
from db.services.ledgers.asking import Asked, Line, Source, grouped
from db.services.works.scope import parts, visible


def _wanted(*kinds: Kind) -> Callable[[Actor, Asked], Select[*tuple[Any, ...]]]:
    def query(actor: Actor, asked: Asked) -> Select[*tuple[Any, ...]]:
        wanted = [visible(actor), Work.removed_at.is_(None), asked.on(Work.on_day)]
        if kinds:
            wanted.append(Work.kind.in_(kinds))
        if kinds == (Kind.MEETING,):
            # A meeting kept on the screen of meetings stands in its own line there.
            wanted.append(Work.id.not_in(select(Meeting.work_id).where(Meeting.work_id.is_not(None))))
        if asked.units is not None:
            named = select(WorkUnit.work_id).where(parts(actor), WorkUnit.unit_id.in_(asked.units))
            wanted.append(Work.id.in_(named))
        return select(Work).where(*wanted).order_by(Work.on_day, Work.id)

    return query


def _lines(session: Session, actor: Actor, _asked: Asked, rows: Sequence[Any]) -> list[Line]:
    works = [work for (work,) in rows]
    found = _parts(session, actor, [work.id for work in works])
    return [_line(work, found.get(work.id, [])) for work in works]


def _line(work: Work, shares: Sequence[Any]) -> Line:
    stood = {share.standing for _, share, *_ in shares}
    units = Named("、".join(name for *_, name, _ in shares), ", ".join(en or name for *_, name, en in shares))
    return {
        "id": work.id,
        "on_day": work.on_day,
        "kind": work.kind,
        "about": work.about,
        "title": work.title,
        "units": units,
        "stood": sorted(stood)[0] if len(stood) == 1 else "",
        "absent": sum(share.persons for _, share, *_ in shares) or None,
        "level": work.level,
        "papers": work.papers.split(),
        "note": work.note,
        "standings": {standing: sum(1 for _, s, *_ in shares if s.standing == standing) for standing in Stand},
        "away": Named(*_away(shares)),
    }


def _away(shares: Sequence[Any]) -> tuple[str, str]:
    away = [row for row in shares if row[1].standing in (Stand.EXCUSED, Stand.ABSENT)]
    return "、".join(name for *_, name, _ in away), ", ".join(en or name for *_, name, en in away)


def _parts(session: Session, actor: Actor, ids: Sequence[int]) -> Any:
    found: list[Any] = []
    for part in (ids[begin : begin + 500] for begin in range(0, len(ids), 500)):
        query = select(WorkUnit.work_id, WorkUnit, Unit.name, Unit.name_en).join(Unit, Unit.id == WorkUnit.unit_id)
        query = query.where(WorkUnit.work_id.in_(part), parts(actor)).order_by(WorkUnit.work_id, Unit.path)
        found += session.execute(query).all()
    return grouped(found)


def _told(session: Session, actor: Actor, asked: Asked, rows: Sequence[Any]) -> list[Line]:
    """As lines of a ledger made from several registers."""
    lines = _lines(session, actor, asked, rows)
    beside: dict[str, Callable[[Line], Line]] = {
        Kind.MEETING: _as_meeting,
        Kind.INSPECTION: lambda line: {"unit": line["units"], "item": line["title"], "reason": line["note"]},
        Kind.ACTIVITY: lambda line: {"who": line["units"]},
        Kind.REPORT: lambda _line: {},
    }
    return [line | beside[line["kind"]](line) for line in lines]


def _as_meeting(line: Line) -> Line:
    stood = line["standings"]
    came = stood[Stand.PRESENT] + stood[Stand.LED] + stood[Stand.DONE]
    told = {"present": came, "excused": stood[Stand.EXCUSED], "absent": stood[Stand.ABSENT]}
    return told | {"kind": line["about"], "place": "", "chair": "", "recorder": "", "who_absent": line["away"]}


WORKS = Source(Permission.WORKS_READ, _wanted(), _lines)
MEETINGS = Source(Permission.WORKS_READ, _wanted(Kind.MEETING), _told)
INSPECTIONS = Source(Permission.WORKS_READ, _wanted(Kind.INSPECTION), _told)
ACTIVITIES = Source(Permission.WORKS_READ, _wanted(Kind.ACTIVITY), _told)
REPORTS = Source(Permission.WORKS_READ, _wanted(Kind.REPORT), _told)
