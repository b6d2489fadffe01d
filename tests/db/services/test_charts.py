"""Charts on matters: every figure as counted by hand, in the office's days, of nobody's sealed matter or accusation."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from db import clock
from db.engine import Database
from db.models import Case, CaseVisit, Code
from db.rules import case_words
from db.rules.briefings.chart import Cell, ChartKind, ChartSpec, Drawn, Period
from db.rules.briefings.recommending import MOST, REST
from db.rules.permissions import Actor, Role
from db.rules.problems import Problems, Refused
from db.services.briefings import standard
from db.services.briefings.behind import FIGURES_ONLY, behind
from db.services.briefings.drawing import draw, draw_in, values_of
from db.services.briefings.registers import REGISTERS, registers_of
from db.services.briefings.registers.cases import REGISTER
from tests.db.services import charted, stages
from tests.db.services.charted import KEYS, TODAY, a_town, counted, facts
from tests.factories import NOW, SYSTEM, Office, a_case

EVER = Period.EVER.value
SOME = ("unit", "category", "overdue", "hour", "day", "week", "quarter")
TIMES = ("day", "week", "month", "quarter", "year")


def spec(measure: str = "received", **asked: Any) -> ChartSpec:
    """A question about matters, of all time."""
    return ChartSpec(register="cases", measure=measure, **{"period": EVER} | asked)


def shown(drawn: Drawn) -> dict[tuple[str, ...], float | None]:
    """Every figure by its place, without the empty ones."""
    length = 2 if drawn.spec.by else 1 if drawn.spec.split else 0
    return {(cell.at, cell.what)[:length]: cell.value for cell in drawn.cells if cell.n or cell.of}


def told_by_hand(measure: str, place: tuple[float, int]) -> float | None:
    """The figure of a top and a bottom."""
    top, bottom = place
    divided = REGISTER.measures[measure].unit in ("rate", "days")
    return (top / bottom if bottom else None) if divided else top


def records(database: Database, fits: Callable[[Case], bool] = lambda _: True) -> tuple[list[Case], list[CaseVisit]]:
    """What may stand in a figure, as it is stored."""
    with database.reading() as session:
        cases = [c for c in session.scalars(select(Case)) if not c.sealed and c.kind != "accusation" and fits(c)]
        return cases, list(session.scalars(select(CaseVisit)))


def test_every_figure_divided_by_everything_is_as_counted_by_hand(database: Database, office: Office) -> None:
    a_town(database, office)
    cases, visits = records(database)
    by_hand = facts(cases, visits, None)
    assert set(by_hand) == set(REGISTER.measures)
    assert set(KEYS) == set(REGISTER.dimensions)
    with database.reading() as session:
        for measure, told in by_hand.items():
            for split in ("", *(KEYS if measure == "received" else SOME)):
                asked = spec(measure, split=split, kind="table" if split else "")
                if measure == "open" and split in TIMES:
                    continue
                drawn = draw_in(session, office.director, asked, hidden=False)
                expected = counted(told, *([split] if split else []))
                found = shown(drawn)
                assert set(found) == set(expected), (measure, split)
                for place, one in expected.items():
                    assert found[place] == pytest.approx(told_by_hand(measure, one)), (measure, split, place)
                whole = counted(told)[()]
                assert drawn.total.value == pytest.approx(told_by_hand(measure, whole))


def test_divided_twice(database: Database, office: Office) -> None:
    a_town(database, office, 60)
    by_hand = facts(*records(database), None)
    for measure, split, by in (
        ("received", "weekday", "hour"),
        ("closed", "month", "channel"),
        ("answered_rate", "unit", "grade"),
    ):
        drawn = draw(office.clerk, spec=spec(measure, split=split, by=by))
        expected = counted(by_hand[measure], split, by)
        assert shown(drawn) == {place: pytest.approx(told_by_hand(measure, one)) for place, one in expected.items()}
        assert len(drawn.cells) == len(drawn.at) * len(drawn.what)


def test_days_of_a_period_and_of_the_one_beside_it(database: Database, office: Office) -> None:
    a_town(database, office, 60)
    told = facts(*records(database), TODAY)
    first, last = date(2026, 9, 1), date(2026, 10, 31)
    for measure, split in (("received", "week"), ("closed", "category"), ("notice_rate", "month")):
        asked = spec(measure, split=split, compare="year_ago").over(first, last)
        drawn = draw(office.director, spec=asked)
        inside = [fact for fact in told[measure] if first <= fact.day <= last]
        assert shown(drawn) == {k: pytest.approx(told_by_hand(measure, v)) for k, v in counted(inside, split).items()}
        ago = [fact for fact in told[measure] if date(2025, 9, 1) <= fact.day <= date(2025, 10, 31)]
        assert drawn.total_before is not None
        assert drawn.total_before.value == pytest.approx(told_by_hand(measure, counted(ago).get((), (0, 0))))
        assert {cell.at for cell in drawn.before} <= {entry.code for entry in drawn.at}


def test_what_stood_open_at_the_end_of_a_period(database: Database, office: Office) -> None:
    a_town(database, office)
    last = date(2026, 6, 30)
    told = facts(*records(database), last)["open"]
    drawn = draw(office.director, spec=spec("open", split="unit").over(date(2026, 6, 1), last))
    assert shown(drawn) == {place: top for place, (top, _) in counted(told, "unit").items()}


def test_an_axis_of_time_has_no_holes(office: Office, database: Database) -> None:
    with database.transaction(SYSTEM) as session:
        a_case(session, office, received_at=NOW - timedelta(days=10))
    drawn = draw(office.clerk, spec=spec(split="day", period=Period.THIS_MONTH.value))
    assert [cell.value for cell in drawn.cells] == [int(day == 9) for day in range(1, 20)]
    assert drawn.at[0].name.within("zh") == "11月1日"


def test_midnight_is_the_offices_own(office: Office, database: Database) -> None:
    with database.transaction(SYSTEM) as session:
        for minutes in (-1, 0):
            a_case(session, office, received_at=charted.midnight(TODAY) + timedelta(minutes=minutes))
    drawn = draw(office.clerk, spec=spec(split="hour", by="weekday"))
    assert shown(drawn) == {("23", "3"): 1, ("00", "4"): 1}
    assert [cell.value for cell in draw(office.clerk, spec=spec(split="day")).cells] == [1, 1]


def test_an_hour_is_put_forward_where_the_office_does_so(office: Office, database: Database) -> None:
    object.__setattr__(database.settings, "timezone", "Europe/Berlin")
    with database.transaction(SYSTEM) as session:
        for month, day in ((3, 29), (7, 1), (10, 25), (11, 1)):
            a_case(session, office, received_at=NOW.replace(month=month, day=day, hour=8))
    drawn = draw(office.clerk, spec=spec(split="hour"))
    try:
        # 00:00 UTC is 01:00 in winter and 02:00 in summer; the clocks are put at 01:00 UTC.
        assert shown(drawn) == {("01",): 2, ("02",): 2}
    finally:
        object.__setattr__(database.settings, "timezone", "Asia/Shanghai")


# --- who sees what ---


def within(office: Office, person: str) -> Callable[[Case], bool]:
    """The matters somebody's figures reach, told in plain words."""
    if person in ("handler", "head"):
        return lambda case: case.lead_unit_id == office.unit_a
    if person == "outsider":
        return lambda case: case.lead_unit_id == office.unit_b
    if person == "leader":
        return lambda case: (case.running - 1) % 29 != 0
    return lambda _: True


