"""Assessments and the editions of their rubrics: who may, once, nothing lost, and what is in force stays as it is."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update

from db.engine import Database, reading
from db.models import AssessedUnit, Assessment, Rubric, Unit
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.rules.scoring.drafting import digest, lines_of, typed_of
from db.rules.scoring.rubric import Rubric as Rules
from db.rules.scoring.written import rubric_of
from db.services.scoring import assessments, drafts, rubrics
from db.services.scoring.drafts import FRAME, LADDER, place_of, some_of
from tests.db.services.test_mediation_opening import problems_of
from tests.db.services.untouched import nothing_changes
from tests.factories import SYSTEM, Office, an_assessment
from tests.frames import row_of

OTHERS = ("assessor", "head", "viewer", "clerk", "auditor", "leader")
# In these tests the first assessment has its edition 1 in force and edition 2 as a draft.
ASSESSMENT, IN_FORCE, DRAFT = 1, 1, 2


def act(service: Callable[..., Any], **usual: Any) -> Callable[..., Any]:
    """An act with its usual arguments, each of which a test may replace."""
    return lambda actor, **changes: service(actor, **{"key": "k", **usual, **changes})


def seen_line(what: str, code: str, rubric_id: int = DRAFT) -> int:
    """The digest of a line as it stands."""
    document = document_of(rubric_id)
    return digest(lines_of(document, what)[place_of(document, what, code)])


def units_seen(assessment_id: int = ASSESSMENT) -> int:
    """The digest of the units as they stand."""
    with reading() as session:
        query = select(AssessedUnit.unit_id).where(AssessedUnit.assessment_id == assessment_id, AssessedUnit.active)
        return assessments.units_digest(session.scalars(query))


def document_of(rubric_id: int) -> dict[str, Any]:
    """The document of an edition."""
    with reading() as session:
        return rubrics.parsed(session.get_one(Rubric, rubric_id).document)


def rules_of(rubric_id: int) -> Rules:
    """The same as it counts."""
    return rubric_of(document_of(rubric_id), 2026)


def state_of(database: Database, rubric_id: int) -> str:
    with database.reading() as session:
        return session.get_one(Rubric, rubric_id).state


ACTS: dict[str, Callable[..., Any]] = {
    "add": act(assessments.add_assessment, preset="duty", year=2026, name="巡逻值班考核"),
    "copy": act(assessments.add_assessment, copy_of_id=ASSESSMENT, year=2027, name="百分制考核"),
    "name": act(assessments.edit_assessment, assessment_id=ASSESSMENT, version=1, name="综治考核", source="R-01"),
    "retire": act(assessments.retire_assessment, assessment_id=ASSESSMENT, version=1),
    "restore": act(assessments.restore_assessment, assessment_id=ASSESSMENT, version=1),
    "units": act(assessments.set_units, assessment_id=ASSESSMENT, version=0, unit_ids=()),
    "force": act(rubrics.put_in_force, rubric_id=DRAFT, version=1),
    "discard": act(rubrics.discard_draft, rubric_id=DRAFT, version=1),
    "document": act(drafts.save_document, rubric_id=DRAFT, version=1, document={}),
    "line added": act(drafts.add_line, rubric_id=DRAFT, what="sections", name="新"),
    "line": act(drafts.save_line, rubric_id=DRAFT, what="parts", line="half", version=0, weight="25"),
    "line removed": act(drafts.remove_line, rubric_id=DRAFT, what="grades", line="fail", version=0),
    "item moved": act(drafts.move_item, rubric_id=DRAFT, line="books", by=1),
    "lines": act(drafts.save_lines, rubric_id=DRAFT, what="parts", rows={}),
    "frame": act(drafts.save_frame, rubric_id=DRAFT, version=0, base="100", bonus_cap="12"),
    "ladder": act(drafts.save_ladder, rubric_id=DRAFT, version=0, told=3, rectify_after=2, yellow_after=3),
    "edition": act(rubrics.new_edition, rubric_id=IN_FORCE),
    "draft restored": act(rubrics.restore_draft, rubric_id=DRAFT, version=1),
}
SEEN: dict[str, Callable[[], dict[str, Any]]] = {
    "units": lambda: {"version": units_seen()},
    "document": lambda: {"document": document_of(DRAFT) | {"bonus_cap": "12"}},
    "line": lambda: {"version": seen_line("parts", "half")},
    "line removed": lambda: {"version": seen_line("grades", "fail")},
    "frame": lambda: {"version": digest(some_of(document_of(DRAFT), FRAME))},
    "lines": lambda: {"rows": {1: (seen_line("parts", "half"), {"weight": "25"})}},
}
VERSIONED = ["name", "retire", "restore", "force", "discard", "document", "draft restored"]


def done(name: str, actor: Any, /, **changes: Any) -> Any:
    """An act as somebody does it who sees the draft as it stands."""
    return ACTS[name](actor, **(SEEN.get(name, dict)() | changes))


@pytest.fixture(autouse=True)
def standing(database: Database, office: Office) -> None:
    """The township's assessment of 2026 in force, and a draft of its next edition."""
    an_assessment(office)
    rubrics.new_edition(office.director, rubric_id=IN_FORCE, key="draft")
    with database.transaction(SYSTEM) as session:
        session.execute(update(Assessment).values(version=1))


