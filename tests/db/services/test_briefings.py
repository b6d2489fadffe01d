"""Briefings: drafted from a template, written to by several, issued once and for all, corrected by another edition."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from db import clock
from db.engine import Database
from db.journal import JournalRow
from db.models import Code, LimitRule, Unit
from db.rules.briefings.chart import ChartSpec
from db.rules.briefings.issuing import BlockKind, Kind, State
from db.rules.permissions import Actor
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.services.briefings import blocks, briefings, contents, issuing, templates
from db.services.briefings.briefings import Choice
from db.services.briefings.registers import REGISTERS
from tests.db.services.briefed import OCTOBER, Briefed
from tests.db.services.untouched import nothing_changes
from tests.factories import NOW, SYSTEM, Office, a_dispute

# What the engine has no part in.
SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
RECEIVED = ChartSpec(register="cases", measure="received", split="category")


@pytest.fixture
def briefed(database: Database, office: Office) -> Briefed:
    """Seven matters of October: five of one category, two of another."""
    briefed = Briefed(database, office)
    briefed.received(5)
    briefed.received(2, category="environment")
    return briefed


def problems_of(act: Any, *args: Any, **typed: Any) -> Mapping[str, str]:
    with pytest.raises(Problems) as caught:
        act(*args, **typed)
    return {problem.field: problem.message.format(**problem.values) for problem in caught.value.problems}


# --- drafts ---


@SQLITE
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_kind_begins_with_its_template(briefed: Briefed, language: str) -> None:
    for kind in Kind:
        found = briefed.new(kind, language=language, actor=briefed.office.director, key=kind.value)
        parts = briefed.parts(found, briefed.office.director)
        assert [part.why for part in parts if part.why] == []
        assert {part.kind for part in parts} >= {BlockKind.TEXT}
        assert not [part.text for part in parts if part.kind == BlockKind.TEXT and blocks.problems_of(part.text)]
        assert briefed.head(found).title == templates.title_of(kind, briefed.head(found).days, language)
        assert briefed.issue(found, key=f"issue {kind}") == found


def test_every_named_figure_is_one_a_register_counts() -> None:
    for figure in templates.names().figures.values():
        assert figure.declared.measure in REGISTERS[figure.declared.register].measures, figure.code
        assert figure.declared.group in templates.groups()


@SQLITE
def test_a_new_one_begins_like_the_last(briefed: Briefed) -> None:
    first = briefed.empty()
    briefed.text(first, "本月登记{登记件数}件。")
    found = briefed.new(key="second")
    assert [part.text for part in briefed.parts(found)] == ["本月登记{登记件数}件。"]
    plain = briefings.new(
        briefed.office.clerk, kind="monthly", begins=date(2026, 9, 1), ends=date(2026, 9, 30), like_last=False,
        language="zh", key="third",
    )  # fmt: skip
    assert len(briefed.parts(plain)) > 1


@SQLITE
def test_texts_follow_the_figures_until_issued(briefed: Briefed) -> None:
    found = briefed.empty()
    briefed.text(found, "十月登记{登记件数}件，办结{closed}件。")
    assert briefed.said(found) == "十月登记7件，办结0件。"
    briefed.received(1)
    assert briefed.said(found) == "十月登记8件，办结0件。"
    row = briefed.head(found)
    briefings.change(
        briefed.office.clerk, briefing_id=found, version=row.version, title="十一月", begins=date(2026, 11, 1),
        ends=date(2026, 11, 30), key="change",
    )  # fmt: skip
    assert briefed.said(found) == "十月登记0件，办结0件。"


@SQLITE
def test_a_preview_shows_what_is_not_saved_yet(briefed: Briefed) -> None:
    found = briefed.empty()
    shown = contents.preview(briefed.office.clerk, briefing_id=found, text="登记{registered}件，{没有}。")
    assert shown.within("en") == "登记7件，{没有}。"


@SQLITE
@pytest.mark.parametrize(
    ("typed", "said"),
    [("{登记数}", "{登记件数}"), ("{registred}", "{registered}"), ("{甲乙丙丁}", "Choose one from the list")],
)
def test_an_unknown_name_is_told_with_the_closest(briefed: Briefed, typed: str, said: str) -> None:
    found = briefed.empty()
    with nothing_changes(briefed.database):
        told = problems_of(
            blocks.add, briefed.office.clerk, briefing_id=found, kind="text", text=f"共{typed}件", key="text"
        )
    assert typed in told["text"]
    assert said in told["text"]


@SQLITE
def test_what_can_t_be_taken(briefed: Briefed) -> None:
    office, found = briefed.office, briefed.empty()
    assert problems_of(blocks.add, office.clerk, briefing_id=found, kind="text", text=" ", key="1")["text"]
    assert problems_of(blocks.add, office.clerk, briefing_id=found, kind="heading", text="长" * 121, key="2")["text"]
    assert problems_of(blocks.add, office.clerk, briefing_id=found, kind="figures", key="3")["codes"]
    assert problems_of(blocks.add, office.clerk, briefing_id=found, kind="figures", codes=["gone"], key="4")["codes"]
    assert problems_of(blocks.add, office.clerk, briefing_id=found, kind="chart", key="5")["kind"]
    typed = {"kind": "monthly", "language": "zh", "key": "6"}
    assert problems_of(briefings.new, office.clerk, begins=None, ends=None, **typed).keys() == {"begins", "ends"}
    later = {"begins": date(2026, 10, 2), "ends": date(2026, 10, 1)}
    assert problems_of(briefings.new, office.clerk, **later, **typed)["ends"]
    fine = {"begins": date(2026, 10, 1), "ends": date(2026, 10, 1)}
    assert problems_of(briefings.new, office.clerk, **fine, **(typed | {"kind": "weekly"}))["kind"]
    assert problems_of(briefings.new, office.clerk, title="长" * 121, **fine, **typed)["title"]


def test_blocks_are_moved_taken_out_and_put_back(briefed: Briefed) -> None:
    office, found = briefed.office, briefed.empty()
    a, b, c = (briefed.text(found, text) for text in "甲乙丙")
    assert blocks.move(office.clerk, block_id=c, by=-1, key="up") == 1
    assert blocks.move(office.clerk, block_id=a, by=-1, key="nowhere") == 0
    assert briefed.said(found) == "甲丙乙"
    d = blocks.add(office.clerk, briefing_id=found, kind="text", text="丁", after=a, key="after")
    assert briefed.said(found) == "甲丁丙乙"
    version = next(part.version for part in briefed.parts(found) if part.block_id == d)
    assert blocks.remove(office.clerk, block_id=d, version=version, key="out") == d
    assert briefed.said(found) == "甲丙乙"
    assert blocks.restore(office.clerk, block_id=d, key="back") == d
    assert briefed.said(found) == "甲丁丙乙"
    with pytest.raises(NotThere):
        blocks.restore(office.clerk, block_id=d, key="back again")
    with pytest.raises(NotThere):
        blocks.move(office.clerk, block_id=999_999, by=1, key="none")
    assert b


def test_a_key_writes_once(briefed: Briefed) -> None:
    office, found = briefed.office, briefed.empty()
    assert briefed.text(found, "甲", key="same") == briefed.text(found, "甲", key="same")
    chart = [blocks.add_chart(office.clerk, briefing_id=found, spec=RECEIVED, key="chart") for _ in range(2)]
    assert chart[0] == chart[1]
    assert len(briefed.parts(found)) == 2
    assert briefed.new(key="empty") == found
    assert briefed.issue(found) == briefed.issue(found)
    again = [briefings.correct(office.clerk, briefing_id=found, key="correct") for _ in range(2)]
    assert again[0] == again[1]


def test_who_saves_second_sees_both_versions(briefed: Briefed) -> None:
    office, found = briefed.office, briefed.empty()
    block = briefed.text(found, "甲")
    other = briefed.text(found, "乙")
    seen = briefed.parts(found)[0].version
    blocks.move(office.leader, block_id=other, by=-1, key="moved meanwhile")
    blocks.save(office.deputy, block_id=block, version=seen, text="甲一", key="first")
    with pytest.raises(Changed) as caught:
        blocks.save(office.clerk, block_id=block, version=seen, text="甲二", key="second")
    assert (caught.value.theirs, caught.value.mine) == ({"text": "甲一"}, {"text": "甲二"})
    assert caught.value.by == "杜副班"
    blocks.save(office.clerk, block_id=block, version=caught.value.version, text="甲二", key="mine after all")
    with pytest.raises(Changed):
        blocks.remove(office.clerk, block_id=block, version=seen, key="out")
    head = briefed.head(found)
    same: dict[str, Any] = {"begins": head.begins, "ends": head.ends, "version": head.version}
    briefings.change(office.clerk, briefing_id=found, title="甲", key="title", **same)
    with pytest.raises(Changed):
        briefings.change(office.leader, briefing_id=found, title="乙", key="other title", **same)


@SQLITE
def test_drafts_go_to_the_bin_and_come_back(briefed: Briefed) -> None:
    office, found = briefed.office, briefed.new()
    briefings.remove(office.clerk, briefing_id=found, version=briefed.head(found).version, key="bin")
    assert briefings.briefings(office.clerk).empty
    assert briefings.drafts(office.clerk).empty
    assert list(briefings.briefings(office.clerk, choice=Choice(removed=True))["id"]) == [found]
    with pytest.raises(NotThere):
        briefed.text(found, "甲")
    assert briefings.restore(office.clerk, briefing_id=found, key="back") == found
    assert list(briefings.drafts(office.clerk)["id"]) == [found]


# --- what is due ---


def test_what_is_not_written_yet_is_told(briefed: Briefed) -> None:
    office = briefed.office
    told = briefings.due(office.viewer)
    assert list(told["kind"]) == ["half_month", "monthly"]
    assert list(told["begins"]) == [date(2026, 11, 1), date(2026, 10, 1)]
    found = briefed.new()
    assert list(briefings.due(office.clerk)["title"]) == ["", briefed.head(found).title]
    briefed.issue(found)
    assert list(briefings.due(office.viewer)["kind"]) == ["half_month"]
    with clock.at(NOW + timedelta(days=60)):
        months = briefings.due(office.viewer)
        assert list(months.loc[months["kind"] == "monthly", "begins"]) == [date(2026, 12, 1), date(2026, 11, 1)]


# --- issuing ---


def a_full_one(briefed: Briefed) -> int:
    found = briefed.empty()
    clerk = briefed.office.clerk
    blocks.add(clerk, briefing_id=found, kind="heading", text="一、总体情况", key="heading")
    briefed.text(found, "登记{登记件数}件，上期{登记件数上期}件，比上期{登记件数比上期}。")
    blocks.add(clerk, briefing_id=found, kind="figures", codes=["registered", "closed"], key="figures")
    blocks.add_chart(clerk, briefing_id=found, spec=RECEIVED, key="chart")
    return found


def test_what_was_issued_is_the_same_a_month_later(briefed: Briefed) -> None:
    office = briefed.office
    found = briefed.issue(a_full_one(briefed))
    readers = {name: office.people[name] for name in ("clerk", "director", "viewer", "assessor")}
    before = {name: briefed.parts(found, actor) for name, actor in readers.items()}
    kept = briefed.row(found)
    assert before["clerk"][3].drawn.total.value == 7
    briefed.received(9)
    briefed.change_all(category="other")
    with briefed.database.transaction(SYSTEM) as session:
        for unit in session.query(Unit):
            unit.name, unit.active = f"改名{unit.id}", False
        for code in session.query(Code):
            code.label_zh, code.active = "改名", False
        for limit in session.query(LimitRule).filter_by(code="small_counts"):
            limit.amount = 50
    with clock.at(NOW + timedelta(days=31)):
        assert {name: briefed.parts(found, actor) for name, actor in readers.items()} == before
    assert briefed.row(found) == kept


@SQLITE
def test_no_act_reaches_what_was_issued(briefed: Briefed) -> None:
    office, found = briefed.office, a_full_one(briefed)
    part = briefed.parts(found)[1]
    head = briefed.head(found)
    briefed.issue(found)
    days = {"begins": head.begins, "ends": head.ends}
    acts: list[tuple[Any, dict[str, Any]]] = [
        (blocks.add, {"briefing_id": found, "kind": "text", "text": "乙"}),
        (blocks.add_chart, {"briefing_id": found, "spec": RECEIVED}),
        (blocks.save, {"block_id": part.block_id, "version": part.version, "text": "乙"}),
        (blocks.move, {"block_id": part.block_id, "by": 1}),
        (blocks.remove, {"block_id": part.block_id, "version": part.version}),
        (briefings.change, {"briefing_id": found, "version": head.version + 1, "title": "乙", **days}),
        (briefings.remove, {"briefing_id": found, "version": head.version + 1}),
        (issuing.issue, {"briefing_id": found}),
    ]
    with nothing_changes(briefed.database):
        for number, (act, typed) in enumerate(acts):
            assert "never changed" in problems_of(act, office.director, key=f"late {number}", **typed)[""]
    with briefed.database.reading() as session:
        events = session.scalars(
            select(JournalRow.event).where(JournalRow.tbl == "briefing", JournalRow.pk == str(found))
        ).all()
    assert list(events) == ["insert", "update"]


def test_small_numbers_stay_hidden_in_what_was_issued(briefed: Briefed) -> None:
    office, found = briefed.office, briefed.empty()
    briefed.text(found, "办结{办结件数}件，登记{登记件数}件。")
    blocks.add(office.clerk, briefing_id=found, kind="figures", codes=["closed", "registered"], key="figures")
    blocks.add_chart(office.clerk, briefing_id=found, spec=RECEIVED, key="chart")
    briefed.received(3, closed_on=OCTOBER.date(), open=False, category="environment")
    briefed.issue(found)
    assert briefed.said(found) == "办结3件，登记10件。"
    assert briefed.said(found, office.viewer) == "办结<5件，登记10件。"
    assert [one.value.zh for one in briefed.parts(found, office.viewer)[1].figures] == ["<5", "10"]
    with clock.at(NOW + timedelta(days=1)):
        cells = briefed.parts(found, office.viewer)[2].drawn.cells
    assert [cell.hidden for cell in cells] == [False, False]
    assert briefed.frozen(found)["below"] == 5


@SQLITE
def test_small_numbers_are_for_who_reads_both_the_figures_and_the_records(briefed: Briefed) -> None:
    office, found = briefed.office, briefed.empty()
    with briefed.database.transaction(SYSTEM) as session:
        a_dispute(session, office, state="mediating", accepted_on=OCTOBER.date())
    briefed.text(found, "{disputes}")
    briefed.issue(found)
    assert briefed.said(found, office.director) == "1"
    # The clerk reads files as their visitor, and no figures of disputes; the viewer figures, and no files.
    assert briefed.said(found, office.clerk) == briefed.said(found, office.viewer) == "<5"


def test_sealed_matters_and_accusations_are_in_no_briefing(briefed: Briefed) -> None:
    briefed.received(4, sealed=True)
    briefed.received(3, kind="accusation")
    found = briefed.empty()
    briefed.text(found, "{登记件数}")
    assert briefed.said(found, briefed.office.director) == "7"


@SQLITE
def test_issuing_says_what_is_in_the_way(briefed: Briefed) -> None:
    office, found = briefed.office, briefed.empty()
    assert "nothing in it" in problems_of(issuing.issue, office.director, briefing_id=found, key="1")[""]
    block = blocks.add_chart(
        office.clerk, briefing_id=found, spec=ChartSpec(register="gone", measure="received"), key="chart"
    )
    (part,) = briefed.parts(found)
    assert part.drawn is None
    assert "can't be drawn" in problems_of(issuing.issue, office.director, briefing_id=found, key="2")[""]
    blocks.save_chart(office.clerk, block_id=block, version=part.version, spec=RECEIVED, key="3")
    seen = issuing.standing(office.director, briefing_id=found)
    briefed.text(found, "甲")
    changed = problems_of(issuing.issue, office.director, briefing_id=found, seen=seen, key="4")
    assert "look at it again" in changed[""]
    seen = issuing.standing(office.director, briefing_id=found)
    assert issuing.issue(office.director, briefing_id=found, seen=seen, key="5") == found


def test_a_corrected_edition_leaves_the_first_readable(briefed: Briefed) -> None:
    office, first = briefed.office, briefed.issue(a_full_one(briefed))
    kept, shown = briefed.row(first), briefed.parts(first)
    briefed.received(1)
    second = briefings.correct(office.clerk, briefing_id=first, key="correct")
    assert briefings.correct(office.leader, briefing_id=first, key="correct too") == second
    assert (briefed.head(first).latest, briefed.head(second).edition) == (True, 2)
    blocks.move(office.clerk, block_id=briefed.parts(second)[0].block_id, by=1, key="move")
    briefed.issue(second, key="again")
    assert briefed.row(first) == kept
    assert briefed.parts(first) == shown
    heads = briefed.head(first), briefed.head(second)
    assert [one.latest for one in heads] == [False, True]
    assert heads[0].editions == heads[1].editions == {1: first, 2: second}
    assert briefed.parts(second)[3].drawn.total.value == 8
    rows = briefings.briefings(office.viewer).set_index("id")["latest"].to_dict()
    assert rows == {first: False, second: True}
    assert "correct that one" in problems_of(briefings.correct, office.clerk, briefing_id=first, key="late")[""]


# --- who may ---


@SQLITE
@pytest.mark.parametrize("name", ["handler", "admin", "auditor"])
def test_who_has_nothing_to_do_with_briefings(briefed: Briefed, name: str) -> None:
    found = briefed.new()
    actor = briefed.office.people[name]
    asked: list[tuple[Any, dict[str, Any]]] = [
        (briefings.briefings, {}),
        (briefings.due, {}),
        (briefings.briefing, {"briefing_id": found}),
        (contents.parts, {"briefing_id": found}),
        (briefings.new, {"kind": "monthly", "begins": None, "ends": None, "language": "zh", "key": "new 2"}),
        (issuing.issue, {"briefing_id": found, "key": "issue 2"}),
    ]
    with nothing_changes(briefed.database):
        for act, typed in asked:
            with pytest.raises(Refused):
                act(actor, **typed)


@SQLITE
def test_readers_see_what_was_issued_only(briefed: Briefed) -> None:
    office, found = briefed.office, a_full_one(briefed)
    for actor in (office.viewer, office.assessor):
        assert briefings.briefings(actor).empty
        for act in (briefings.briefing, contents.parts):
            with pytest.raises(NotThere):
                act(actor, briefing_id=found)
        with pytest.raises(Refused):
            briefed.new(key=f"by {actor.name}", actor=actor)
    for actor in (office.clerk, office.deputy):
        with pytest.raises(Refused):
            issuing.issue(actor, briefing_id=found, key=f"by {actor.name}")
    issuing.issue(office.leader, briefing_id=found, key="leader")
    assert list(briefings.briefings(office.viewer)["state"]) == [State.ISSUED]
    assert briefings.years(office.viewer) == [2026]


@SQLITE
def test_the_list_is_filtered(briefed: Briefed) -> None:
    office, month = briefed.office, briefed.new()
    half = briefed.new("half_month", key="half")
    briefed.issue(half)

    def ids(actor: Actor = office.clerk, **asked: Any) -> list[int]:
        return list(briefings.briefings(actor, choice=Choice(**asked))["id"])

    assert ids() == [half, month]
    assert ids(kind="monthly") == [month]
    assert ids(state="issued") == [half]
    assert ids(year=2026) == [half, month]
    assert ids(year=2025) == []


@SQLITE
def test_questions_nobody_understands_any_more_are_told_in_their_place(briefed: Briefed) -> None:
    found = briefed.empty()
    briefed.text(found, "甲")
    gone: list[dict[str, Any]] = [
        {name: "gone"} for name in ("register", "measure", "split", "by", "kind", "period", "compare")
    ]
    for number, wrong in enumerate([*gone, {"period": "chosen"}, {"filters": (("gone", ("x",)),)}]):
        spec = replace(RECEIVED, **wrong)
        blocks.add_chart(briefed.office.clerk, briefing_id=found, spec=spec, key=f"chart {number}")
    text, *charts = briefed.parts(found)
    assert text.within("zh") == "甲"
    assert len(charts) == len(gone) + 2
    assert [chart.drawn for chart in charts if chart.drawn or not chart.why] == []
