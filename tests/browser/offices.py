"""Offices to walk through in a browser: the thin demo office, as it is or with its own words in Latin letters."""

import importlib
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from db import demo, engine, migrations
from db.engine import Database
from db.languages import date_in
from db.models import (
    AssessedUnit,
    Briefing,
    Case,
    Dispute,
    Duty,
    Meeting,
    MeetingDecision,
    Rota,
    Rubric,
    SavedChart,
    ScoreResult,
    Supervision,
    Work,
)
from db.rules.intake import Party
from db.services.office import presets
from db.services.office.presets import preset
from db.services.supervision import drafting
from tests.factories import settings_for
from tests.made_imports import Spoken, brought_in
from tests.serving import give_passwords

HAN = re.compile(r"[\u3400-\u9fff]")
THIN = 8


def in_latin(words: Any) -> Any:
    """The same structure with a Latin letter for every Chinese one, so that what stays Chinese is no data."""
    if isinstance(words, str):
        return HAN.sub(lambda found: chr(ord("a") + ord(found[0]) % 26), words)
    if isinstance(words, dict):
        return {name: in_latin(value) for name, value in words.items()}
    if isinstance(words, list):
        return [in_latin(value) for value in words]
    return words


@contextmanager
def told_in_latin() -> Iterator[None]:
    """While this lasts, the demo office speaks in Latin letters."""
    build = importlib.import_module("db.demo.build")  # the package offers a function of the same name
    telling = importlib.import_module("db.demo.telling")
    takes_presets = [importlib.import_module(f"db.services.{name}") for name in ("duty.presets", "scoring.assessments")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "preset", lambda name: in_latin(preset(name)))
        for module in takes_presets:
            patch.setattr(module, "preset_file", lambda name: in_latin(preset(name)))
        meetings = in_latin(preset("meetings"))
        patch.setattr(presets, "preset", lambda name: meetings if name == "meetings" else preset(name))
        patch.setattr(drafting, "preset", lambda name: in_latin(preset(name)))
        patch.setattr(drafting, "date_in", lambda *told: in_latin(date_in(*told)))
        patch.setattr(importlib.import_module("db.demo.briefings"), "LANGUAGE", "en")
        patch.setattr(telling, "Party", lambda **told: Party(**in_latin(told)))
        yield


def make_demo(folder: Path, spoken: Spoken = str) -> dict[str, int]:
    """A thin demo office everybody may sign in to; answers the id of one case, dispute or rota per state."""
    database = engine.open_database(settings_for(folder))
    with closing(database):
        migrations.upgrade(database)
        demo.build(database, thin=THIN)
        give_passwords(database)
        return first_of_each_state(database) | brought_in(database, spoken=spoken)


def first_of_each_state(database: Database) -> dict[str, int]:
    """A case that nothing hides, a dispute, and a rota of the centre, by state."""
    with database.reading() as session:
        plain = select(Case.state, Case.id).where(~Case.sealed, ~Case.anonymous).order_by(Case.id.desc())
        disputes = select(Dispute.state, Dispute.id).where(Dispute.state.in_(("agreed", "mediating")))
        found = {row.state: row.id for row in session.execute(plain)}
        found |= {row.state: row.id for row in session.execute(disputes)}
        rotas = select(Rota.state, Rota.id, Rota.duty_id).join(Duty, Duty.id == Rota.duty_id).where(Duty.responsible)
        for row in session.execute(rotas.order_by(Rota.from_on)):
            found |= {row.state: row.id, "duty": row.duty_id}
        sheet = session.scalars(select(AssessedUnit.id).order_by(AssessedUnit.id)).first()
        found |= {f"rubric {row.state}": row.id for row in session.scalars(select(Rubric).order_by(Rubric.id.desc()))}
        meeting = select(Work.id).where(Work.about == "regular").order_by(Work.on_day.desc())
        found |= {"work": session.scalars(meeting).first() or 0}
        results = select(ScoreResult.publication_id, ScoreResult.unit_id).order_by(ScoreResult.publication_id.desc())
        if (result := session.execute(results).first()) is not None:
            found |= {"published result": result.publication_id, "published unit": result.unit_id}
        found |= {
            f"meeting {row.state}": row.id for row in session.scalars(select(Meeting).order_by(Meeting.planned_for))
        }
        found |= {f"briefing {row.state}": row.id for row in session.scalars(select(Briefing).order_by(Briefing.id))}
        for name, ids in (
            ("decision", MeetingDecision.id),
            ("chart", SavedChart.id),
            ("supervised", Supervision.case_id),
        ):
            found |= {name: session.scalars(select(ids).order_by(ids)).first() or 0}
        return found | ({"sheet": sheet} if sheet else {})
