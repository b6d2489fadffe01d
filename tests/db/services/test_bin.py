"""The bin: only what was registered by mistake, in no list while it lies there, and back exactly as it was."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from db import clock
from db.engine import Database
from db.models import Case, CaseWords
from db.rules.case_flow import Step
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.services import cases, files, intake
from db.services.cases import Tab
from db.services.files import Upload
from db.services.records import Saved
from tests.db.services import stages
from tests.db.services.agendas import a_decision
from tests.db.services.meeting import a_meeting
from tests.db.services.stages import TODAY, TOLD, Taken, brought, key, take
from tests.db.services.test_bulk import refused, versions, worked_on
from tests.db.services.test_case_lists import seen
from tests.db.services.test_cases import an_intake
from tests.factories import NOW, SYSTEM, Office, a_dispute

PROPOSED = stages.ROUTED[:1]
REASON = "重复登记"


def put(office: Office, who: str, *ids: int, reason: str = REASON) -> Saved:
    """Into the bin, as it stands now."""
    return cases.put_in_bin(office.people[who], rows=versions(office.director, *ids), reason=reason, key=key())


def test_what_is_in_the_bin_is_nowhere_and_comes_back_as_it_was(database: Database, office: Office) -> None:
    case_id, later = brought(office, PROPOSED), brought(office)
    before = cases.view(office.deputy, case_id=case_id)
    upload = Upload("照片.txt", "证据".encode())
    files.attach(office.clerk, case_id=case_id, uploads=[upload], key=key())
    (file,) = cases.view(office.deputy, case_id=case_id).files
    assert put(office, "clerk", case_id).saved == (case_id,)
    for who in ("clerk", "deputy", "director"):
        assert seen(office, who) == {later}, who
        assert seen(office, who, text="噪音") == {later}, who
        assert cases.in_bin(office.people[who], case_id=case_id) is not None, who
    with pytest.raises(NotThere):
        cases.view(office.deputy, case_id=case_id)
    with pytest.raises(NotThere):
        files.fetch(office.clerk, attachment_id=file["id"])
    assert cases.counts(office.leader)[Tab.TO_APPROVE] == 0
    with database.reading() as session:
        assert session.get(CaseWords, case_id) is None
    (row,) = cases.binned(office.leader).rows.to_dict("records")
    assert (row["number"], row["gone_by"], row["reason"]) == ("2026-000001", "陈接访", REASON)
    assert brought(office) == later + 1
    with database.reading() as session:
        assert session.scalars(select(Case.number).order_by(Case.id.desc())).first() == "2026-000003"
    with clock.at(NOW + timedelta(days=3)):
        done = cases.restore(office.director, rows={case_id: row["version"]}, key=key())
        assert done.saved == (case_id,)
        after = cases.view(office.deputy, case_id=case_id)
    assert {**before.fields} == {**after.fields}
    assert [line["step"] for line in after.timeline][-2:] == ["bin", "restore"]
    assert seen(office, "clerk", text="噪音") == {case_id, later, later + 1}
    assert files.fetch(office.clerk, attachment_id=file["id"])
    assert cases.binned(office.leader).total == 0
    take(office, "leader", case_id, Step.APPROVE)


@pytest.mark.parametrize(
    ("way", "changes", "sentence"),
    [
        (stages.ROUTED, {}, "It has been sent to a unit."),
        ((*stages.OBJECTED, ("leader", Step.AGREE_RETURN, {"reason": "同意"})), {}, "It has been sent to a unit."),
        ((("clerk", Step.GIVE_NOTICE, TOLD),), {}, "The resident has been told of it."),
        ((("clerk", Step.TELL, {"how": "telephone", "words": "正在核实"}),), {}, "The resident has been told of it."),
        ((("clerk", Step.WITHDRAW, {"on": TODAY, "reason": "撤回"}),), {}, "It is settled"),
        (
            (("clerk", Step.ANSWER_ON_SPOT, {"outcome": "supported", "words": "已答"}),),
            {"anonymous": True, "parties": ()},
            "It is settled",
        ),
    ],
)
def test_what_was_told_or_sent_goes_another_way(
    office: Office, way: tuple[Taken, ...], changes: Mapping[str, Any], sentence: str
) -> None:
    case_id = brought(office, way, **changes)
    told = cases.why_not_binned(office.director, case_ids=[case_id])[case_id]
    assert told is not None
    assert told.message.startswith(sentence)
    assert refused(put(office, "director", case_id), case_id) == told.message
    assert seen(office, "director") == {case_id}


def test_a_case_that_became_a_dispute_stays(database: Database, office: Office) -> None:
    case_id = brought(office)
    with database.transaction(SYSTEM) as session:
        a_dispute(session, office, case_id=case_id)
    assert refused(put(office, "director", case_id), case_id).startswith("It has become a dispute.")


def test_a_case_a_meeting_dealt_with_stays(database: Database, office: Office) -> None:
    case_id = brought(office)
    a_decision(database, office, a_meeting(database, office), case_id=case_id)
    assert refused(put(office, "director", case_id), case_id).startswith("A meeting has dealt with it.")


def test_who_may_put_what_into_the_bin(office: Office) -> None:
    mine = brought(office)
    foreign = intake.register(office.deputy, intake=an_intake(), key=key()).case_id
    sealed = brought(office, sealed=True)
    out = put(office, "clerk", mine, foreign, sealed)
    assert out.saved == (mine,)
    assert {refused(out, one) for one in (foreign, sealed)} == {"You may not change this case."}
    put(office, "director", foreign, sealed)
    # A sealed one stays out of the sight of others there, too; the clerk sees only what the clerk registered.
    assert set(cases.binned(office.director).rows["id"]) == {mine, foreign, sealed}
    assert set(cases.binned(office.leader).rows["id"]) == {mine, foreign}
    assert set(cases.binned(office.clerk).rows["id"]) == {mine}
    assert cases.in_bin(office.clerk, case_id=sealed) is None
    lying = cases.binned(office.leader).rows
    rows = dict(zip(lying["id"], lying["version"], strict=True))
    assert cases.restore(office.clerk, rows=rows, key=key()).saved == (mine,)
    for who in ("handler", "head", "viewer", "admin"):
        with pytest.raises(Refused):
            cases.binned(office.people[who])
        with pytest.raises(Refused):
            cases.put_in_bin(office.people[who], rows={mine: 1}, reason=REASON, key=key())


def test_a_reason_is_needed_and_who_looked_before_is_told(office: Office) -> None:
    case_id = brought(office)
    looked = versions(office.deputy, case_id)
    with pytest.raises(Problems, match="needed"):
        put(office, "deputy", case_id, reason=" ")
    worked_on(office, case_id)
    out = cases.put_in_bin(office.deputy, rows=looked, reason=REASON, key=key())
    assert isinstance(out.conflicts[case_id], Changed)
    assert seen(office, "deputy") == {case_id}


def test_the_bin_is_undone_like_any_act(office: Office) -> None:
    ids = [brought(office) for _ in range(2)]
    once = key()
    rows = versions(office.director, *ids)
    for _ in range(2):
        assert set(cases.put_in_bin(office.deputy, rows=rows, reason=REASON, key=once).saved) == set(ids)
    (act_id,) = cases.my_acts(office.deputy)["id"]
    cases.restore(office.director, rows={ids[0]: rows[ids[0]] + 1}, key=key())
    told = cases.undo(office.deputy, act_id=act_id, key=key())
    assert told.saved == (ids[1],)
    assert seen(office, "deputy") == set(ids)


def test_a_number_at_the_source_is_taken_even_in_the_bin(office: Office) -> None:
    case_id = brought(office, source="hotline", source_number="GD-1")
    put(office, "director", case_id)
    with pytest.raises(Problems, match="already registered"):
        brought(office, source="hotline", source_number="GD-1")
