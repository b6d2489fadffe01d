"""Members and their leave from an Excel sheet: looked at first, then good rows are taken and the others told."""

import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import openpyxl
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from db.documents import workbook
from db.engine import current, reading, transaction
from db.models import Code, DutyAbsence, DutyMember, DutyPost, Person, Unit
from db.rules.case_import import plain
from db.rules.duty.absences import Away
from db.rules.duty.members import BEGINNINGS, phone_of
from db.rules.duty.sheet import HEADER_WITHIN, MOST_COLUMNS, MOST_ROWS, Known, SheetRow, layout_of, rows_of
from db.rules.files import why_not_file
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Problem, Problems
from db.services.acts import earlier, guarded, remember
from db.services.duty import absences, members, scope
from db.services.duty.import_undo import IMPORTED, Trace, traced
from db.services.office.presets import preset
from db.services.records import fill

NO_WORKBOOK = N_("This is not an Excel workbook (.xlsx) that can be read.")
RETIRED = N_("{name} is retired; restore the member first.")
NOBODY = N_("Nobody of this name serves here.")
IN_SHEET = N_("{name} has this account already.")
# Problems of a member or of an absence stand under the name of their column.
_OF_MEMBER = {"person_id": "account", "unit_id": "unit"}
_OF_ABSENCE = {"from_on": "leave_from", "until_on": "leave_until", "kind": "leave_kind", "reason": "leave_reason"}
_NEW: dict[str, Any] = {
    "person_id": None,
    "phone": "",
    "roles": (),
    "skills": (),
    "posts": (),
    "team": "",
    "unit_id": None,
}
_NEW |= {"share": 100, "reserve": False, "most": None, "from_on": None, "until_on": None}
_NEW |= dict.fromkeys(BEGINNINGS, 0)


@dataclass(frozen=True)
class Line:
    """A row that can be taken: who becomes what (added, changed, same), what of them changes, and the new leave."""

    row: int
    name: str
    became: str
    changes: tuple[str, ...]
    leave: Away | None


@dataclass(frozen=True)
class Wrong:
    """A cell that can't be taken, by row and column (the field's name), as it was written, and why."""

    row: int
    name: str
    column: str
    written: str
    problem: Problem


@dataclass(frozen=True)
class SheetTaken:
    """What becomes of a sheet: members added, changed and left as they are, absences added, and what is wrong.

    `lines` are told by a preview only; `key` names the import that was made, to take it back.
    """

    added: int
    changed: int
    same: int
    leave: int
    wrong: tuple[Wrong, ...]
    lines: tuple[Line, ...] = ()
    key: str = ""


@dataclass
class Roll:
    """Who serves already and when they are away, by name; rows taken are added as they come."""

    serving: dict[str, DutyMember]
    standing: dict[str, list[Away]]
    shifts: set[int]
    ground: members.Ground
    before: dict[str, dict[str, Any]] = field(default_factory=dict)
    accounts: dict[int, str] = field(default_factory=dict)
    away: list[tuple[DutyMember, dict[str, Any]]] = field(default_factory=list)


@guarded(Permission.DUTY_PLAN)
def preview_sheet(actor: Actor, *, duty_id: int, content: bytes) -> SheetTaken:
    """What taking a sheet would do, without doing it; raises Problems when it can't be read."""
    lines = _lines(content)
    with reading() as session, session.no_autoflush:
        scope.in_use(session, actor, duty_id)
        taken, wrong, _ = _read(session, duty_id, lines)
    return replace(_counted(taken, wrong), lines=tuple(taken))


@guarded(Permission.DUTY_PLAN)
def members_from_sheet(actor: Actor, *, duty_id: int, content: bytes, key: str) -> SheetTaken:
    """Add or correct members by name and add their leave; a row with a problem is left out and told."""
    lines = _lines(content)
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return _told(done, key)
        scope.in_use(session, actor, duty_id)
        with session.no_autoflush:
            taken, wrong, roll = _read(session, duty_id, lines)
        trace = _write(session, roll)
        counted = _counted(taken, wrong)
        remember(session, actor, key, IMPORTED, {"duty_id": duty_id, "told": _kept(counted), "trace": traced(trace)})
        return replace(counted, key=key)


