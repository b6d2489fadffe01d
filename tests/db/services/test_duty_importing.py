"""Members and leave from Excel: what is read, what is told by row, who may, and once."""

import io
import json
import zipfile
from datetime import date, datetime, timedelta
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select, update

from db.engine import Database
from db.models import Duty, DutyAbsence, DutyMember
from db.rules.problems import NotThere, Problems, Refused
from db.services.duty import absences, import_undo, importing, members
from tests.db.services.duty_sheets import HEAD, sheet
from tests.db.services.test_mediation_opening import problems_of
from tests.db.services.untouched import nothing_changes
from tests.factories import NOW, SYSTEM, Office, a_duty, a_patrol_lead

TODAY = NOW.date()
DUTY, POST, CLERK, STAFF = 1, 1, 7, 9
NEW: dict[str, Any] = {"姓名": "邓志愿", "角色": "志愿者、工作人员", "电话": 15400000009}


@pytest.fixture(autouse=True)
def duty(database: Database, office: Office) -> None:
    """The centre duty."""
    with database.transaction(SYSTEM) as session:
        a_duty(session, office)


def take(office: Office, *rows: dict[str, Any], key: str = "k") -> importing.SheetTaken:
    return importing.members_from_sheet(office.director, duty_id=DUTY, content=sheet(*rows), key=key)


def counts(taken: importing.SheetTaken) -> tuple[int, int, int, int]:
    """Added, changed, same, leave."""
    return taken.added, taken.changed, taken.same, taken.leave


def wrong(taken: importing.SheetTaken) -> dict[int, list[str]]:
    """The columns told by row."""
    rows = dict.fromkeys(one.row for one in taken.wrong)
    return {row: [one.column for one in taken.wrong if one.row == row] for row in rows}


def stored(database: Database, name: str) -> DutyMember:
    with database.reading() as session:
        return session.scalars(select(DutyMember).where(DutyMember.name == name)).one()


def leave(database: Database) -> list[tuple[int, str, date, date, str]]:
    """Every absence entered."""
    with database.reading() as session:
        rows = session.scalars(select(DutyAbsence).order_by(DutyAbsence.id))
        return [(row.member_id, row.kind, row.from_on, row.until_on, row.reason) for row in rows]


# --- who may, and once ---


