"""Attacks of others' history on records: each test bears the class of reliability 1.2 and the case it happened in."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from db import clock
from db.base import Base
from db.engine import Database
from db.journal import JournalRow
from db.models import Case, Person
from db.rules.briefings.chart import ChartSpec
from db.rules.case_flow import Step
from db.rules.permissions import GRANTS, Permission, Role
from db.rules.problems import NotThere, Refused
from db.services import cases, files, finding, journal, people, saved_lists
from db.services.briefings.behind import behind
from db.services.briefings.drawing import draw
from db.services.cases import Choice, Tab, Wanted, merged
from db.services.files import Upload
from db.services.supervision.drafting import without_notice
from tests.db.services import stages
from tests.db.services.stages import brought
from tests.db.services.test_cases import key
from tests.factories import NOW, SYSTEM, Office
from tests.trust.calls import services

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
PAPER = Upload("list.txt", "名单".encode())


def version_of(database: Database, case_id: int) -> int:
    """The version that stands."""
    with database.reading() as session:
        return session.get_one(Case, case_id).version


@pytest.mark.usefixtures("database")
def test_01_reading_by_id_cve_2020_27662(office: Office) -> None:
    case_id = brought(office, stages.HANDLING)
    assert cases.view(office.handler, case_id=case_id).id == case_id
    with pytest.raises(NotThere):
        cases.view(office.outsider, case_id=case_id)


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("copy", [cases.timeline, journal.who_has_seen, cases.unmask])
def test_02_side_copies_cve_2026_34970_and_108270(office: Office, copy: object) -> None:
    sealed = brought(office, sealed=True)
    with pytest.raises(NotThere):
        copy(office.leader, case_id=sealed)  # type: ignore[operator]
    shown = cases.preview(office.leader, case_ids=[sealed], wanted=Wanted(category="other"))
    assert "夜间施工" not in repr(shown), "a bulk act tells the titles of what one may not see (GHSA-hf4x-6h87-hm79)"


@pytest.mark.usefixtures("database")
def test_03_inference_from_charts_gitlab_milestones(office: Office) -> None:
    asked = ChartSpec(register="cases", measure="received", period="this_month", split="category")
    brought(office)
    before = draw(office.leader, spec=asked), behind(office.leader, spec=asked).total, cases.counts(office.leader)
    brought(office, sealed=True)
    assert (
        draw(office.leader, spec=asked),
        behind(office.leader, spec=asked).total,
        cases.counts(office.leader),
    ) == before


@pytest.mark.usefixtures("engine_name")
def test_04_read_only_roles_write_nothing_cve_2022_40817_and_2025_26846() -> None:
    own = {Permission.ACCOUNT_OWN, Permission.CHARTS_DRAW}  # their own password, drafts, saved lists and charts
    for role in (Role.VIEWER, Role.AUDITOR):
        for service in services():
            writes = any(parameter.name == "key" for parameter in service.parameters)
            if writes and service.permission not in own:
                assert service.permission not in GRANTS[role], f"{role} may {service.name}"


def test_08_access_outlives_permission_cve_2026_34744(database: Database, office: Office) -> None:
    case_id = brought(office, stages.HANDLING)
    (file_id,) = files.attach(office.handler, case_id=case_id, uploads=[PAPER], key=key())
    assert files.fetch(office.handler, attachment_id=file_id)
    with database.transaction(SYSTEM) as session:
        session.execute(update(Case).where(Case.id == case_id).values(sealed=True))
    for look in (lambda: cases.view(office.handler, case_id=case_id),
                 lambda: files.fetch(office.handler, attachment_id=file_id)):  # fmt: skip
        with pytest.raises(NotThere):
            look()


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    "words", ["' OR 1=1 --", '"; DROP TABLE case_file; --', "%", "_", "路灯' UNION SELECT * FROM person --"]
)
def test_14_injection_in_search_cve_2022_29250_and_2025_24799(office: Office, words: str) -> None:
    brought(office, subject="路灯不亮")
    assert cases.register(office.leader, choice=Choice(tab=Tab.ALL, text=words)).total == 0
    found = finding.find(office.leader, text=words)
    assert "路灯不亮" not in repr(found)
    assert cases.register(office.leader, choice=Choice(tab=Tab.ALL, text="路灯")).total == 1
    forged = replace(Choice(tab=Tab.ALL), sort="id; DROP TABLE person")  # type: ignore[arg-type]
    assert cases.register(office.leader, choice=forged).total == 1
    assert len(people.people(office.admin)) > 5


def test_15_mass_assignment_cve_2026_40569(database: Database, office: Office) -> None:
    case_id = brought(office, stages.HANDLING)
    forged = {
        "note": "新备注",
        "state": "archived",
        "sealed": True,
        "number": "1",
        "registered_by_id": office.deputy.id,
    }
    cases.amend(office.deputy, case_id=case_id, version=version_of(database, case_id), values=forged, key=key())
    cases.edit_many(
        office.deputy, rows={case_id: (version_of(database, case_id), forged | {"note": "又改"})}, key=key()
    )
    with database.reading() as session:
        row = session.get_one(Case, case_id)
        assert (row.state, row.sealed, row.registered_by_id) == ("handling", False, office.clerk.id)
        assert row.number != "1"


def test_16_role_escalation_cve_2023_28634_and_2026_44231(database: Database, office: Office) -> None:
    with database.reading() as session:
        me = session.get_one(Person, office.clerk.id)
    wanted: dict[str, Any] = {"name": me.name, "unit_id": me.unit_id, "roles": ["administrator"], "active": True}
    for somebody in (office.clerk, office.director):
        with pytest.raises(Refused):
            people.edit_person(somebody, person_id=me.id, version=me.version, key=key(), **wanted)
    assert [role for role in Role if Permission.PEOPLE_MANAGE in GRANTS[role]] == [Role.ADMINISTRATOR]
    listed = people.people(office.admin, left=True)
    assert not {name for name in listed.columns if "password" in name or "hash" in name or "secret" in name}


def test_27_refused_attempts_leave_a_trace_cve_2021_33689(database: Database, office: Office) -> None:
    case_id = brought(office, stages.HANDLING)
    for act in (
        lambda: cases.view(office.outsider, case_id=case_id),
        lambda: cases.view(office.admin, case_id=case_id),
    ):
        with pytest.raises((Refused, NotThere)):
            act()  # type: ignore[no-untyped-call]
    with database.reading() as session:
        noted = select(JournalRow.actor_id, JournalRow.case_id).where(JournalRow.event == "refused")
        assert session.execute(noted).all() == [(office.outsider.id, case_id), (office.admin.id, case_id)]


def test_28_new_things_begin_at_the_narrowest_cve_2026_48210(database: Database, office: Office) -> None:
    case_id = brought(office, stages.HANDLING)
    files.attach(office.handler, case_id=case_id, uploads=[PAPER], key=key())
    saved_lists.save(office.clerk, name="我的", screen="cases", query="tab=all", key=key())
    tables = Base.metadata.tables
    assert tables["attachment"].c.internal.default.arg is True  # type: ignore[union-attr]
    with database.reading() as session:
        assert session.scalars(select(tables["attachment"].c.internal)).all() == [True]
        assert session.scalar(select(func.count()).select_from(tables["list_share"])) == 0
    assert not saved_lists.of_screen(office.deputy, screen="cases")


def test_step_is_no_way_round(office: Office, database: Database) -> None:
    case_id = brought(office, stages.HANDLING)
    with pytest.raises(NotThere):
        cases.take_step(office.outsider, case_id=case_id, version=version_of(database, case_id), step=Step.ANSWER,
                        values=dict(stages.ANSWER), key=key())  # fmt: skip


def test_02_where_a_merged_matter_went_and_what_has_no_notice(database: Database, office: Office) -> None:
    kept, gone = brought(office), brought(office)
    with database.transaction(SYSTEM) as session:
        told = {"gone": "merged", "merged_into_id": kept, "gone_at": NOW}
        session.execute(update(Case).where(Case.id == gone).values(**told))
        session.execute(update(Case).where(Case.id == kept).values(sealed=True, promise_due_on=NOW.date()))
    assert merged.where_it_went(office.leader, case_id=gone) is None
    assert merged.where_it_went(office.handler, case_id=gone) is None
    with clock.at(NOW + timedelta(days=99)):
        assert without_notice(office.leader) == 0