@guarded(Permission.DUTY_PLAN)
def sheet_columns(actor: Actor, *, language: str = "zh") -> dict[str, str]:
    """What the columns of the sheet are called: field to heading."""
    into = "en" if language == "en" else "zh"
    return {one["field"]: one[into] for one in preset("duty_sheet")["column"]}


@guarded(Permission.DUTY_PLAN)
def blank_sheet(actor: Actor, *, leave: bool = False, language: str = "zh") -> bytes:
    """An empty sheet with the columns the import knows, or those of leave, and what each of them takes (.xlsx)."""
    into = "en" if language == "en" else "zh"
    columns = [one for one in preset("duty_sheet")["column"] if not leave or _tells_leave(one["field"])]
    named = {"zh": "请假" if leave else "值班人员", "en": "Leave" if leave else "Members"}
    return workbook.table(
        [one[into] for one in columns],
        [],
        sheet=named[into],
        about=[(one[into], one[f"hint_{into}"]) for one in columns],
        about_sheet={"zh": "说明", "en": "Columns"}[into],
        zone=current().settings.timezone,
    )


def _tells_leave(column: str) -> bool:
    return column == "name" or column.startswith("leave_")


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


def _read(session: Session, duty_id: int, lines: Sequence[Sequence[object]]) -> tuple[list[Line], list[Wrong], Roll]:
    """Every row checked as a whole and entered in the roll, or told; nothing is written."""
    rows = rows_of(lines, layout_of(preset("duty_sheet")), _known(session, duty_id), current().settings.timezone)
    roll = _roll(session, duty_id)
    taken: list[Line] = []
    wrong: list[Wrong] = []
    for row in rows:
        try:
            taken.append(_take(session, duty_id, row, roll))
        except Problems as problems:
            wrong += [_wrong(row, problem) for problem in problems.problems]
    return taken, wrong, roll


def _known(session: Session, duty_id: int) -> Known:
    """What labels, posts and accounts are called here."""
    posts = select(DutyPost.id, DutyPost.name, DutyPost.name_en).where(DutyPost.duty_id == duty_id, DutyPost.active)
    accounts = select(Person.username, Person.id).where(Person.active)
    return Known(
        roles=_codes(session, "duty_role"),
        skills=_codes(session, "duty_skill"),
        posts=_ids(session.execute(posts)),
        units=_ids(session.execute(select(Unit.id, Unit.name, Unit.name_en).where(Unit.active))),
        accounts={name.lower(): person_id for name, person_id in session.execute(accounts)},
    )


def _ids(rows: Iterable[Row[int, str, str]]) -> dict[str, int]:
    """Every name of each row to its id."""
    return {plain(name): row[0] for row in rows for name in row[1:] if name}


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


def _take(session: Session, duty_id: int, row: SheetRow, roll: Roll) -> Line:
    """Check one row as a whole and only then enter it in the roll; answers what became of the member."""
    standing = roll.serving.get(row.name)
    if standing is not None and not standing.active:
        raise Problems(Problem("name", RETIRED, {"name": row.name}))
    if standing is None and row.name and row.absence and not row.member:
        raise Problems(Problem("name", NOBODY))
    member = standing or DutyMember(duty_id=duty_id, active=True)
    was = members.values_of(member) if standing else {"name": row.name, **_NEW}
    becomes = {**was, **row.member}
    becomes["phone"] = phone_of(becomes["phone"])
    fresh = becomes != was or not standing
    _, absence = _all_told(
        row,
        lambda: _check_member(session, member, becomes, roll) if fresh else None,
        lambda: _absence(row, becomes, roll),
    )
    if fresh and becomes["person_id"] is not None:
        roll.accounts[becomes["person_id"]] = row.name
    if fresh:
        _enter(member, members.columns_of(becomes, ("phone",) if becomes["phone"] == was["phone"] else ()), roll)
    leave = None
    if absence is not None:
        roll.away.append((member, absence))
        leave = Away(absence["kind"], absence["from_on"], absence["until_on"])
        roll.standing.setdefault(row.name, []).append(leave)
    changes = tuple(_OF_MEMBER.get(name, name) for name in row.member if becomes[name] != was[name])
    became = "added" if not standing else "changed" if becomes != was else "same"
    return Line(row.row, row.name, became, () if not standing else changes, leave)


