"""Publishing: looked at, frozen whole, announced again with what differs; what was published never changes."""

import json
import threading
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import func, select

from db import engine
from db.engine import Database
from db.models import AssessedUnit, ScoreEntry, ScorePublication, ScoreResult, Unit
from db.rules.problems import NotThere, Problems, Refused
from db.services.scoring import assessments, cards, entries, publishing, results, rubrics, scope
from tests.db.services.scored import EVERYBODY, Scored, a_scored_year
from tests.db.services.untouched import nothing_changes
from tests.factories import SYSTEM, Office, a_unit, an_assessment


@pytest.fixture
def scored(database: Database, office: Office) -> Scored:
    """Every sheet of the year is finished: unit A 100, unit B 90."""
    return a_scored_year(database, office)


def problems_of(act: Any, *args: Any, **typed: Any) -> Mapping[str, str]:
    with pytest.raises(Problems) as caught:
        act(*args, **typed)
    return {problem.field: problem.message for problem in caught.value.problems}


def preview(scored: Scored, scope_code: str = "q1") -> publishing.Preview:
    return publishing.preview(scored.office.director, assessment_id=scored.assessment, scope=scope_code)


def test_a_quarter_is_looked_at_and_published(scored: Scored) -> None:
    office = scored.office
    seen = preview(scored)
    assert (seen.edition, seen.replaces_id, seen.missing, seen.differences) == (1, None, (), ())
    units = seen.units.set_index("unit_id")
    assert (units.loc[office.unit_a, "total"], units.loc[office.unit_a, "rank"]) == (100.0, 1)
    assert (units.loc[office.unit_b, "total"], units.loc[office.unit_b, "rank"]) == (90.0, 2)
    assert set(units["grade"]) == {""}
    found = scored.publish(seen=seen.seen)
    kept = scored.frozen(found)
    document = kept["document"]
    assert document["scope"] == {
        "code": "q1",
        "name": "第一季度",
        "name_en": "First quarter",
        "begins": "2026-01-01",
        "ends": "2026-03-31",
        "span": "quarter",
    }
    assert (document["units"], document["rubric_edition"], document["published_by"]) == (2, 1, "周主任")
    assert document["assessment"]["year"] == 2026
    assert document["version"]
    assert kept["units"][office.unit_b][:4] == (900, 2, "", "")
    told = kept["units"][office.unit_b][4]
    assert (told["total"]["exact"], told["total"]["lines"]) == ("", [])
    assert [period["code"] for period in told["periods"]] == ["q1"]
    assert {entry["period"] for entry in told["entries"]} == {"q1"}
    assert told["result"] == {"exact": "90", "shown": "90.0"}


def test_the_year_has_its_total_grade_and_card(scored: Scored) -> None:
    office = scored.office
    scored.book(office.unit_b, "commended_county", 3)
    cards.give(
        office.director,
        assessed_unit_id=scored.assessed(office.unit_a),
        kind="red",
        on_day=date(2026, 6, 1),
        reason="安全生产责任事故",
        key="red",
    )
    kept = scored.frozen(scored.publish("all"))
    # A red card keeps the best total from the best grade; B's three bonuses of one point come on top of 90.
    assert kept["units"][office.unit_a][:4] == (1000, 1, "good", "red")
    assert kept["units"][office.unit_b][:4] == (930, 2, "excellent", "")
    told = kept["units"][office.unit_b][4]
    assert told["total"]["bonus_counted"]["exact"] == "3"
    assert Fraction(told["total"]["exact"]) == Fraction(told["total"]["sum"]["exact"]) == 93