# --- who may, and once ---


@pytest.mark.parametrize("name", ACTS)
def test_only_director_and_administrator_keep_rubrics(name: str, database: Database, office: Office) -> None:
    with nothing_changes(database):
        for other in OTHERS:
            with pytest.raises(Refused):
                ACTS[name](office.people[other])


@pytest.mark.parametrize("name", [name for name in ACTS if name not in ("edition", "draft restored", "ladder")])
def test_the_same_submission_writes_once(name: str, database: Database, office: Office) -> None:
    seen = SEEN.get(name, dict)()
    first = ACTS[name](office.admin, **seen)
    with nothing_changes(database):
        again = ACTS[name](office.admin, **seen)
    assert getattr(again, "saved", again) == getattr(first, "saved", first)


@pytest.mark.parametrize("name", VERSIONED)
def test_who_saves_second_is_told(name: str, database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        session.execute(update(Assessment).values(version=7))
        session.execute(update(Rubric).values(version=7))
    with nothing_changes(database), pytest.raises(Changed) as late:
        ACTS[name](office.director)
    assert late.value.version == 7


@pytest.mark.parametrize("name", [name for name in ACTS if name not in ("add", "copy")])
def test_what_is_not_there_is_not_changed(name: str, database: Database, office: Office) -> None:
    which = {"assessment_id": 99} if name in ("name", "retire", "restore", "units") else {"rubric_id": 99}
    with nothing_changes(database), pytest.raises(NotThere):
        ACTS[name](office.director, **which)


@pytest.mark.parametrize("person", ["assessor", "head", "viewer", "admin", "director"])
def test_the_edition_in_force_is_read_by_everybody_who_is_scored_by_it(person: str, office: Office) -> None:
    actor = office.people[person]
    view = rubrics.rubric_view(actor, rubric_id=IN_FORCE)
    assert (view.edition, view.state, view.year, view.may_edit) == (1, "in_force", 2026, False)
    assert list(assessments.assessments(actor)["rubric_id"]) == [IN_FORCE]
    assert list(assessments.units_of(actor, assessment_id=ASSESSMENT)["unit_id"]) == [office.unit_a, office.unit_b]


def test_a_draft_is_not_there_for_who_reads_results_only(office: Office) -> None:
    with pytest.raises(NotThere):
        rubrics.rubric_view(office.viewer, rubric_id=DRAFT)
    assert [one.edition for one in rubrics.rubric_view(office.viewer, rubric_id=IN_FORCE).editions] == [1]
    assert assessments.assessments(office.viewer)["draft_id"].isna().all()
    assert rubrics.rubric_view(office.assessor, rubric_id=DRAFT).may_edit is False
    assert rubrics.rubric_view(office.admin, rubric_id=DRAFT).may_edit is True
    with pytest.raises(Refused):
        rubrics.rubric_view(office.clerk, rubric_id=IN_FORCE)


# --- assessments ---


@pytest.mark.parametrize("preset", ["township", "duty", "ladder"])
def test_a_preset_is_put_in_force_as_it_is(database: Database, office: Office, preset: str) -> None:
    assessment_id = an_assessment(office, preset, name="另一项")
    with database.reading() as session:
        rubric = session.scalars(select(Rubric).where(Rubric.assessment_id == assessment_id)).one()
        units = select(AssessedUnit.unit_id).where(AssessedUnit.assessment_id == assessment_id)
        assert session.scalars(units.order_by(AssessedUnit.unit_id)).all() == [office.unit_a, office.unit_b]
        code = session.get_one(Assessment, assessment_id).code
    assert (rubric.edition, rubric.state) == (1, "in_force")
    assert code == ("township_2" if preset == "township" else preset)


def test_the_presets_are_offered(office: Office) -> None:
    assert [one["code"] for one in assessments.rubric_presets(office.admin)] == ["township", "duty", "ladder"]


def test_a_copy_moves_its_periods_and_leaves_last_years_rubric_alone(database: Database, office: Office) -> None:
    before = document_of(IN_FORCE)
    drafts.add_line(office.director, rubric_id=DRAFT, what="sections", name="新", key="s")
    copy = done("copy", office.director)
    with database.reading() as session:
        copied = session.scalars(select(Rubric).where(Rubric.assessment_id == copy)).one()
        document, year = rubrics.parsed(copied.document), session.get_one(Assessment, copy).year
    assert document == document_of(DRAFT)
    assert copied.state == "draft"
    assert {period.begins.year for period in rubric_of(document, year).periods()} == {2027}
    drafts.add_line(office.director, rubric_id=copied.id, what="sections", name="再新", key="t")
    assert document_of(IN_FORCE) == before


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"preset": None}, "preset"),
        ({"preset": None, "copy_of_id": 99}, "copy_of_id"),
        ({"year": None}, "year"),
        ({"year": 1999}, "year"),
        ({"name": " "}, "name"),
        ({"name": "百分制考核"}, "name"),
        ({"name_en": "x" * 61}, "name_en"),
        ({"unit_ids": [99]}, "unit_ids"),
        ({"unit_ids": [1]}, "unit_ids"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    changes: dict[str, Any], field: str, database: Database, office: Office
) -> None:
    with nothing_changes(database):
        assert list(problems_of(lambda: done("add", office.director, **changes))) == [field]


