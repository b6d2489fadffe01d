"""Writing a chunk of planned rows inside one transaction, many at a time: cases and all that belongs to them."""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import cast

from sqlalchemy import Table, func, insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from db import clock
from db.base import Base
from db.engine import current
from db.models import Case, CaseImportRow, CaseLink, RunningNumber, Submission
from db.rules.case_import import Note, Planned, Verdict
from db.rules.clocks import clocks_for
from db.rules.permissions import Actor
from db.rules.problems import N_, Problems
from db.services import search
from db.services.case_clocks import facts_of, keep
from db.services.cases.edit import change
from db.services.duty.now import leader_on_shift
from db.services.importing.matters import Ground
from db.services.importing.planning import intake_of, reason, repeat_note
from db.services.intake.registering import DELETED, first_entry, new_case, new_code, next_number, parties_of
from db.services.working_days import working_calendar

ACT = "importing"
WARNING, REPEAT = "warning", "repeat"
DUE = ("promise_due_on", "statute_due_on", "next_due_on", "provisional", "notice_due_on", "answer_due_on")
REFUSED = N_("The database can't keep this row.")
Dues = dict[tuple[date | None, str, str, bool, date | None], tuple[object, ...]]


class Writer:
    """Writes the chunks of one import under one actor; the due days of like cases are reckoned once."""

    def __init__(self, actor: Actor, import_id: int, ground: Ground) -> None:
        self._actor, self._import_id, self.ground = actor, import_id, ground
        self._dues: Dues = {}

    def write(
        self, session: Session, rows: Sequence[Planned], notes: Iterable[Note], *, one_by_one: bool = False
    ) -> list[Planned]:
        """Write the rows; answers them, those the rules refused after all as rejected.

        What the database refuses is raised as DBAPIError, or rejected as well when they are written `one_by_one`,
        which is slow: inside a savepoint SQLite walks through every page it kept for it after each statement.
        """
        done = (
            [one for row in rows for one in self._alone(session, row)] if one_by_one else self._together(session, rows)
        )
        self._record(session, done, notes)
        return [row for row, _, _ in done]

    def _alone(self, session: Session, row: Planned) -> list["_Done"]:
        try:
            with session.begin_nested():
                return self._together(session, [row])
        except DBAPIError:
            return [(Planned(row.told, Verdict.REJECT, reason=Note(row.told.row, REFUSED)), None, "")]

    def _together(self, session: Session, rows: Sequence[Planned]) -> list["_Done"]:
        added = self._add(session, [row for row in rows if row.verdict is Verdict.ADD])
        done = [
            self._update(session, row) if row.verdict is Verdict.UPDATE else (row, added.get(row.told.row), "")
            for row in rows
        ]
        self._link(session, done)
        keys = [
            {
                "key": row.told.key,
                "person_id": self._actor.id,
                "act": f"{ACT}:{self._import_id}",
                "result": json.dumps(case_id),
                "at": clock.now(),
            }
            for row, case_id, _ in done
            if case_id and row.verdict in (Verdict.ADD, Verdict.UPDATE)
        ]
        if keys:
            session.execute(insert(Submission), keys)
        return done

    def _add(self, session: Session, rows: Sequence[Planned]) -> dict[int, int]:
        """Write new cases with everything that belongs to them; answers their ids by row."""
        if not rows:
            return {}
        now = clock.now()
        year = clock.today(current().settings.timezone).year
        last = next_number(session, "case", year, len(rows))
        leader = leader_on_shift(session, now)
        cases = []
        beside: list[Base] = []
        for place, (row, case_id) in enumerate(zip(rows, _fresh_ids(session, len(rows)), strict=True)):
            intake = intake_of(row.told, self.ground)
            case = new_case(
                intake,
                id=case_id,
                code=new_code(),
                running=last - len(rows) + 1 + place,
                registered_by_id=None,  # so that its clocks run from the day it came here
                first_responsible_id=leader,
                limit_set_id=self.ground.limits.id,
                note=row.told.note,
                imported_due_on=row.told.due_on,
                open=True,
                extended_days=0,
            )
            self._keep_due(session, case)
            cases.append(case)
            beside += [*parties_of(case, intake), first_entry(case, self._actor), search.row_of(case)]
        _insert(session, [*cases, *beside])
        return {row.told.row: case.id for row, case in zip(rows, cases, strict=True)}

    def _keep_due(self, session: Session, case: Case) -> None:
        day = clock.day_of(case.received_at, current().settings.timezone)
        like = day, case.kind, case.grade, case.anonymous, case.imported_due_on
        if like not in self._dues:
            facts = facts_of(case, ())
            keep(case, facts, clocks_for(facts, self.ground.limits, working_calendar(session)))
            self._dues[like] = tuple(getattr(case, name) for name in DUE)
        for name, value in zip(DUE, self._dues[like], strict=True):
            setattr(case, name, value)

    def _update(self, session: Session, row: Planned) -> "_Done":
        """The sender's later words; the earlier ones go into the timeline and are kept for taking the import back."""
        told = row.told
        case = session.scalars(select(Case).where(Case.source_number == told.number)).one()
        was = {name: getattr(case, name) for name in ("subject", "text", "note")}
        values = {"subject": told.subject, "text": told.text} | ({"note": told.note} if told.note else {})
        try:
            change(session, self._actor, case, values)
        except Problems as problems:
            rejected = Planned(told, Verdict.REJECT, reason=reason(told, problems, self.ground))
            return rejected, None, ""
        return row, case.id, json.dumps(was, ensure_ascii=False)

    def _link(self, session: Session, done: Sequence["_Done"]) -> None:
        """Link likely repeats to the first of them; an earlier row of this chunk is known by its number."""
        named = {row.repeat_of for row, _, _ in done if isinstance(row.repeat_of, str)}
        stored = select(Case.source_number, Case.id).where(Case.source_number.in_(named))
        by_number = {str(number): case_id for number, case_id in session.execute(stored)} if named else {}
        rows = []
        for row, case_id, _ in done:
            first = by_number.get(row.repeat_of) if isinstance(row.repeat_of, str) else row.repeat_of
            if case_id is not None and first is not None and row.verdict is Verdict.ADD:
                session.add(CaseLink(case_id=case_id, other_id=first, kind="repeat"))
                note = repeat_note(row)
                rows.append(self._row(row.told.row, note, verdict=REPEAT, case_id=case_id, repeat_of_id=first))
        if rows:
            session.execute(insert(CaseImportRow), rows)
        session.flush()

    def _record(self, session: Session, done: Sequence["_Done"], notes: Iterable[Note]) -> None:
        """What became of each row, and what was told of it."""
        ids = {case_id for _, case_id, _ in done if case_id}
        left = select(Case.id, Case.version).where(Case.id.in_(ids))
        versions = {case_id: version for case_id, version in session.execute(left)}  # noqa: C416 - rows are no pairs
        rows = [
            self._row(
                row.told.row,
                row.reason or row.note,
                verdict=row.verdict.value,
                case_id=case_id,
                case_version=versions.get(case_id) if case_id else None,
                before=before,
            )
            for row, case_id, before in done
        ]
        rows += [self._row(note.row, note, verdict=WARNING) for note in notes]
        if rows:
            session.execute(insert(CaseImportRow), rows)

    def _row(self, row: int, note: Note | None, **values: object) -> dict[str, object]:
        told: dict[str, object] = {
            "message": note.message if note else "",
            "told": json.dumps(dict(note.values), ensure_ascii=False, default=str) if note else "{}",
            "heading": note.heading if note else "",
            "value": note.value if note else "",
        }
        usual = {"case_id": None, "case_version": None, "before": "", "repeat_of_id": None}
        return {"import_id": self._import_id, "row": row} | usual | values | told


_Done = tuple[Planned, int | None, str]


def _insert(session: Session, rows: Iterable[Base]) -> None:
    """Write rows nobody asks an id back of, table by table, each table in one go."""
    by_table: dict[Table, list[dict[str, object]]] = {}
    for row in rows:
        values = {name: value for name, value in vars(row).items() if not name.startswith("_sa_")}
        by_table.setdefault(cast(Table, row.__table__), []).append(values)
    for table, values_of_rows in by_table.items():
        session.connection().execute(table.insert(), values_of_rows)


def _fresh_ids(session: Session, count: int) -> list[int]:
    """Ids no case ever had; nobody else adds cases before this transaction ends."""
    if session.get_bind().dialect.name != "sqlite":
        numbers = "SELECT nextval(pg_get_serial_sequence('case_file', 'id')) FROM generate_series(1, :n)"
        return list(session.scalars(text(numbers), {"n": count}))
    highest = session.scalar(select(func.max(Case.id)).execution_options(with_gone=True)) or 0
    deleted = session.get(RunningNumber, DELETED)
    first = max(highest, deleted.last if deleted else 0) + 1
    return list(range(first, first + count))
