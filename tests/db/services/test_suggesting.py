"""Suggestions of the office: learned from closed cases and nothing else, shown while they are sure, switched off."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from db.engine import Database, reading
from db.models import Code, SuggestionModel, Unit
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.rules.suggesting.learning import LABEL_NEEDS
from db.services import suggesting
from db.services.importing import command
from db.services.suggesting import Kind
from tests.db.services.untouched import nothing_changes
from tests.factories import SYSTEM, Office, a_case
from tests.suggesting_texts import examples

SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
ASKED = {"subject": "烧烤摊扰民", "text": "楼下烧烤摊油烟很重，气味刺鼻。"}


@pytest.fixture
def taught(database: Database, office: Office) -> None:
    """Closed cases of three categories; waste and smells went to unit A, the rest to unit B. And what teaches nobody:
    the same words under another category in sealed, open, binned cases and accusations."""
    closed = {"state": "closed", "open": False, "closed_on": date(2026, 11, 2)}
    hidden = {"category": "health", "lead_unit_id": office.unit_b}
    told = examples()
    with database.transaction(SYSTEM) as session:
        binned = []
        for subject, text, _ in [one for one in told if one[2] == "environment"][:LABEL_NEEDS]:
            words = {"subject": subject, "text": text} | hidden
            a_case(session, office, sealed=True, **words, **closed)
            a_case(session, office, kind="accusation", **words, **closed)
            a_case(session, office, **words)
            binned.append(a_case(session, office, **words, **closed))
        for subject, text, label in told:
            unit = office.unit_a if label == "environment" else office.unit_b
            a_case(session, office, subject=subject, text=text, category=label, lead_unit_id=unit, **closed)
        for case in binned:
            case.gone = "binned"


def models() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(SuggestionModel)) or 0


@pytest.mark.usefixtures("taught")
def test_learned_asked_and_switched_off(database: Database, office: Office, tmp_path: Path) -> None:
    assert suggesting.suggest(office.clerk, **ASKED) == []
    assert suggesting.model_of(office.director, kind="category") is None
    parts: list[tuple[int, int]] = []
    told = suggesting.train(
        office.director, kind="category", key="k", progress=lambda done, of: parts.append((done, of))
    )
    assert (told, parts[-1]) == (180, (6, 6))
    assert suggesting.train(office.director, kind="category", key="k") == 180, "a double click"
    (best, *_) = suggesting.suggest(office.clerk, **ASKED)
    assert (best.kind, best.code, best.unit_id) == (Kind.CATEGORY, "environment", None)
    assert 0.4 <= best.confidence <= 1
    assert suggesting.suggest(office.clerk, subject="字", text="") == [], "too short to say anything"
    assert suggesting.suggest_many(office.clerk, rows=[("", ""), (ASKED["subject"], ASKED["text"])]) == [None, best]

    sheet = tmp_path / "in.csv"
    sheet.write_text(f"编号,标题,内容,分类\n1,{ASKED['subject']},{ASKED['text']},星际航行\n", encoding="utf-8")
    assert command.run(database, sheet, dry=True).as_dict()["suggested_categories"] == {"environment": 1}

    seen = suggesting.model_of(office.director, kind="category")
    assert seen is not None
    assert (seen.cases, seen.active, seen.trained_by) == (180, True, "周主任")
    assert "health" not in [one.label for one in seen.measured.labels], "nobody learned from what is hidden"
    off = suggesting.switch(office.director, kind="category", version=seen.version, active=False, key="off")
    assert suggesting.suggest(office.clerk, **ASKED) == []
    with pytest.raises(Changed):
        suggesting.switch(office.director, kind="category", version=seen.version, active=True, key="late")
    suggesting.switch(office.director, kind="category", version=off, active=True, key="on")
    assert suggesting.suggest(office.clerk, **ASKED) == [best]

    suggesting.train(office.director, kind="category", key="again")
    with reading() as session:
        before, now = session.scalars(select(SuggestionModel).order_by(SuggestionModel.id)).all()
    assert (before.active, before.weights, now.active) == (False, b"", True), "only the latest is kept whole"
    with database.transaction(SYSTEM) as session:
        session.scalars(select(Code).where(Code.code == "environment")).one().active = False
    assert "environment" not in [one.code for one in suggesting.suggest(office.clerk, **ASKED)]


@SQLITE
@pytest.mark.usefixtures("taught")
def test_a_unit_is_suggested_for_a_proposal_never_for_what_is_sealed(database: Database, office: Office) -> None:
    suggesting.train(office.director, kind="unit", key="k")
    with database.transaction(SYSTEM) as session:
        case_id = a_case(session, office, **ASKED).id
        accusation = a_case(session, office, kind="accusation", **ASKED).id
        sealed = a_case(session, office, sealed=True, **ASKED).id
    told = suggesting.suggest_unit(office.leader, case_id=case_id)
    assert told is not None
    assert (told.kind, told.unit_id, told.code) == (Kind.UNIT, office.unit_a, "")
    assert suggesting.suggest_unit(office.leader, case_id=accusation) is None
    with pytest.raises(NotThere):
        suggesting.suggest_unit(office.leader, case_id=sealed)
    with pytest.raises(Refused):
        suggesting.suggest_unit(office.handler, case_id=case_id)
    with database.transaction(SYSTEM) as session:
        session.get_one(Unit, office.unit_a).active = False
    assert suggesting.suggest_unit(office.leader, case_id=case_id) is None, "it takes no matters any more"


@SQLITE
def test_only_the_director_lets_it_learn_and_too_few_cases_are_told(database: Database, office: Office) -> None:
    for who in ("clerk", "leader", "handler", "admin", "viewer"):
        with nothing_changes(database), pytest.raises(Refused):
            suggesting.train(office.people[who], kind="category", key="k")
        with pytest.raises(Refused):
            suggesting.model_of(office.people[who], kind="category")
    with nothing_changes(database), pytest.raises(Problems):
        suggesting.train(office.director, kind="category", key="k")
    with pytest.raises(NotThere):
        suggesting.switch(office.director, kind="category", version=1, active=False, key="k")
    assert models() == 0
    with pytest.raises(Refused):
        suggesting.suggest(office.viewer, **ASKED)