def test_a_name_and_units_are_corrected(database: Database, office: Office) -> None:
    assert done("name", office.admin) == 2
    with database.transaction(SYSTEM) as session:
        session.execute(update(AssessedUnit).where(AssessedUnit.unit_id == office.unit_a).values(total="90/1"))
    units = [office.unit_b, office.group_a]
    before = units_seen()
    after = assessments.set_units(office.admin, assessment_id=1, version=before, unit_ids=units, key="u")
    assert after == units_seen()
    with pytest.raises(Changed) as late:
        assessments.set_units(office.director, assessment_id=1, version=before, unit_ids=[], key="late")
    assert (late.value.theirs, late.value.version) == ({"unit_ids": sorted(units)}, after)
    assert set(assessments.units_of(office.head, assessment_id=1)["unit_id"]) == set(units)
    assessments.set_units(office.admin, assessment_id=1, version=after, unit_ids=[office.unit_a], key="v")
    with database.reading() as session:
        rows = {row.unit_id: row.active for row in session.scalars(select(AssessedUnit))}
        assert session.get_one(Assessment, 1).name == "综治考核"
    assert rows == {office.unit_a: True, office.unit_b: False, office.group_a: False}


def test_a_retired_unit_that_is_scored_may_stay(database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        session.execute(update(Unit).where(Unit.id == office.unit_b).values(active=False))
    assert done("units", office.director, unit_ids=[office.unit_a, office.unit_b]) == units_seen()


def test_a_retired_assessment_is_read_and_put_back(office: Office) -> None:
    assert done("retire", office.director) == 2
    assert assessments.assessments(office.director).empty
    assert row_of(assessments.assessments(office.director, retired=True), 1, by="id")["units"] == 2
    for name in ("units", "force", "discard", "document", "line", "edition"):
        with pytest.raises(Problems, match="This assessment is retired"):
            done(name, office.director, key=f"late {name}")
    assert done("restore", office.director, version=2, key="r") == 3


# --- editions ---


def test_a_new_edition_replaces_the_one_in_force_which_stays_as_it_was(database: Database, office: Office) -> None:
    before = document_of(IN_FORCE)
    done("line", office.director)
    with nothing_changes(database):
        told = problems_of(lambda: rubrics.put_in_force(office.director, rubric_id=DRAFT, version=2, key="f"))
    assert told["weights"] == "The weights come to {total} and not to 100."
    line = seen_line("parts", "routine")
    drafts.save_line(office.director, rubric_id=DRAFT, what="parts", line="routine", version=line, weight="25", key="l")
    assert rubrics.put_in_force(office.director, rubric_id=DRAFT, version=3, key="f") == 4
    assert (state_of(database, IN_FORCE), state_of(database, DRAFT)) == ("replaced", "in_force")
    assert document_of(IN_FORCE) == before
    assert [part.weight for part in rules_of(DRAFT).parts] == [25, 25, 50]


@pytest.mark.parametrize("name", ["force", "discard", "document", "line added", "line", "line removed", "frame"])
def test_a_published_edition_refuses_and_offers_a_new_one(name: str, database: Database, office: Office) -> None:
    with database.reading() as session:
        version = session.get_one(Rubric, IN_FORCE).version
    changes = SEEN.get(name, dict)() | ({"version": version} if name in VERSIONED else {})
    with nothing_changes(database), pytest.raises(Problems, match="a new edition is offered"):
        ACTS[name](office.director, **changes | {"rubric_id": IN_FORCE})


def test_one_draft_at_a_time_and_a_discarded_one_comes_back(database: Database, office: Office) -> None:
    with nothing_changes(database), pytest.raises(Problems, match="Edition 2 is being drafted already"):
        done("edition", office.director)
    assert done("discard", office.director) == 2
    third = done("edition", office.director, key="third")
    with nothing_changes(database), pytest.raises(Problems, match="Edition 3 is being drafted already"):
        done("draft restored", office.director, version=2, key="r")
    rubrics.discard_draft(office.director, rubric_id=third, version=1, key="d3")
    assert done("draft restored", office.director, version=2, key="r") == 3
    view = rubrics.rubric_view(office.director, rubric_id=DRAFT)
    assert [(one.edition, one.state) for one in view.editions] == [(1, "in_force"), (2, "draft"), (3, "discarded")]
    assert (view.id_of("draft"), view.id_of("in_force", "discarded"), view.id_of("replaced")) == (DRAFT, third, None)
    assert view.by == office.director.name


# --- lines ---


def test_a_line_is_added_with_a_code_nobody_used(office: Office) -> None:
    add = act(drafts.add_line, rubric_id=DRAFT, what="items", kind="bonus", section="bonus", points="1.5")
    add(office.director, name="示范村", key="1")
    line = seen_line("items", "item_1")
    typed = {"points": "2", "together": "adopted_city"}
    drafts.save_line(office.admin, rubric_id=DRAFT, what="items", line="item_1", version=line, key="2", **typed)
    item = rules_of(DRAFT).items[-1]
    assert (item.code, str(item.points), item.group) == ("item_1", "2", "adopted")
    rubrics.discard_draft(office.director, rubric_id=DRAFT, version=3, key="d")
    third = rubrics.new_edition(office.director, rubric_id=IN_FORCE, key="e")
    drafts.add_line(
        office.director, rubric_id=third, what="items", kind="bonus", section="bonus", points="1", name="另", key="3"
    )
    assert document_of(third)["items"][-1]["code"] == "item_2"


def test_two_people_change_two_lines_and_the_second_of_one_line_is_told(database: Database, office: Office) -> None:
    books, plans = seen_line("items", "books"), seen_line("items", "plans")
    save = act(drafts.save_line, rubric_id=DRAFT, what="items")
    save(office.admin, line="books", version=books, points="14", key="1")
    save(office.director, line="plans", version=plans, points="11", key="2")
    with nothing_changes(database), pytest.raises(Changed) as late:
        save(office.director, line="books", version=books, points="13", key="3")
    assert (late.value.theirs, late.value.mine) == ({"points": "14"}, {"points": "13"})
    save(office.director, line="books", version=late.value.version, points="13", key="3")
    assert {item.code: item.points for item in rules_of(DRAFT).items if item.code in ("books", "plans")} == {
        "books": 13,
        "plans": 11,
    }


def test_the_grid_saves_what_is_right_and_tells_of_the_rest(database: Database, office: Office) -> None:
    document = document_of(DRAFT)
    seen = [digest(line) for line in lines_of(document, "items")]
    rows: dict[int, Any] = {
        4: (seen[4], {"points": 14.5, "active": False}),
        5: (seen[5], {"points": -1}),
        6: (0, {"points": 11}),
    }
    saved = drafts.save_lines(office.director, rubric_id=DRAFT, what="items", rows=rows | {99: (0, {})}, key="g")
    assert saved.saved == (4,)
    assert [problem.field for problem in saved.rejected[5].problems] == ["points"]
    assert saved.conflicts[6].theirs == {"points": "10"}
    assert 99 in saved.rejected
    items = rules_of(DRAFT).items
    assert [str(items[4].points), items[4].active, str(items[5].points)] == ["14.5", False, "10"]


def test_a_draft_is_written_back_as_it_was(database: Database, office: Office) -> None:
    before = document_of(DRAFT)
    version = done("line removed", office.director)
    assert [grade["code"] for grade in document_of(DRAFT)["grades"]] == ["excellent", "good", "pass"]
    drafts.save_document(office.director, rubric_id=DRAFT, version=version, document=before, key="undo")
    assert document_of(DRAFT) == before
    broken = {**before, "items": [{"code": "x", "kind": "praise"}]}
    with nothing_changes(database), pytest.raises(Problems):
        drafts.save_document(office.director, rubric_id=DRAFT, version=version + 1, document=broken, key="broken")


def test_the_frame_and_who_saved_it_first(database: Database, office: Office) -> None:
    seen = digest(some_of(document_of(DRAFT), FRAME))
    done("frame", office.director)
    assert rules_of(DRAFT).bonus_cap == 12
    with nothing_changes(database), pytest.raises(Changed) as late:
        done("frame", office.admin, version=seen, bonus_cap="5", key="late")
    assert late.value.theirs == {"base": "100", "bonus_cap": "12"}


def test_a_ladder_is_drafted(database: Database, office: Office) -> None:
    ladder = assessments.add_assessment(office.director, preset="ladder", year=2026, name="通报", key="a")
    with database.reading() as session:
        rubric_id = rubrics.latest(session, ladder).id
    seen = digest(some_of(document_of(rubric_id), LADDER))
    done("ladder", office.director, rubric_id=rubric_id, version=seen, told=5)
    line = digest(lines_of(document_of(rubric_id), "rewards")[0])
    which: dict[str, Any] = {"rubric_id": rubric_id, "what": "rewards", "line": "30"}
    drafts.save_line(office.director, **which, version=line, yuan="160", key="r")
    document = document_of(rubric_id)
    assert document["told"] == 5
    assert typed_of(document, "rewards", 0, 2026) == {"percent": "30", "yuan": "160", "source": "R-34"}
    with nothing_changes(database):
        twice = rubrics.rubric_view(office.director, rubric_id=rubric_id)
    assert twice.faults == ()


def test_days_of_a_period_are_kept_within_the_year(office: Office) -> None:
    line = seen_line("periods", "q1")
    which: dict[str, Any] = {"rubric_id": DRAFT, "what": "periods", "line": "q1", "version": line, "key": "p"}
    told = problems_of(lambda: drafts.save_line(office.director, **which, ends=date(2027, 1, 1)))
    assert list(told) == ["ends"]
    drafts.save_line(office.director, **which, ends=date(2026, 2, 28))
    assert rules_of(DRAFT).periods()[0].ends == date(2026, 2, 28)
    assert document_of(DRAFT)["parts"][0]["periods"][0]["ends"] == "02-29"