def _all_told(row: SheetRow, *checks: Callable[[], Any]) -> list[Any]:
    """What each check answers; raises what can't be read and what the rules refuse together, one for each cell."""
    found = {problem.field: problem for problem in row.wrong}
    answers = []
    for check in checks:
        try:
            answers.append(check())
        except Problems as problems:
            for problem in problems.problems:
                found.setdefault(_OF_MEMBER.get(problem.field, problem.field), problem)
    if found:
        raise Problems(*found.values())
    return answers


def _check_member(session: Session, member: DutyMember, becomes: Mapping[str, Any], roll: Roll) -> None:
    """Ask the rule; an account given above in this sheet is given."""
    person_id = becomes["person_id"]
    other = roll.accounts.get(person_id, becomes["name"])
    if other != becomes["name"]:
        raise Problems(Problem("account", IN_SHEET, {"name": other}))
    members.check_values(session, member, becomes, roll.ground)


def _enter(member: DutyMember, columns: Mapping[str, object], roll: Roll) -> None:
    """Set the columns, those from before the sheet kept aside."""
    name = str(columns["name"])
    roll.before[name] = {column: getattr(member, column) for column in columns} | roll.before.get(name, {})
    fill(member, columns)
    roll.serving[name] = member


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
        of_sheet = (replace(problem, field=_OF_ABSENCE.get(problem.field, problem.field)) for problem in wrong.problems)
        raise Problems(*of_sheet) from None
    return values


def _write(session: Session, roll: Roll) -> Trace:
    """Write what the roll holds; answers what was written, to be taken back."""
    touched = [roll.serving[name] for name in roll.before]
    old, new = ([one for one in touched if (one.id is None) == fresh] for fresh in (False, True))
    session.add_all(new)
    session.flush()
    entered = []
    for member, values in roll.away:
        absence = DutyAbsence(member_id=member.id)
        fill(absence, values)
        session.add(absence)
        entered.append(absence)
    session.flush()
    return Trace(
        added=tuple((member.id, member.version) for member in new),
        changed=tuple((member.id, member.version, roll.before[member.name]) for member in old),
        leave=tuple((absence.id, absence.version) for absence in entered),
    )


def _wrong(row: SheetRow, problem: Problem) -> Wrong:
    column = _OF_MEMBER.get(problem.field, problem.field)
    return Wrong(row.row, row.name, column, row.cells.get(column, ""), replace(problem, field=column))


def _counted(taken: Sequence[Line], wrong: Sequence[Wrong]) -> SheetTaken:
    became = Counter(line.became for line in taken)
    leave = sum(line.leave is not None for line in taken)
    return SheetTaken(became["added"], became["changed"], became["same"], leave, tuple(wrong))


def _kept(counted: SheetTaken) -> dict[str, Any]:
    """What was told as it can be remembered; days become text."""
    told: dict[str, Any] = json.loads(json.dumps(asdict(counted), default=str))
    return told


def _told(done: Mapping[str, Any], key: str) -> SheetTaken:
    """What was told the first time."""
    wrong = tuple(Wrong(**{**one, "problem": Problem(**one["problem"])}) for one in done["told"]["wrong"])
    return SheetTaken(**{**done["told"], "wrong": wrong, "lines": (), "key": key})
