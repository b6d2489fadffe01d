"""Sheets of scoring: entered, corrected, taken back and finished; who may, and that the total kept is the exact one."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import func, select

from db.engine import Database, reading, transaction
from db.models import AssessedUnit, ScoreEntry, Work
from db.rules.permissions import Actor
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.services.files import Upload
from db.services.scoring import assessments, board, entries, grids, ledger, scope, sheets
from tests.factories import NOW, SYSTEM, Office, an_assessment

DAY = NOW.date()
FILE = Upload("批评通报.txt", "夜间值班检查通报".encode())
GIVEN = ("publicity", "plans", "streets", "places")
TAKEN = ("books", "duty_log", "follow_up")
RATES = ("on_time_acceptance", "on_time_completion", "rated_share", "satisfaction")


@pytest.fixture
def assessment_id(database: Database, office: Office) -> int:
    return an_assessment(office)


def assessed(assessment_id: int, unit_id: int) -> int:
    with reading() as session:
        wanted = select(AssessedUnit.id).where(
            AssessedUnit.assessment_id == assessment_id, AssessedUnit.unit_id == unit_id
        )
        return session.scalars(wanted).one()


@pytest.fixture
def unit_a(office: Office, assessment_id: int) -> int:
    return assessed(assessment_id, office.unit_a)


def give(actor: Actor, unit: int, item: str, *, period: str = "q4", key: str = "", **typed: Any) -> int:
    """An entry of today in a sheet, 10 points unless told otherwise."""
    typed = {"item": item, "on_day": DAY, "points": "10", "reason": "检查记录"} | typed
    act: Any = entries.add_entry
    return int(act(actor, assessed_unit_id=unit, period=period, key=key or f"{item}-{period}-{unit}", **typed))


def rates_not_applicable(actor: Actor, unit: int, period: str) -> None:
    """What is computed, as the computation writes it where nothing was to be measured."""
    with transaction(actor) as session:
        sheet = entries.sheet_of(session, unit, period)
        session.add_all(
            ScoreEntry(sheet_id=sheet.id, item=item, computed=item, on_day=DAY, value="", written_at=NOW)
            for item in RATES
        )


def problems_of(act: Any, *args: Any, **typed: Any) -> Mapping[str, str]:
    with pytest.raises(Problems) as caught:
        act(*args, **typed)
    return {problem.field: problem.message for problem in caught.value.problems}


def test_a_sheet_counts_once_it_is_finished(office: Office, assessment_id: int, unit_a: int) -> None:
    for item in GIVEN:
        give(office.assessor, unit_a, item, points="8")
    missing = problems_of(sheets.finish, office.assessor, assessed_unit_id=unit_a, period="q4", version=0, key="f1")
    assert "" in missing
    rates_not_applicable(office.assessor, unit_a, "q4")
    before = sheets.sheets(office.assessor, assessed_unit_id=unit_a)
    version = sheets.finish(
        office.assessor, assessed_unit_id=unit_a, period="q4", version=before.versions["q4"], key="f2"
    )
    told = sheets.sheets(office.director, assessed_unit_id=unit_a).told
    # 4 x 8 of 40 given, 30 of 30 not taken off; the rates leave the denominator of 100: 62 of 70.
    q4 = next(period for period in told["periods"] if period["code"] == "q4")
    assert Fraction(q4["score"]["exact"]) == Fraction(6200, 70)
    assert (q4["score"]["shown"], q4["standing"]) == ("88.6", "scored")
    assert told["total"]["exact"] == told["total"]["sum"]["exact"] == q4["score"]["exact"]
    assert told["total"]["missing"] == ["q1", "q2", "q3", "half", "year"]
    seen = board.board(office.director, assessment_id=assessment_id)
    row = seen.units.set_index("assessed_unit_id").loc[unit_a]
    assert (row["total"], row["rank"], row["q4"], bool(row["whole"])) == (88.6, 1, 88.6, False)
    sheets.reopen(office.assessor, assessed_unit_id=unit_a, period="q4", version=version, key="r1")
    assert sheets.sheets(office.assessor, assessed_unit_id=unit_a).told["total"]["exact"] == ""


def test_a_finished_sheet_takes_no_entry(office: Office, unit_a: int) -> None:
    entry = give(office.assessor, unit_a, "plans")
    for item in GIVEN:
        give(office.assessor, unit_a, item, points="0", key=f"zero-{item}")
    rates_not_applicable(office.assessor, unit_a, "q4")
    sheets.finish(office.assessor, assessed_unit_id=unit_a, period="q4", version=0, key="f")
    assert problems_of(give, office.assessor, unit_a, "books", points="1")[""] == entries.FINISHED
    assert "" in problems_of(entries.remove_entry, office.assessor, entry_id=entry, version=1, key="x")


def test_a_deduction_needs_reason_evidence_and_a_day_within(office: Office, unit_a: int) -> None:
    bad = problems_of(give, office.assessor, unit_a, "criticism", period="", reason="", on_day=date(2025, 12, 31))
    assert set(bad) == {"reason", "evidence", "on_day"}
    give(office.assessor, unit_a, "criticism", period="", uploads=[FILE], event="11月夜查")
    again = problems_of(
        give, office.assessor, unit_a, "criticism", period="", uploads=[FILE], event="11月夜查", key="again"
    )
    assert set(again) == {"event"}
    told = sheets.sheets(office.assessor, assessed_unit_id=unit_a).told
    line = next(line for line in told["total"]["lines"] if line["code"] == "criticism")
    assert (line["count"], line["points"]["exact"], told["total"]["deduction"]["exact"]) == (1, "1", "1")
    entry = told["entries"][0]
    assert told["files"][str(entry["id"])][0][1] == FILE.name
    assert told["people"][str(entry["author_id"])] == office.assessor.name


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"points": "-1"}, "points"),
        ({"points": "10.5"}, "points"),
        ({"points": "1.234"}, "points"),
        ({"on_day": date(2026, 9, 30)}, "on_day"),
        ({"on_day": None}, "on_day"),
        ({"on_day": "2026-10-20"}, "on_day"),
        ({"on_day": date(2026, 12, 1)}, "on_day"),
        ({"count": 0}, "count"),
        ({"item": "no such item"}, "item"),
        ({"item": "satisfaction"}, "item"),
        ({"item": "criticism"}, "item"),
        ({"not_applicable": True, "reason": " "}, "reason"),
        ({"record": "case", "number": "2026-99999"}, "evidence"),
    ],
)
def test_wrong_input_is_told_beside_its_field(office: Office, unit_a: int, typed: Any, field: str) -> None:
    assert field in problems_of(give, office.assessor, unit_a, **{"item": "plans"} | typed)
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(ScoreEntry)) == 0


def test_points_of_one_item_never_pass_its_most(office: Office, unit_a: int) -> None:
    give(office.assessor, unit_a, "plans", points="6")
    assert set(problems_of(give, office.assessor, unit_a, "plans", points="4.5", key="b")) == {"points"}
    give(office.assessor, unit_a, "plans", points="4", key="c")
    told = sheets.sheets(office.assessor, assessed_unit_id=unit_a).told
    line = next(line for line in told["periods"][3]["lines"] if line["code"] == "plans")
    assert line["points"]["exact"] == "10"


def test_an_entry_is_corrected_taken_back_and_put_back(office: Office, unit_a: int) -> None:
    entry = give(office.assessor, unit_a, "books", points="2")
    version = entries.edit_entry(
        office.assessor, entry_id=entry, version=1, key="e", item="books", on_day=DAY, points="3", reason="缺两本台账"
    )
    with pytest.raises(Changed) as caught:
        entries.edit_entry(
            office.assessor, entry_id=entry, version=1, key="e2", item="books", on_day=DAY, points="5", reason="缺五本"
        )
    assert caught.value.theirs["reason"] == "缺两本台账"
    version = entries.remove_entry(office.assessor, entry_id=entry, version=version, key="d")
    give(office.assessor, unit_a, "books", points="14", key="more")
    assert set(problems_of(entries.restore_entry, office.assessor, entry_id=entry, version=version, key="u")) == {
        "points"
    }
    with reading() as session:
        assert session.get_one(ScoreEntry, entry).removed_at is not None


def test_the_same_key_writes_once(office: Office, unit_a: int) -> None:
    first = give(office.assessor, unit_a, "plans", points="5", key="same")
    assert give(office.assessor, unit_a, "plans", points="5", key="same") == first
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(ScoreEntry)) == 1


def test_the_grid_saves_row_by_row(office: Office, unit_a: int) -> None:
    entry = give(office.assessor, unit_a, "plans", points="5")
    rows = {
        entry: (1, {"item": "plans", "on_day": DAY, "points": "7", "reason": ""}),
        -1: (0, {"item": "streets", "on_day": DAY, "points": "9", "reason": ""}),
        -2: (0, {"item": "places", "on_day": DAY, "points": "99", "reason": ""}),
    }
    saved = grids.save_sheet(office.assessor, assessed_unit_id=unit_a, period="q4", rows=rows, key="g")
    assert set(saved.saved) == {entry, -1}
    assert [problem.field for problem in saved.rejected[-2].problems] == ["points"]
    again = grids.save_sheet(office.assessor, assessed_unit_id=unit_a, period="q4", rows=rows, key="g")
    assert set(again.saved) == {entry, -1}
    stale = {entry: (1, {"item": "plans", "on_day": DAY, "points": "1", "reason": ""})}
    late = grids.save_sheet(office.assessor, assessed_unit_id=unit_a, period="q4", rows=stale, key="h")
    assert set(late.conflicts) == {entry}
    twice = {-1: (0, {"item": "streets", "on_day": DAY, "points": "1", "reason": ""})}
    second = grids.save_sheet(office.assessor, assessed_unit_id=unit_a, period="q4", rows=twice, key="i")
    assert second.conflicts[-1].theirs["points"] == "9"
    told = sheets.sheets(office.assessor, assessed_unit_id=unit_a).told
    points = {line["code"]: line["points"]["exact"] for line in told["periods"][3]["lines"]}
    assert (points["plans"], points["streets"], points["places"]) == ("7", "9", "")


def test_one_item_is_entered_unit_by_unit(office: Office, assessment_id: int, unit_a: int) -> None:
    other = assessed(assessment_id, office.unit_b)
    give(office.assessor, other, "plans", points="4")
    seen = grids.column(office.assessor, assessment_id=assessment_id, period="q4", item="plans")
    assert seen["points"].tolist() == ["", "4"]
    ids = {int(row["assessed_unit_id"]): row["entry_id"] for _, row in seen.iterrows()}
    entry_ids = {pk: None if pd.isna(entry) else int(entry) for pk, entry in ids.items()}
    typed = {"on_day": DAY, "points": "6", "reason": ""}
    rows = {unit_a: (0, typed), other: (1, typed | {"points": "11"})}
    which: dict[str, Any] = {"period": "q4", "item": "plans", "entry_ids": entry_ids}
    saved = grids.save_column(office.assessor, rows=rows, key="c", **which)
    assert (saved.saved, set(saved.rejected)) == ((unit_a,), {other})
    late = grids.save_column(office.assessor, rows={unit_a: (0, typed | {"points": "1"})}, key="d", **which)
    assert late.conflicts[unit_a].theirs["points"] == "6"
    assert grids.save_column(office.assessor, rows=rows, key="c", **which).saved == (unit_a,)
    again = grids.column(office.assessor, assessment_id=assessment_id, period="q4", item="plans")
    assert again["points"].tolist() == ["6", "4"]


def test_a_record_is_evidence_once(office: Office, unit_a: int) -> None:
    with transaction(SYSTEM) as session:
        session.add(Work(kind="inspection", on_day=DAY, title="夜间值班检查"))
    typed: dict[str, Any] = {"period": "", "record": "work", "number": "1"}
    give(office.assessor, unit_a, "criticism", **typed)
    assert set(problems_of(give, office.assessor, unit_a, "criticism", key="again", **typed)) == {"event"}
    told = sheets.sheets(office.assessor, assessed_unit_id=unit_a).told
    assert told["records"] == {"work 1": "夜间值班检查"}


def test_nobody_scores_their_own_unit(office: Office, unit_a: int, assessment_id: int) -> None:
    insider = Actor(
        id=office.assessor.id,
        name="内部",
        roles=office.assessor.roles,
        unit_id=office.group_a,
        unit_path=office.head.unit_path + f"{office.group_a}/",
    )
    assert problems_of(give, insider, unit_a, "plans")[""] == scope.OWN_UNIT
    give(insider, assessed(assessment_id, office.unit_b), "plans")
    assert not sheets.sheets(insider, assessed_unit_id=unit_a).may_enter


def test_a_unit_sees_its_own_open_sheet_only(office: Office, assessment_id: int, unit_a: int) -> None:
    other = assessed(assessment_id, office.unit_b)
    assert sheets.sheets(office.head, assessed_unit_id=unit_a).told["unit"]["id"] == office.unit_a
    with pytest.raises(NotThere):
        sheets.sheets(office.head, assessed_unit_id=other)
    seen = board.board(office.head, assessment_id=assessment_id)
    assert (seen.units["assessed_unit_id"].tolist(), seen.ranked) == ([unit_a], False)
    assert seen.units["rank"].isna().all()
    assert board.assessments(office.head)["units"].tolist() == [1]
    for stranger in (office.viewer, office.clerk, office.handler, office.admin, office.auditor, office.mediator):
        with pytest.raises(Refused):
            sheets.sheets(stranger, assessed_unit_id=unit_a)
        with pytest.raises(Refused):
            board.board(stranger, assessment_id=assessment_id)


def test_only_assessors_enter(office: Office, unit_a: int) -> None:
    for name, actor in office.people.items():
        if name == "assessor":
            continue
        with pytest.raises(Refused):
            give(actor, unit_a, "plans", key=name)
        with pytest.raises(Refused):
            sheets.finish(actor, assessed_unit_id=unit_a, period="q4", version=0, key=f"{name} finishes")


def test_ties_share_a_rank(office: Office, assessment_id: int, unit_a: int) -> None:
    for unit in (unit_a, assessed(assessment_id, office.unit_b)):
        for item in GIVEN:
            give(office.assessor, unit, item, points="9")
        rates_not_applicable(office.assessor, unit, "q4")
        sheets.finish(office.assessor, assessed_unit_id=unit, period="q4", version=0, key=f"finish {unit}")
    assert board.board(office.assessor, assessment_id=assessment_id).units["rank"].tolist() == [1, 1]


def test_adding_everything_up_again_changes_nothing(office: Office, assessment_id: int, unit_a: int) -> None:
    give(office.assessor, unit_a, "plans", points="3.25")
    give(office.assessor, unit_a, "commended_city", period="", uploads=[FILE])

    def kept() -> list[tuple[str, str, int | None]]:
        with reading() as session:
            rows = session.scalars(select(AssessedUnit).order_by(AssessedUnit.id))
            return [(row.total, row.standing, row.tenths) for row in rows]

    heard: list[tuple[int, int]] = []
    with transaction(office.assessor) as session:
        ledger.refresh_all(session, assessment_id)
    before = kept()
    with transaction(office.assessor) as session:
        assert ledger.refresh_all(session, assessment_id, lambda done, of: heard.append((done, of))) == 2
    assert (kept(), heard) == (before, [(2, 2)])
    assert Decimal(entries_points(unit_a)) == Decimal("3.25")


def entries_points(unit: int) -> str:
    with reading() as session:
        points = session.scalars(select(ScoreEntry.points).where(ScoreEntry.item == "plans")).one()
    return f"{(points or 0) / 100}"


def test_an_assessment_still_drafted_comes_last_on_the_board(office: Office, assessment_id: int) -> None:
    units = (office.unit_a, office.unit_b)
    draft = assessments.add_assessment(
        office.director, preset="township", year=2027, name="明年考核", unit_ids=units, key="next year"
    )
    assert board.assessments(office.assessor)["id"].tolist() == [assessment_id, draft]
