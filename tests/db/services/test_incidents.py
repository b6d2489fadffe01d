"""Incidents with personal data: written down once, corrected by version, told what Art. 57 asks for."""

from datetime import timedelta
from typing import Any

import pytest

from db.engine import Database
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.services import incidents
from tests.db.services.untouched import nothing_changes
from tests.factories import NOW, Office

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
TODAY = NOW.date()
SAID: dict[str, Any] = {"what": "一份登记表误发给他人", "kinds": "姓名、电话", "found_on": TODAY}


def test_written_down_once_and_gone_on_with(database: Database, office: Office) -> None:
    made = {incidents.record(office.leader, **SAID, key="one") for _ in range(2)}
    (incident_id,) = made
    seen = incidents.incident(office.director, incident_id=incident_id)
    assert (seen.number, seen.told.settled, incidents.unsettled(office.director)) == ("S2026-0001", False, 1)
    told = {"people": 3, "measures": "已收回", "authority_told_on": TODAY, "why_untold": "已收回，未造成危害"}
    version = incidents.edit(office.director, incident_id=incident_id, version=seen.version, **told, key="two")
    with nothing_changes(database), pytest.raises(Changed):
        incidents.edit(office.leader, incident_id=incident_id, version=seen.version, what="别的", key="three")
    (row,) = incidents.incidents(office.leader).rows.to_dict("records")
    assert (row["version"], row["people"], row["what"], row["settled"]) == (version, 3, SAID["what"], True)
    assert (row["by"], incidents.unsettled(office.leader)) == (office.leader.name, 0)
    with pytest.raises(NotThere):
        incidents.incident(office.leader, incident_id=99)
    for who in ("clerk", "handler", "admin", "viewer", "auditor"):
        with nothing_changes(database), pytest.raises(Refused):
            incidents.record(office.people[who], **SAID, key=who)


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"what": " ", "kinds": "", "found_on": None}, {"what", "kinds", "found_on"}),
        ({"found_on": TODAY + timedelta(days=1)}, {"found_on"}),
        ({"happened_on": TODAY, "found_on": TODAY - timedelta(days=1)}, {"happened_on"}),
        ({"authority_told_on": TODAY - timedelta(days=1)}, {"authority_told_on"}),
        ({"people": -1, "advice": "x" * 2001}, {"people", "advice"}),
    ],
)
def test_what_does_not_fit_is_told_beside_it(
    database: Database, office: Office, changes: dict[str, Any], wrong: set[str]
) -> None:
    with nothing_changes(database), pytest.raises(Problems) as told:
        incidents.record(office.director, **SAID | changes, key="wrong")
    assert {problem.field for problem in told.value.problems} == wrong
