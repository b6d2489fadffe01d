"""Members and their leave from an Excel sheet: good rows are taken, the others told by their number."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import openpyxl
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.documents import workbook
from db.engine import current, transaction
from db.models import Code, DutyAbsence, DutyMember, DutyPost, Person
from db.rules.case_import import plain
from db.rules.duty.absences import Away
from db.rules.duty.members import BEGINNINGS, phone_of
from db.rules.duty.sheet import HEADER_WITHIN, MOST_COLUMNS, MOST_ROWS, Known, SheetRow, layout_of, rows_of
from db.rules.files import why_not_file
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Problem, Problems
from db.services.acts import earlier, guarded, remember
from db.services.duty import absences, members, scope
from db.services.office.presets import preset
from db.services.records import fill

NO_WORKBOOK = N_("This is not an Excel workbook (.xlsx) that can be read.")
RETIRED = N_("{name} is retired; restore the member first.")
_NEW: dict[str, Any] = {"person_id": None, "phone": "", "roles": (), "skills": (), "posts": (), "team": ""}
_NEW |= {"share": 100, "reserve": False, "most": None, "from_on": None, "until_on": None}
_NEW |= dict.fromkeys(BEGINNINGS, 0)


@dataclass(frozen=True)
class SheetTaken:
    """What became of a sheet: members added, changed and left as they were, absences added, problems by row."""

    added: int
    changed: int
    same: int
    leave: int
    rejected: Mapping[int, Problems]


@dataclass
class Roll:
    """Who serves already and when they are away, by name; rows taken are added as they come."""

    serving: dict[str, DutyMember]
    standing: dict[str, list[Away]]
    shifts: set[int]
    ground: members.Ground
    away: list[tuple[DutyMember, dict[str, Any]]] = field(default_factory=list)


@guarded(Permission.DUTY_PLAN)
def members_from_sheet(actor: Actor, *, duty_id: int, content: bytes, key: str) -> SheetTaken:
    """Add or correct members by name and add their leave; a row with a problem is left out and told."""
    lines = _lines(content)
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return _told(done)
        scope.in_use(session, actor, duty_id)
        rows = rows_of(lines, layout_of(preset("duty_sheet")), _known(session, duty_id), current().settings.timezone)
        counts = dict.fromkeys(("added", "changed", "same", "leave"), 0)
        rejected: dict[int, Problems] = {}
        roll = _roll(session, duty_id)
        for row in rows:
            try:
                with session.no_autoflush:
                    became = _take(session, duty_id, row, roll)
            except Problems as problems:
                rejected[row.row] = problems
            else:
                counts[became] += 1
        counts["leave"] = _add_absences(session, roll)
        remember(session, actor, key, "duty.members_from_sheet", {**counts, "rejected": _kept(rejected)})
        return SheetTaken(**counts, rejected=rejected)


@guarded(Permission.DUTY_PLAN)
def blank_sheet(actor: Actor, *, language: str = "zh") -> bytes:
    """An empty sheet with the columns the import knows, and what each of them takes (.xlsx)."""
    into = "en" if language == "en" else "zh"
    columns = preset("duty_sheet")["column"]
    return workbook.table(
        [one[into] for one in columns],
        [],
        sheet={"zh": "值班人员", "en": "Members"}[into],
        about=[(one[into], one[f"hint_{into}"]) for one in columns],
        about_sheet={"zh": "说明", "en": "Columns"}[into],
        zone=current().settings.timezone,
    )


def _lines(content: bytes) -> list[Sequence[object]]:
    """The cells of the first sheet; raises Problems when it is none."""
    if why_not_file("members.xlsx", content, current().settings.upload_megabytes):
        raise Problems(Problem("content", NO_WORKBOOK))
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        most = MOST_ROWS + HEADER_WITHIN + 1
        return list(book.worksheets[0].iter_rows(max_row=most, max_col=MOST_COLUMNS, values_only=True))
    except Exception as error:  # a damaged part raises whatever its reader raises
        raise Problems(Problem("content", NO_WORKBOOK)) from error


def _known(session: Session, duty_id: int) -> Known:
    """What labels, posts and accounts are called here."""
    posts = select(DutyPost.name, DutyPost.id).where(DutyPost.duty_id == duty_id, DutyPost.active)
    accounts = select(Person.username, Person.id).where(Person.active)
    return Known(
        roles=_codes(session, "duty_role"),
        skills=_codes(session, "duty_skill"),
        posts={plain(name): post_id for name, post_id in session.execute(posts)},
        accounts={name.lower(): person_id for name, person_id in session.execute(accounts)},
    )


def _codes(session: Session, list_name: str) -> dict[str, str]:
    rows = session.scalars(select(Code).where(Code.list_name == list_name, Code.active))
    return {plain(word): row.code for row in rows for word in (row.code, row.label_zh, row.label_en) if word}


def _roll(session: Session, duty_id: int) -> Roll:
    serving = {row.id: row for row in session.scalars(select(DutyMember).where(DutyMember.duty_id == duty_id))}
    standing: dict[str, list[Away]] = {}
    entered = select(DutyAbsence).join(DutyMember, DutyMember.id == DutyAbsence.member_id)
    for one in session.scalars(entered.where(DutyMember.duty_id == duty_id, DutyAbsence.removed_at.is_(None))):
        standing.setdefault(serving[one.member_id].name, []).append(absences.away(one))
    return Roll(
        serving={row.name: row for row in serving.values()},
        standing=standing,
        shifts=absences.shifts_of(session, duty_id),
        ground=members.ground_of(session, duty_id),
    )


def _take(session: Session, duty_id: int, row: SheetRow, roll: Roll) -> str:
    """Check one row as a whole and only then take it; answers what became of the member."""
    if row.wrong:
        raise Problems(*row.wrong)
    standing = roll.serving.get(row.name)
    if standing is not None and not standing.active:
        raise Problems(Problem("name", RETIRED, {"name": row.name}))
    member = standing or DutyMember(duty_id=duty_id, active=True)
    was = members.values_of(member) if standing else {"name": row.name, **_NEW}
    becomes = {**was, **row.member}
    becomes["phone"] = phone_of(becomes["phone"])
    if becomes != was or not standing:
        members.check_values(session, member, becomes, roll.ground)
    absence = _absence(row, becomes, roll)
    if becomes != was or not standing:
        fill(member, members.columns_of(becomes, ("phone",) if becomes["phone"] == was["phone"] else ()))
        session.add(member)
        roll.serving[row.name] = member
    if "person_id" in row.member:
        session.flush()
    if absence is not None:
        roll.away.append((member, absence))
        new = Away(absence["kind"], absence["from_on"], absence["until_on"])
        roll.standing.setdefault(row.name, []).append(new)
    return "added" if not standing else "changed" if becomes != was else "same"


def _absence(row: SheetRow, member: Mapping[str, Any], roll: Roll) -> dict[str, Any] | None:
    """The checked absence the row tells, unless these days are entered already."""
    if not row.absence:
        return None
    days = {**row.absence, "until_on": row.absence["until_on"] or row.absence["from_on"]}
    standing = roll.standing.get(row.name, [])
    if Away(days["kind"], days["from_on"], days["until_on"]) in standing:
        return None
    values = {**days, "shift_id": None, "weight": 1}
    serving = DutyMember(name=row.name, active=True, from_on=member["from_on"], until_on=member["until_on"])
    try:
        absences.check_days(serving, values, roll.shifts, standing)
    except Problems as wrong:
        raise Problems(*(_of_sheet(problem) for problem in wrong.problems)) from None
    return values


def _add_absences(session: Session, roll: Roll) -> int:
    """Write the absences taken, once their members have an id; answers how many."""
    session.flush()
    for member, values in roll.away:
        absence = DutyAbsence(member_id=member.id)
        fill(absence, values)
        session.add(absence)
    session.flush()
    return len(roll.away)


def _of_sheet(problem: Problem) -> Problem:
    """A problem of an absence under the name of its column."""
    columns = {"from_on": "leave_from", "until_on": "leave_until", "kind": "leave_kind", "reason": "leave_reason"}
    return Problem(columns.get(problem.field, problem.field), problem.message, problem.values)


def _kept(rejected: Mapping[int, Problems]) -> dict[int, list[list[Any]]]:
    """Problems as they can be remembered; days become text."""
    told = {row: [[p.field, p.message, dict(p.values)] for p in one.problems] for row, one in rejected.items()}
    return dict(json.loads(json.dumps(told, default=str)))


def _told(done: Mapping[str, Any]) -> SheetTaken:
    """What was told the first time."""
    rejected = {int(row): Problems(*(Problem(*one) for one in wrong)) for row, wrong in done["rejected"].items()}
    return SheetTaken(**{**done, "rejected": rejected})