def test_ties_share_a_rank_by_what_is_shown(database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        third = a_unit(session, "西村", parent=session.get_one(Unit, office.centre), kind="village").id
    scored = Scored(database, office, an_assessment(office))
    units = (office.unit_a, office.unit_b, third)
    seen = assessments.units_digest(units[:2])
    assessments.set_units(office.director, assessment_id=scored.assessment, version=seen, unit_ids=units, key="units")
    for unit_id, plans in zip(units, (9, 9, 3), strict=True):
        scored.fill(unit_id, "q1", plans)
    ranks = {unit_id: kept[1] for unit_id, kept in scored.frozen(scored.publish())["units"].items()}
    assert ranks == {office.unit_a: 1, office.unit_b: 1, third: 3}


def test_what_is_missing_is_named_and_published_only_with_a_reason(database: Database, office: Office) -> None:
    scored = Scored(database, office, an_assessment(office))
    assert problems_of(scored.publish) == {"scope": publishing.NOT_YET}
    scored.fill(office.unit_a, "q1", 10)
    seen = preview(scored)
    assert [(unit.name, periods) for unit, periods in seen.missing] == [("东村", ("q1",))]
    with nothing_changes(database):
        with pytest.raises(Problems) as caught:
            scored.publish()
        assert set(problems_of(scored.publish, incomplete=True, reason=" ", key="blank")) == {"reason"}
    (problem,) = caught.value.problems
    assert (problem.field, problem.values["units"]) == ("incomplete", "东村")
    kept = scored.frozen(scored.publish(incomplete=True, reason="东村换届，下月补评", key="again"))
    assert kept["document"]["reason"] == "东村换届，下月补评"
    assert kept["document"]["missing"] == [["东村", "East village", ["q1"]]]
    assert kept["units"][office.unit_b][:2] == (None, None)


def test_an_unfinished_year_says_which_periods_are_open(database: Database, office: Office) -> None:
    scored = a_scored_year(database, office, periods=("q1", "q2"))
    seen = preview(scored, "all")
    assert {periods for _, periods in seen.missing} == {("q3", "q4", "half", "year")}
    kept = scored.frozen(scored.publish("all", incomplete=True, reason="半年小结"))
    assert kept["units"][office.unit_a][0] == 1000


def test_one_key_publishes_once(scored: Scored) -> None:
    first = scored.publish(key="twice")
    with nothing_changes(scored.database):
        assert scored.publish(key="twice") == first
    assert problems_of(scored.publish, key="other") == {"": publishing.NOTHING_NEW}


def test_nothing_else_is_published_than_what_was_looked_at(scored: Scored) -> None:
    seen = preview(scored)
    scored.correct(scored.office.unit_b, "q1", 5)
    with nothing_changes(scored.database):
        assert problems_of(scored.publish, seen=seen.seen) == {"": publishing.CHANGED}
    scored.publish(seen=preview(scored).seen)


def test_a_corrected_result_lists_what_differs(scored: Scored) -> None:
    office = scored.office
    first = scored.publish()
    before = scored.frozen(first)
    scored.correct(office.unit_b, "q1", 10)
    seen = preview(scored)
    assert (seen.edition, seen.replaces_id) == (2, first)
    second = scored.publish(key="corrected", seen=seen.seen)
    told = {
        (one["unit"], one["what"], one["item_name"]): (one["before"], one["after"])
        for one in scored.frozen(second)["document"]["differences"]
    }
    assert told == {
        ("东村", "total", ""): ("90.0", "100.0"),
        ("东村", "rank", ""): ("2", "1"),
        ("东村", "item", "方案、记录、档案"): ("3.0", "10.0"),
    }
    assert scored.frozen(first) == before
    listed = results.publications(office.viewer).set_index("id")
    assert list(listed["edition"]) == [2, 1]
    assert not listed.loc[first, "latest"]
    assert listed.loc[second, "latest"]


def test_what_was_published_never_changes(scored: Scored) -> None:
    office = scored.office
    first = scored.publish("all")
    before = scored.frozen(first)
    scored.correct(office.unit_a, "year", 0)
    scored.add_up()
    with engine.reading() as session:
        document = json.loads(rubrics.latest(session, scored.assessment).document)
    document["items"] = [item | {"name": "改了名的考核项"} for item in document["items"]]
    with scored.database.transaction(SYSTEM) as session:
        latest = rubrics.latest(session, scored.assessment)
        latest.document = rubrics.written(document)
        session.get_one(Unit, office.unit_a).name = "改了名的单位"
    assert scored.frozen(first) == before
    sheet = results.unit_sheet(office.head, publication_id=first, unit_id=office.unit_a)
    assert sheet["unit"]["name"] == "城建所"
    assert sheet["result"]["shown"] == "100.0"


def test_a_sheet_being_written_is_published_as_it_ends_up(scored: Scored) -> None:
    office, published = scored.office, threading.Event()
    found: list[int] = []

    def publish() -> None:
        found.append(scored.publish())
        published.set()

    thread = threading.Thread(target=publish)
    with scored.database.transaction(office.assessor) as session:
        assessed = scope.entered(session, office.assessor, scored.assessed(office.unit_b))
        row = session.scalars(select(ScoreEntry).where(ScoreEntry.item == "plans").order_by(ScoreEntry.id)).all()
        sheet = entries.sheet_of(session, assessed.id, "q1")
        next(one for one in row if one.sheet_id == sheet.id).points = 1000
        session.flush()
        thread.start()
        assert not published.wait(0.5)
    thread.join(timeout=30)
    assert scored.frozen(found[0])["units"][office.unit_b][:2] == (1000, 1)


@pytest.mark.parametrize("who", [one for one in EVERYBODY if one != "director"])
def test_only_the_director_publishes(scored: Scored, who: str) -> None:
    actor = scored.office.people[who]
    with nothing_changes(scored.database):
        with pytest.raises(Refused):
            publishing.preview(actor, assessment_id=scored.assessment, scope="q1")
        with pytest.raises(Refused):
            scored.publish(actor=actor)
        with pytest.raises(Refused):
            publishing.scopes(actor, assessment_id=scored.assessment)


def test_nonsense_is_told(scored: Scored) -> None:
    director = scored.office.director
    assert set(problems_of(scored.publish, "q9")) == {"scope"}
    with pytest.raises(NotThere):
        publishing.preview(director, assessment_id=999, scope="q1")
    listed = publishing.scopes(director, assessment_id=scored.assessment)
    assert list(listed["scope"]) == ["q1", "q2", "q3", "q4", "half", "year", "all"]
    assert listed["edition"].isna().all()
    published = scored.publish("half")
    listed = publishing.scopes(director, assessment_id=scored.assessment).set_index("scope")
    assert (listed.loc["half", "edition"], listed.loc["half", "publication_id"]) == (1, published)


def test_a_retired_assessment_publishes_nothing(scored: Scored) -> None:
    row = assessments.assessments(scored.office.director).iloc[0]
    assessments.retire_assessment(
        scored.office.director, assessment_id=scored.assessment, version=int(row["version"]), key="retire"
    )
    assert problems_of(scored.publish) == {"": scope.RETIRED}


def test_a_unit_that_is_scored_no_more_is_a_difference(scored: Scored) -> None:
    office = scored.office
    scored.publish()
    with scored.database.transaction(SYSTEM) as session:
        session.get_one(AssessedUnit, scored.assessed(office.unit_a)).active = False
    told = [(one["unit"], one["what"], one["before"], one["after"]) for one in preview(scored).differences]
    assert told == [("东村", "rank", "2", "1"), ("城建所", "left", "", "")]


# --- results ---


def test_everybody_reads_ranks_and_only_their_own_sheet(scored: Scored) -> None:
    office = scored.office
    published = scored.publish()
    opens = {}
    for who in ("director", "leader", "deputy", "assessor", "viewer", "head"):
        seen = results.publication(office.people[who], publication_id=published)
        assert list(seen.board["rank"]) == [1, 2]
        opens[who] = set(seen.board[seen.board["opens"]]["unit_id"])
    both = {office.unit_a, office.unit_b}
    assert opens == dict.fromkeys(("director", "leader", "deputy", "assessor"), both) | {
        "viewer": set(),
        "head": {office.unit_a},
    }
    results.unit_sheet(office.assessor, publication_id=published, unit_id=office.unit_b)
    with pytest.raises(NotThere):
        results.unit_sheet(office.head, publication_id=published, unit_id=office.unit_b)
    with pytest.raises(Refused):
        results.unit_sheet(office.viewer, publication_id=published, unit_id=office.unit_a)
    for who in ("clerk", "handler", "auditor"):
        with pytest.raises(Refused):
            results.publications(office.people[who])
        with pytest.raises(Refused):
            results.publication(office.people[who], publication_id=published)
    with pytest.raises(NotThere):
        results.publication(office.viewer, publication_id=published + 1)


def test_ranks_over_time_are_of_the_editions_that_stand(scored: Scored) -> None:
    office = scored.office
    scored.publish("q2")
    scored.publish("q1")
    scored.publish("half")
    scored.publish("all")
    scored.correct(office.unit_b, "q2", 10)
    scored.publish("q2", key="q2 again")
    found = results.ranks_over_time(office.viewer, assessment_id=scored.assessment)
    assert list(dict.fromkeys(found["scope"])) == ["q1", "q2", "half", "all"]
    ranked = found[found["scope"] == "q2"].set_index("unit_id")["rank"].to_dict()
    assert ranked == {office.unit_a: 1, office.unit_b: 1}
    with pytest.raises(NotThere):
        results.ranks_over_time(office.viewer, assessment_id=999)


def test_a_failed_publication_leaves_nothing(scored: Scored, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(publishing, "remember", broken)
    with nothing_changes(scored.database), pytest.raises(RuntimeError):
        scored.publish()
    with engine.reading() as session:
        for model in (ScorePublication, ScoreResult):
            assert session.scalar(select(func.count()).select_from(model)) == 0