def test_each_counts_what_is_theirs_and_nobody_what_is_sealed(database: Database, office: Office) -> None:
    a_town(database, office, 60)
    for person in ("director", "clerk", "leader", "handler", "head", "outsider", "viewer", "assessor"):
        actor = office.people[person]
        drawn = draw(actor, spec=spec(split="kind"))
        cases, _ = records(database, within(office, person))
        assert drawn.total.value == len(cases), person
        assert {entry.code for entry in drawn.at} == {"request", "suggestion"}
        offered = values_of(actor, register="cases", dimension="kind")
        assert {entry.code for entry in offered} == {"request", "suggestion"}
        assert draw(actor, spec=spec(filters=(("kind", ("accusation",)),))).total.value == 0


@pytest.mark.parametrize("person", ["mediator", "chair", "elsewhere"])
def test_a_register_of_others_is_refused(person: str, office: Office) -> None:
    actor = office.people[person]
    assert "cases" not in {register.code for register in registers_of(actor)}
    with pytest.raises(Refused):
        draw(actor, spec=spec())


@pytest.mark.parametrize("person", ["admin", "auditor"])
def test_others_draw_nothing(person: str, office: Office) -> None:
    with pytest.raises(Refused):
        draw(office.people[person], spec=spec())


def test_a_reader_of_figures_gets_no_small_counts_and_no_records(database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        for number in range(14):
            category = "construction" if number < 2 else "other" if number < 8 else "noise"
            a_case(session, office, category=category)
    drawn = draw(office.viewer, spec=spec(split="category"))
    assert {cell.at: cell.value for cell in drawn.cells} == {"construction": None, "noise": None, "other": None} | {
        next(cell.at for cell in drawn.cells if not cell.hidden): 6
    }
    assert drawn.below == 5
    assert drawn.total.value == 14
    found = behind(office.viewer, spec=spec(split="category"), at="other")
    assert (found.reason, found.total, len(found.rows)) == (FIGURES_ONLY, 0, 0)
    with database.reading() as session:
        forced = draw_in(session, office.director, spec(split="category"), hidden=True)
    assert [cell.hidden for cell in forced.cells] == [cell.hidden for cell in drawn.cells]
    assert not any(cell.hidden for cell in draw(office.director, spec=spec(split="category")).cells)


# --- what is shown of it ---


def test_the_largest_of_this_period_come_first(database: Database, office: Office) -> None:
    a_town(database, office)
    drawn = draw(office.clerk, spec=spec(split="channel", period="this_month", compare="before"))
    values = [cell.value or 0 for cell in drawn.cells]
    assert len(drawn.cells) > 1
    assert any(cell.value for cell in drawn.before)
    assert values == sorted(values, reverse=True)


def test_the_largest_stay_and_the_rest_is_folded(database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        for number in range(25):
            for _ in range(1 + (number < 3)):
                a_case(session, office, category=f"c{number:02}", channel=f"way{number % 10}")
    drawn = draw(office.clerk, spec=spec(split="category"))
    assert (len(drawn.at), drawn.cut, drawn.at[-1].code) == (MOST, 6, REST)
    assert [entry.code for entry in drawn.at[:3]] == ["c00", "c01", "c02"]
    assert sum(cell.n for cell in drawn.cells) == drawn.total.value == 28
    rest = behind(office.clerk, spec=spec(split="category"), at=REST)
    assert rest.total == drawn.cells[-1].value == 6
    table = draw(office.clerk, spec=spec(split="category", kind="table"))
    assert (len(table.at), table.cut) == (25, 0)
    series = draw(office.clerk, spec=spec(split="grade", by="channel"))
    assert (len(series.what), series.what[-1].code, series.cut) == (8, REST, 3)


def test_a_category_that_is_gone_still_opens(database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        a_case(session, office, category="construction")
        a_case(session, office, category="gone")
    with database.transaction(SYSTEM) as session:
        for code in session.scalars(select(Code).where(Code.list_name == "category", Code.code == "construction")):
            code.active = False
    drawn = draw(office.clerk, spec=spec(split="category", filters=(("category", ("construction", "gone")),)))
    named = {entry.code: entry.name.within("en") for entry in drawn.at}
    assert named["gone"] == "gone"
    assert named["construction"] != "construction"
    assert drawn.filters[0][1][1].zh == "gone"


def test_codes_nobody_ever_stored_hold_nothing(database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        a_case(session, office)
    strange = ("\0", "=1+1", "9" * 40, "－１")
    for code in ("category", "unit", "bounces", "hour"):
        assert draw(office.clerk, spec=spec(filters=((code, strange),))).total.value == 0
        for one in strange:
            assert behind(office.clerk, spec=spec(split=code), at=one).total == 0
    assert draw(office.clerk, spec=spec(filters=(("unit", ("",)),))).total.value == 1


def test_an_empty_period_has_no_figures_and_no_error(office: Office) -> None:
    for split in ("", "category", "day", "weekday"):
        drawn = draw(office.clerk, spec=spec(split=split, period=Period.TODAY.value, compare="before"))
        assert (drawn.cells, drawn.before, drawn.total.value) == ((), (), 0)
        assert drawn.total_before == Cell("", "", 0)
    assert draw(office.clerk, spec=spec("satisfied_rate")).total.value is None


def test_a_drawn_chart_is_the_same_after_it_was_kept(database: Database, office: Office) -> None:
    a_town(database, office, 30)
    drawn = draw(office.viewer, spec=spec(split="month", by="channel", filters=(("grade", ("simple", "major")),)))
    assert Drawn.from_json(drawn.to_json()) == drawn


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"register": "gossip"}, "register"),
        ({"measure": "beauty"}, "measure"),
        ({"split": "resident"}, "split"),
        ({"by": "category"}, "by"),
        ({"split": "category", "by": "category"}, "by"),
        ({"split": "category", "by": "month"}, "by"),
        ({"measure": "open", "split": "month"}, "split"),
        ({"filters": (("resident", ("x",)),)}, "filters"),
        ({"filters": (("month", ("2026-11",)),)}, "filters"),
        ({"kind": "pie"}, "kind"),
        ({"kind": "heat"}, "kind"),
        ({"compare": "neighbour"}, "compare"),
        ({"period": "yesteryear"}, "period"),
        ({"period": "chosen", "first": TODAY}, "last"),
        ({"period": "chosen", "first": TODAY, "last": TODAY - timedelta(days=1)}, "last"),
        ({"title": "很" * 101}, "title"),
        ({"period": "chosen", "first": date.min, "last": TODAY}, "first"),
        ({"period": "chosen", "first": TODAY, "last": date.max}, "last"),
        ({"filters": (("category", tuple(map(str, range(501)))),)}, "filters"),
    ],
)
def test_what_can_not_be_asked_is_said_beside_its_field(asked: dict[str, Any], field: str, office: Office) -> None:
    with pytest.raises(Problems) as told:
        draw(office.clerk, spec=ChartSpec(**{"register": "cases", "measure": "received"} | asked))
    assert [problem.field for problem in told.value.problems] == [field]