def test_only_who_plans_the_duty_imports(database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        lead = a_patrol_lead(session, office)
    with nothing_changes(database):
        for other in ("clerk", "viewer", "admin", "auditor"):
            with pytest.raises(Refused):
                importing.members_from_sheet(office.people[other], duty_id=DUTY, content=sheet(NEW), key="k")
            with pytest.raises(Refused):
                importing.blank_sheet(office.people[other])
        with pytest.raises(NotThere):
            importing.members_from_sheet(lead, duty_id=DUTY, content=sheet(NEW), key="k")
    with database.transaction(SYSTEM) as session:
        session.execute(update(Duty).values(unit_id=office.unit_a))
    assert counts(importing.members_from_sheet(lead, duty_id=DUTY, content=sheet(NEW), key="k")) == (1, 0, 0, 0)


def test_the_same_submission_writes_once_and_tells_the_same(database: Database, office: Office) -> None:
    late = {"姓名": "陈接访", "请假开始": TODAY, "请假结束": TODAY - timedelta(days=1)}
    first = take(office, NEW, late)
    with nothing_changes(database):
        again = take(office, NEW, late)
    assert counts(again) == counts(first) == (1, 0, 0, 0)
    assert wrong(again) == wrong(first) == {3: ["leave_until"]}
    assert [one.problem.message for one in again.wrong] == [one.problem.message for one in first.wrong]


# --- what is read ---


def test_a_person_is_read_with_everything(database: Database, office: Office) -> None:
    told = NEW | {
        "账号": " Outsider ",
        "技能": "会驾驶",
        "岗位": "综治中心",
        "班组": "一组",
        "单位": "East  village",
        "工作比例": "60%",
        "后备": "是",
    }
    told |= {"到岗日期": datetime(2026, 11, 1), "离岗日期": "2027年1月31日"}  # noqa: DTZ001 - a cell has no zone
    assert counts(take(office, told)) == (1, 0, 0, 0)
    row = stored(database, "邓志愿")
    assert (row.person_id, json.loads(row.roles), json.loads(row.skills), json.loads(row.posts)) == (
        office.outsider.id, ["volunteer", "staff"], ["driver"], [POST],
    )  # fmt: skip
    assert (row.team, row.unit_id, row.share, row.reserve, row.from_on, row.until_on) == (
        "一组", office.unit_b, 60, True, date(2026, 11, 1), date(2027, 1, 31),
    )  # fmt: skip
    assert members.phone_in_clear(row) == "15400000009"


@pytest.mark.parametrize(("cell", "share"), [(0.5, 50), (1, 100), (80, 80), ("75", 75), ("30％", 30)])
def test_a_share_is_read_as_it_is_written(cell: object, share: int, database: Database, office: Office) -> None:
    take(office, NEW | {"工作比例": cell})
    assert stored(database, "邓志愿").share == share


def test_an_empty_cell_leaves_what_stands(database: Database, office: Office) -> None:
    before = stored(database, "冉值班")
    assert counts(take(office, {"姓名": "冉值班", "班组": "二组"}, {"姓名": "苗值班"})) == (0, 1, 1, 0)
    after = stored(database, "冉值班")
    assert (after.team, after.roles, after.share, after.person_id) == ("二组", before.roles, before.share, None)


def test_more_rows_of_a_name_are_more_leave(database: Database, office: Office) -> None:
    day = TODAY + timedelta(days=5)
    rows = (
        {"姓名": "陈接访", "请假开始": TODAY, "请假结束": TODAY + timedelta(days=1), "请假原因": "年假"},
        {"姓名": "陈接访", "请假开始": day.isoformat(), "不在岗类别": "出差"},
        {"姓名": "陈接访", "请假开始": day, "不在岗类别": "不可值班"},
    )
    assert counts(take(office, *rows)) == (0, 0, 3, 2)
    entered = [
        (CLERK, "leave", TODAY, TODAY + timedelta(days=1), "年假"),
        (CLERK, "unavailable", day, day, ""),
    ]
    assert leave(database) == entered
    assert counts(take(office, *rows, key="again")) == (0, 0, 3, 0)
    assert leave(database) == entered


def test_a_new_person_may_have_leave_at_once_and_more_below(database: Database, office: Office) -> None:
    first, second = TODAY + timedelta(days=1), TODAY + timedelta(days=3)
    rows = (NEW | {"请假开始": first}, {"姓名": "邓志愿", "请假开始": second}, {"姓名": "邓志愿", "请假开始": first})
    assert counts(take(office, *rows)) == (1, 0, 2, 2)
    member_id = stored(database, "邓志愿").id
    assert [line[:3] for line in leave(database)] == [(member_id, "leave", first), (member_id, "leave", second)]


def test_an_account_is_one_persons_within_a_sheet_too(database: Database, office: Office) -> None:
    taken = take(office, NEW | {"账号": "outsider"}, NEW | {"姓名": "邓二", "账号": "outsider"})
    assert (counts(taken), wrong(taken)) == ((1, 0, 0, 0), {3: ["account"]})
    assert stored(database, "邓志愿").person_id == office.outsider.id


def test_the_header_may_stand_lower_and_in_english(database: Database, office: Office) -> None:
    content = sheet(
        {"Name": "Deng", "Roles": "Volunteer", "Reserve": "yes", "Remarks": "x"},
        head=["Remarks", "Name", "Roles", "Reserve"],
        above=("2026 volunteers", ""),
    )
    taken = importing.members_from_sheet(office.director, duty_id=DUTY, content=content, key="k")
    assert counts(taken) == (1, 0, 0, 0)
    assert stored(database, "Deng").reserve


# --- looked at first ---


def test_a_preview_tells_what_taking_it_does_and_writes_nothing(database: Database, office: Office) -> None:
    day = TODAY + timedelta(days=5)
    rows = (
        NEW | {"请假开始": day, "请假原因": "搬家"},
        {"姓名": "冉值班", "班组": "二组", "角色": "工作人员"},
        {"姓名": "苗值班"},
        {"姓名": "陈接访", "工作比例": "一半", "请假开始": "下周"},
        {"姓名": "邓二", "账号": "outsider", "角色": "工作人员"},
        {"姓名": "邓三", "账号": "outsider", "角色": "工作人员"},
    )
    with nothing_changes(database):
        seen = importing.preview_sheet(office.director, duty_id=DUTY, content=sheet(*rows))
    assert [(line.row, line.name, line.became, line.changes) for line in seen.lines] == [
        (2, "邓志愿", "added", ()),
        (3, "冉值班", "changed", ("team",)),
        (4, "苗值班", "same", ()),
        (6, "邓二", "added", ()),
    ]
    assert [line.leave.from_on for line in seen.lines if line.leave] == [day]
    assert [(one.row, one.name, one.column, one.written) for one in seen.wrong] == [
        (5, "陈接访", "share", "一半"),
        (5, "陈接访", "leave_from", "下周"),
        (7, "邓三", "account", "outsider"),
    ]
    taken = take(office, *rows)
    assert (counts(taken), taken.wrong) == (counts(seen), seen.wrong)


def test_only_who_plans_the_duty_looks_at_a_sheet(database: Database, office: Office) -> None:
    for other in ("clerk", "viewer", "admin", "auditor"):
        with pytest.raises(Refused):
            importing.preview_sheet(office.people[other], duty_id=DUTY, content=sheet(NEW))
    with database.transaction(SYSTEM) as session:
        lead = a_patrol_lead(session, office)
    with pytest.raises(NotThere):
        importing.preview_sheet(lead, duty_id=DUTY, content=sheet(NEW))


def test_leave_of_nobody_is_told_by_name(database: Database, office: Office) -> None:
    seen = importing.preview_sheet(
        office.director, duty_id=DUTY, content=sheet({"姓名": "无此人", "请假开始": TODAY}, head=["姓名", "请假开始"])
    )
    assert [(one.column, one.written, one.problem.message) for one in seen.wrong] == [
        ("name", "无此人", importing.NOBODY)
    ]


# --- taken back ---


def undo(office: Office, key: str = "k", again: str = "undo") -> tuple[int, int]:
    """How many come back, how many stay."""
    undone = import_undo.undo_import(office.director, of=key, key=again)
    return undone.back, undone.stay


def test_an_import_is_taken_back_as_if_it_had_never_been(database: Database, office: Office) -> None:
    before = {name: members.values_of(stored(database, name)) for name in ("冉值班", "陈接访")}
    told = {"电话": "15400000001", "技能": "会驾驶", "工作比例": 50, "到岗日期": TODAY, "班组": "三组"}
    took = take(
        office,
        NEW | {"请假开始": TODAY},
        {"姓名": "冉值班"} | told,
        {"姓名": "冉值班", "工作比例": 60},
        {"姓名": "陈接访", "请假开始": TODAY},
    )
    assert counts(took) == (1, 2, 1, 2)
    assert undo(office) == undo(office) == (4, 0)
    assert {name: members.values_of(stored(database, name)) for name in before} == before
    assert leave(database) == []
    with database.reading() as session:
        assert session.scalar(select(DutyMember.id).where(DutyMember.name == "邓志愿")) is None
    assert counts(take(office, NEW, key="once more")) == (1, 0, 0, 0)


def test_what_was_used_or_changed_since_stays(database: Database, office: Office) -> None:
    day = TODAY + timedelta(days=2)
    take(office, NEW, NEW | {"姓名": "邓二"}, {"姓名": "冉值班", "班组": "二组"}, {"姓名": "苗值班", "请假开始": day})
    added = stored(database, "邓志愿").id
    absences.add_absence(office.director, member_id=added, kind="leave", from_on=day, key="leave")
    with database.transaction(SYSTEM) as session:
        session.get_one(DutyMember, stored(database, "冉值班").id).team = "四组"
    assert undo(office) == (2, 2)
    assert stored(database, "冉值班").team == "四组"
    assert [line[0] for line in leave(database)] == [added]
    assert undo(office, again="undo again") == (0, 4)


def test_only_who_imported_takes_it_back(database: Database, office: Office) -> None:
    take(office, NEW)
    with database.transaction(SYSTEM) as session:
        lead = a_patrol_lead(session, office)
        session.execute(update(Duty).values(unit_id=office.unit_a))
    with nothing_changes(database):
        for actor, key in ((lead, "k"), (office.director, "another")):
            with pytest.raises(NotThere):
                import_undo.undo_import(actor, of=key, key="undo")
        with pytest.raises(Refused):
            import_undo.undo_import(office.clerk, of="k", key="undo")


# --- what can't be taken ---


def test_what_is_wrong_is_told_by_row_and_the_rest_is_taken(database: Database, office: Office) -> None:
    rows: list[tuple[dict[str, Any], list[str]]] = [
        ({"班组": "一组", "角色": "工作人员"}, ["name"]),
        ({"姓名": "新一", "角色": "厨师、工作人员"}, ["roles"]),
        ({"姓名": "新二"}, ["roles"]),
        ({"姓名": "新三", "角色": "工作人员", "账号": "nobody"}, ["account"]),
        ({"姓名": "新四", "角色": "工作人员", "账号": "clerk"}, ["account"]),
        ({"姓名": "新五", "角色": "工作人员", "电话": "下午打"}, ["phone"]),
        ({"姓名": "新六", "角色": "工作人员", "工作比例": 120}, ["share"]),
        ({"姓名": "新七", "角色": "工作人员", "工作比例": "一半"}, ["share"]),
        ({"姓名": "新八", "角色": "工作人员", "后备": "也许"}, ["reserve"]),
        ({"姓名": "新九", "角色": "工作人员", "到岗日期": "下周"}, ["from_on"]),
        ({"姓名": "新十", "角色": "工作人员", "请假开始": "下周"}, ["leave_from"]),
        ({"姓名": "冉值班", "班组": "二组", "请假结束": TODAY}, ["leave_from"]),
        ({"姓名": "冉值班", "不在岗类别": "迟到", "请假开始": TODAY}, ["leave_kind"]),
        ({"姓名": "冉值班", "不在岗类别": "请假"}, ["leave_from"]),
        ({"姓名": "柯值班", "请假开始": TODAY}, ["name"]),
        ({"姓名": "苗值班", "离岗日期": TODAY, "请假开始": TODAY + timedelta(days=1)}, ["leave_from"]),
        ({"姓名": "新甲", "角色": "厨师", "工作比例": 120, "后备": "也许"}, ["roles", "reserve", "share"]),
        ({"姓名": "新乙", "角色": "工作人员", "电话": "下午打", "请假开始": "下周"}, ["leave_from", "phone"]),
    ]
    with database.transaction(SYSTEM) as session:
        session.execute(update(DutyMember).where(DutyMember.name == "柯值班").values(active=False))
    with database.reading() as session:
        before = set(session.scalars(select(DutyMember.name)))
    taken = take(office, *(row for row, _ in rows), NEW)
    assert wrong(taken) == {number: fields for number, (_, fields) in enumerate(rows, 2)}
    assert counts(taken) == (1, 0, 0, 0)
    with database.reading() as session:
        assert set(session.scalars(select(DutyMember.name))) == before | {"邓志愿"}
    assert leave(database) == []
    assert (stored(database, "冉值班").team, stored(database, "苗值班").until_on) == ("", None)


@pytest.mark.parametrize("content", [b"", b"name,role", b"PK\x03\x04 not a workbook"])
def test_what_is_no_workbook_is_told(content: bytes, database: Database, office: Office) -> None:
    with nothing_changes(database):
        found = problems_of(
            lambda: importing.members_from_sheet(office.director, duty_id=DUTY, content=content, key="k")
        )
    assert found == {"content": importing.NO_WORKBOOK}


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml"])
def test_a_damaged_workbook_is_told(part: str, database: Database, office: Office) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sheet(NEW))) as whole, zipfile.ZipFile(target, "w") as damaged:
        for name in whole.namelist():
            damaged.writestr(name, b"<broken" if name == part else whole.read(name))
    with nothing_changes(database), pytest.raises(Problems, match="content: This is not an Excel workbook"):
        importing.members_from_sheet(office.director, duty_id=DUTY, content=target.getvalue(), key="k")


