"""Lines of the registers of work: added, corrected as a whole with their units, removed and restored."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock
from db.engine import current, reading, transaction
from db.models import Unit, Work, WorkUnit
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Changed, Check, Named, Problem, Problems
from db.rules.scoring.works import Line, Part, check_part, check_work, first_parts, standings
from db.services import files
from db.services.acts import earlier, guarded, remember
from db.services.files import Upload
from db.services.records import fill, last_writer, seen
from db.services.works import scope

Seen = Mapping[int, tuple[int, Part]]
"""Units' parts as they shall be, by unit: the version seen (0: not in the line yet) and the part."""

UNFIT = N_("The way {unit} stands in this line does not fit. Enter another line instead.")


@guarded(Permission.WORKS_KEEP)
def add(
    actor: Actor,
    *,
    kind: str,
    about: str | None = "",
    on_day: date | None,
    title: str = "",
    level: str = "",
    papers: Sequence[str] = (),
    note: str = "",
    unit_ids: Sequence[int] = (),
    parts: Sequence[Part] = (),
    uploads: Sequence[Upload] = (),
    shared: bool = False,
    key: str,
) -> int:
    """A new line; `unit_ids` begin as most units end, `parts` stand as they say. Answers its id.

    Files that are `shared` may be opened by the units the line names. Raises Problems.
    """
    with reading() as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
    line = _line(kind, about, on_day, title, level, papers, note)
    with files.stored(files.checked(uploads, "uploads")) as stored, transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        told = {part.unit_id: part for part in parts}
        every = {part.unit_id: part for part in first_parts(kind, line.about, unit_ids)} | told
        check = Check()
        check_work(check, line, _today())
        check.that(every, "unit_ids", N_("Choose at least one unit."))
        _check_units(session, check, every)
        for part in told.values():
            check_part(check, part, kind, line.about, _today())
        check.done()
        work = Work(kind=kind, written_by_id=actor.id, **columns_of_line(line))
        session.add(work)
        session.flush()
        session.add_all(_row(work.id, part) for part in every.values())
        files.add_rows_to_work(session, actor, work.id, stored, internal=not shared)
        session.flush()
        remember(session, actor, key, "works.add", work.id)
        return work.id


@guarded(Permission.WORKS_KEEP)
def edit(
    actor: Actor,
    *,
    work_id: int,
    version: int,
    about: str | None,
    on_day: date | None,
    title: str,
    level: str = "",
    papers: Sequence[str] = (),
    note: str = "",
    parts: Seen | None = None,
    key: str,
) -> int:
    """Correct a line and the parts named, all or nothing; a part with the standing "" is taken out of the line.

    Answers the line's version. Raises Problems, and Changed when somebody saved the line or one of these parts first.
    """
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        work = scope.kept(session, actor, work_id)
        line = _line(work.kind, about, on_day, title, level, papers, note)
        _must_be_seen(session, work, version, line)
        check = Check()
        check_work(check, line, _today())
        check.done()
        fill(work, columns_of_line(line))
        for unit_id, (seen_version, part) in (parts or {}).items():
            set_part(session, work, unit_id, seen_version, part)
        session.flush()
        _check_all_fit(session, work)
        remember(session, actor, key, "works.edit", work.version)
        return work.version


@guarded(Permission.WORKS_KEEP)
def remove(actor: Actor, *, work_id: int, version: int, key: str) -> int:
    """Take a line out of the register; it counts nowhere until it is restored. Answers its version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        scope.kept(session, actor, work_id)
        return _mark(session, actor, work_id, version, key, removed=True)


@guarded(Permission.WORKS_KEEP)
def restore(actor: Actor, *, work_id: int, version: int, key: str) -> int:
    """Put a removed line back; answers its version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        if scope.load(session, actor, work_id).removed_at is None:
            raise Problems(Problem("", N_("This stands already.")))
        return _mark(session, actor, work_id, version, key, removed=False)