def test_too_fine_a_division_of_too_long_a_period(database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        a_case(session, office)
    with pytest.raises(Problems) as told:
        draw(office.clerk, spec=spec(split="day").over(date(2020, 1, 1), TODAY))
    assert told.value.problems[0].field == "split"


def test_the_records_behind_a_figure_are_those_it_counts(database: Database, office: Office) -> None:
    a_town(database, office, 60)
    asked = spec("closed", split="unit", by="channel")
    drawn = draw(office.director, spec=asked)
    for cell in drawn.cells:
        found = behind(office.director, spec=asked, at=cell.at, what=cell.what)
        assert found.total == cell.n == len(found.rows)
        assert list(found.rows["day"]) == sorted(found.rows["day"], reverse=True)
    everything = behind(office.director, spec=spec())
    assert (everything.more, len(everything.rows)) == (everything.total > 50, min(everything.total, 50))
    theirs = len(records(database, within(office, "handler"))[0])
    assert behind(office.handler, spec=spec(split="unit"), at=str(office.unit_a)).total == theirs
    reads_figures = replace(office.handler, roles=frozenset({Role.HANDLER, Role.VIEWER}))
    whole = draw(reads_figures, spec=spec()).total.value
    assert (whole, behind(reads_figures, spec=spec()).total) == (everything.total, theirs)
    assert 0 < theirs < everything.total


def test_words_of_codes_are_those_of_the_screens(office: Office) -> None:
    told = [one.name.en for one in values_of(office.clerk, register="cases", dimension="grade")]
    assert told == list(case_words.TABLES["grade"].values())
    assert len(values_of(office.clerk, register="cases", dimension="hour")) == 24
    assert str(office.unit_b) in {one.code for one in values_of(office.clerk, register="cases", dimension="unit")}


def test_due_days_stay_when_they_were_met(database: Database, office: Office) -> None:
    with clock.at(NOW - timedelta(days=3)):
        case_id = stages.brought(office, stages.HANDLING)
    with database.reading() as session:
        case = session.get_one(Case, case_id)
        assert case.answer_due_on is not None
        assert case.answer_due_on >= TODAY + timedelta(days=57)
        assert case.notice_due_on is not None
        assert case.notice_due_on < TODAY + timedelta(days=20)
    closed = stages.brought(office, stages.CLOSED)
    with database.reading() as session:
        case = session.get_one(Case, closed)
        assert (case.promise_due_on, case.statute_due_on) == (None, None)
        assert case.answer_due_on is not None
        assert case.answer_due_on >= TODAY + timedelta(days=60)
    drawn = draw(office.director, spec=spec("answered_rate"))
    assert (drawn.total.n, drawn.total.of, drawn.total.value) == (1, 1, 1.0)


# --- the standard set, and every other register ---


def test_the_standard_set_is_drawn_for_whom_it_is_offered(database: Database, office: Office) -> None:
    a_town(database, office, 40)
    assert len(standard.every()) >= 12
    assert standard.every()[0][1] == ChartSpec(
        register="cases", measure="received", split="category", compare="before", period=Period.THIS_MONTH.value
    )
    for person in ("director", "viewer", "handler", "mediator", "assessor"):
        offered = standard.standard(office.people[person])
        assert offered
        for _, asked in offered:
            assert draw(office.people[person], spec=asked).definition.zh


def everything(actor: Actor) -> list[ChartSpec]:
    """Every measure of every other register, divided by everything it can be."""
    return [
        ChartSpec(register=register.code, measure=measure.code, split=split, period=EVER)
        for register in registers_of(actor)
        for measure in register.measures.values()
        for split in ("", *(d.code for d in register.dimensions.values() if measure.divided_by(d)))
        if register.code != "cases" and split not in ("day", "week", "quarter", "year")
    ]


def test_every_register_answers_every_question_it_declares(database: Database, office: Office) -> None:
    assert {asked.register for asked in everything(office.director)} == set(REGISTERS) - {"cases"}
    with database.reading() as session:
        for asked in everything(office.director):
            drawn = draw_in(session, office.director, asked, hidden=False)
            assert drawn.kind in set(ChartKind)
            assert drawn.definition.zh.endswith("。")
            assert drawn.definition.en.endswith(".")
    for code, register in REGISTERS.items():
        assert register.code == code
        for dimension in register.dimensions:
            assert "person" not in dimension
            assert "resident" not in dimension
