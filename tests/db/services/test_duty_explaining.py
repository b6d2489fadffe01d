"""Open places explained: who is kept out by which rule, and the smallest set of changes that would help."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from db.engine import Database
from db.models import Duty
from db.rules.problems import NotThere, Problem, Refused
from db.services.duty import editing, explaining, publishing, rotas, searching
from tests.db.services.searches import FIRST, a_draft, away, searched
from tests.db.services.untouched import nothing_changes
from tests.factories import SYSTEM, Office, a_member, a_patrol_lead

DAY = timedelta(days=1)
LEADERS = ("林带班", "周主任", "顾带班")


def taken(office: Office, rota_id: int) -> None:
    """The best rota, taken into the draft."""
    found = searched(office.director, rota_id)
    searching.take(office.director, search_id=found.search_id, key="take")


def told(problem: Problem) -> str:
    return problem.message.format(**problem.values)


def test_every_open_place_says_for_everybody_what_keeps_them_out(database: Database, office: Office) -> None:
    rota_id = a_draft(database, office)
    for name in LEADERS:
        away(database, name, FIRST + 2 * DAY, FIRST + 4 * DAY, "unavailable" if name == LEADERS[0] else "leave")
    taken(office, rota_id)
    with nothing_changes(database):
        found = explaining.explain(office.director, rota_id=rota_id)
    assert list(found.open["on_day"]) == [FIRST + n * DAY for n in (2, 3, 4)]
    assert (set(found.open["role"]), set(found.open["post"])) == ({"leader"}, {"综治中心"})
    assert len(found.reasons) == 9
    assert set(found.reasons["member"]) == set(LEADERS)
    rules = {row["member"]: row["rules"] for row in found.reasons.to_dict("records")}
    assert [rules[name][0] for name in LEADERS] == ["unavailable", "leave", "leave"]
    said = {told(sentence) for sentences in found.reasons["sentences"] for sentence in sentences}
    assert f"林带班 is not available on {FIRST + 2 * DAY}." in said


def test_one_more_person_is_the_smallest_help_and_known_to_be(database: Database, office: Office) -> None:
    rota_id = a_draft(database, office)
    for name in LEADERS:
        away(database, name, FIRST + 2 * DAY, FIRST + 2 * DAY)
        away(database, name, FIRST + 6 * DAY, FIRST + 6 * DAY)
    taken(office, rota_id)
    found = explaining.explain(office.director, rota_id=rota_id)
    assert found.proven
    assert [told(one) for one in found.help] == ["One more person (带班领导): 综治中心 全天 2026-12-03, 2026-12-07."]
    english = explaining.explain(office.director, rota_id=rota_id, language="en")
    assert "综治中心 全天 2026-12-03" in told(english.help[0])
    assert "带班" not in told(english.help[0])
    assert all(told(one).startswith("The absence of ") for one in found.ways)
    with database.transaction(SYSTEM) as session:
        a_member(session, session.scalars(select(Duty)).one(), "新带班", "leader")
    after = explaining.explain(office.director, rota_id=rota_id)
    assert not after.proven
    assert [told(one) for one in after.help] == [
        "新带班 breaks no rule and could serve at once: 综治中心 全天 2026-12-03, 2026-12-07. "
        "Search again, or place them by hand."
    ]
    assert ("free",) in set(after.reasons["rules"])


def test_days_on_end_need_two_or_one_absence_moved_and_it_says_it_may_be_less(
    database: Database, office: Office
) -> None:
    rota_id = a_draft(database, office)
    for name in LEADERS:
        away(database, name, FIRST, FIRST + 3 * DAY)
    taken(office, rota_id)
    found = explaining.explain(office.director, rota_id=rota_id)
    assert (len(found.help), found.proven) == (2, False)
    assert found.ways


def test_a_filled_rota_has_nothing_to_explain(database: Database, office: Office) -> None:
    rota_id = a_draft(database, office)
    taken(office, rota_id)
    found = explaining.explain(office.director, rota_id=rota_id)
    assert (len(found.open), len(found.reasons), found.help, found.ways) == (0, 0, [], [])


def test_an_empty_draft_is_told_to_search_first(database: Database, office: Office) -> None:
    rota_id = a_draft(database, office, last=FIRST + 40 * DAY)
    found = explaining.explain(office.director, rota_id=rota_id)
    assert len(found.open) == 164
    assert told(found.help[0]) == "164 places are open; the first 120 of them are looked at. Search first."
    assert len(found.reasons) <= explaining.MOST_REASONS


def test_a_hand_placed_person_is_not_the_search_proven_best(database: Database, office: Office) -> None:
    rota_id = a_draft(database, office)
    for name in LEADERS:
        away(database, name, FIRST, FIRST)
    taken(office, rota_id)
    assert explaining.explain(office.director, rota_id=rota_id).proven
    places = rotas.rota_view(office.director, rota_id=rota_id).places
    staff = places[places["role"] == "staff"].iloc[0]
    rows = {int(staff["id"]): (int(staff["version"]), {"member_id": None})}
    editing.put(office.director, rota_id=rota_id, rows=rows, key="put")
    found = explaining.explain(office.director, rota_id=rota_id)
    assert not found.proven
    assert len(found.open) == 2


def test_a_published_rota_is_explained_too(database: Database, office: Office) -> None:
    rota_id = a_draft(database, office)
    for name in LEADERS:
        away(database, name, FIRST, FIRST)
    taken(office, rota_id)
    version = rotas.rota_view(office.director, rota_id=rota_id).version
    publishing.publish(office.director, rota_id=rota_id, version=version, reason="都请假", key="publish")
    assert list(explaining.explain(office.director, rota_id=rota_id).open["on_day"]) == [FIRST]


def test_only_who_plans_the_duty(database: Database, office: Office) -> None:
    rota_id = a_draft(database, office, last=FIRST)
    with database.transaction(SYSTEM) as session:
        lead = a_patrol_lead(session, office)
    for who, refusal in ((office.viewer, Refused), (office.clerk, Refused), (lead, NotThere)):
        with nothing_changes(database), pytest.raises(refusal):
            explaining.explain(who, rota_id=rota_id)