def set_part(session: Session, work: Work, unit_id: int, version: int, part: Part) -> WorkUnit | None:
    """Write one unit's part in the caller's transaction; "" takes it out. Raises Problems or Changed."""
    row = session.scalars(
        select(WorkUnit).where(WorkUnit.work_id == work.id, WorkUnit.unit_id == unit_id).with_for_update()
    ).one_or_none()
    mine = columns_of(part)
    if (row.version if row else 0) != version:
        theirs = {name: getattr(row, name) for name in mine} if row else {}
        by = last_writer(session, WorkUnit.__tablename__, row.id) if row else ""
        raise Changed(theirs=theirs, mine=mine, by=by, version=row.version if row else 0)
    if part.standing:
        check = Check()
        check_part(check, part, work.kind, work.about, _today())
        if row is None or not row.standing:
            _check_units(session, check, {unit_id: part})
        check.done()
    if row is None:
        row = _row(work.id, part) if part.standing else None
        session.add_all([row] if row else [])
    else:
        fill(row, mine)
    session.flush()
    return row


def columns_of(part: Part) -> dict[str, Any]:
    """A part as it is stored; one that was taken out says nothing more."""
    if not part.standing:
        return {"standing": "", "persons": 0, "handed_in_on": None, "note": ""}
    own = {"standing": part.standing, "persons": part.persons, "handed_in_on": part.handed_in_on}
    return own | {"note": part.note.strip()}


def _line(
    kind: str, about: str | None, on_day: date | None, title: str, level: str, papers: Sequence[str], note: str
) -> Line:
    chosen = tuple(dict.fromkeys(papers))
    return Line(
        kind=kind, about=about or "", on_day=on_day, title=title, level=level or "", papers=chosen, note=note.strip()
    )


def columns_of_line(line: Line) -> dict[str, Any]:
    """What a line says, as it is stored."""
    own = {name: getattr(line, name) for name in ("about", "on_day", "level", "note")}
    return own | {"title": line.title.strip(), "papers": " ".join(line.papers)}


def _row(work_id: int, part: Part) -> WorkUnit:
    return WorkUnit(work_id=work_id, unit_id=part.unit_id, **columns_of(part))


def _must_be_seen(session: Session, work: Work, version: int, line: Line) -> None:
    """As records.seen, with papers as their field shows them."""
    try:
        seen(session, Work, work.id, version, columns_of_line(line))
    except Changed as changed:
        theirs, mine = ({**one, "papers": str(one["papers"]).split()} for one in (changed.theirs, changed.mine))
        raise Changed(theirs=theirs, mine=mine, by=changed.by, version=changed.version) from changed


def _check_units(session: Session, check: Check, unit_ids: Mapping[int, Part]) -> None:
    known = select(Unit.id).where(Unit.id.in_(list(unit_ids)), Unit.active)
    fine = set(session.scalars(known)) == set(unit_ids)
    check.that(fine, "unit_ids", N_("Choose units that are in use."))


def _check_all_fit(session: Session, work: Work) -> None:
    """Every part left standing fits what the line is now."""
    query = select(WorkUnit.standing, Unit.name, Unit.name_en).join(Unit, Unit.id == WorkUnit.unit_id)
    query = query.where(WorkUnit.work_id == work.id, WorkUnit.standing != "")
    allowed, check = standings(work.kind, work.about), Check()
    rows = session.execute(query.order_by(Unit.id)).all()
    check.that(rows, "unit_ids", N_("Choose at least one unit."))
    for row in rows:
        if row.standing not in allowed:
            check.that(False, "about", UNFIT, unit=Named(row.name, row.name_en))
            break
    check.done()


def _mark(session: Session, actor: Actor, work_id: int, version: int, key: str, *, removed: bool) -> int:
    row = seen(session, Work, work_id, version, {"removed": removed})
    row.removed_at = clock.now() if removed else None
    session.flush()
    remember(session, actor, key, f"works.{'remove' if removed else 'restore'}", row.version)
    return row.version


def _today() -> date:
    return clock.today(current().settings.timezone)
