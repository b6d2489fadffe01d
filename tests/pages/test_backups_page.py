"""The screen of backups: what is told, a backup made by a click, and the desk that hears of what failed."""

import pytest

from components.screens import SCREENS
from db.engine import Database
from db.services.keeping import schedule, state
from tests.factories import Office
from tests.pages.conftest import Opener
from tests.pages.test_cases_pages import press, said

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
DESK, BACKUPS = (next(screen for screen in SCREENS if screen.path == path) for path in ("desk", "backups"))


def test_a_click_makes_a_backup_and_what_failed_is_told(database: Database, office: Office, as_person: Opener) -> None:
    app = as_person(office.admin, BACKUPS)
    assert [e.value for e in app.error] == ["There is no backup yet."]
    assert any("recovery key" in w.value for w in app.warning)
    press(app, "Make a backup now")
    assert not app.exception
    (made,) = schedule.standing(schedule.folder_of(database.settings))
    assert app.dataframe[0].value["Backup file"].tolist() == [made.path.name]
    assert [m.value for m in app.metric][1:3] == ["not set", "never"]
    state.tell(database.settings, "second", why="no such folder")
    assert "no such folder" in said(as_person(office.admin, DESK))