def test_a_sheet_without_names_or_with_too_many_rows_is_told(database: Database, office: Office) -> None:
    for content, sentence in (
        (sheet(NEW, head=["角色", "电话"]), "No row names the columns"),
        (sheet(*({"姓名": f"人{i}"} for i in range(1001)), head=["姓名"]), "At most 1000 rows at once"),
    ):
        with nothing_changes(database), pytest.raises(Problems, match=f"content: {sentence}"):
            importing.members_from_sheet(office.director, duty_id=DUTY, content=content, key="k")


# --- the empty sheet ---


def test_the_empty_sheet_of_leave_asks_for_leave_only(office: Office) -> None:
    book = openpyxl.load_workbook(io.BytesIO(importing.blank_sheet(office.director, leave=True)))
    head = [cell.value for cell in next(iter(book.worksheets[0].iter_rows()))]
    assert head == ["姓名", "不在岗类别", "请假开始", "请假结束", "请假原因"]
    columns = importing.sheet_columns(office.director)
    assert list(columns.values()) == HEAD
    assert columns["leave_from"] == "请假开始"


@pytest.mark.parametrize(("language", "name"), [("zh", "姓名"), ("en", "Name")])
def test_the_empty_sheet_is_one_the_import_knows(language: str, name: str, office: Office) -> None:
    book = openpyxl.load_workbook(io.BytesIO(importing.blank_sheet(office.director, language=language)))
    first = [cell.value for cell in next(iter(book.worksheets[0].iter_rows()))]
    assert first[0] == name
    assert len(first) == len(HEAD)
    page = book.worksheets[0]
    for column in (1, first.index(first[3]) + 1):
        page.cell(2, column, {1: "新人", 4: "staff"}[column])
    target = io.BytesIO()
    book.save(target)
    taken = importing.members_from_sheet(office.director, duty_id=DUTY, content=target.getvalue(), key=language)
    assert counts(taken) == (1, 0, 0, 0)


def test_every_column_of_the_empty_sheet_is_one_of_ours(office: Office) -> None:
    book = openpyxl.load_workbook(io.BytesIO(importing.blank_sheet(office.director)))
    assert [cell.value for cell in next(iter(book.worksheets[0].iter_rows()))] == HEAD
