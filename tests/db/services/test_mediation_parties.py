"""Parties: rights told before consent, identities kept and never shown unasked, nobody lost from a side."""

import json
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from db.engine import Database
from db.identity import decrypt
from db.journal import JournalRow
from db.models import DisputeParty, Obligation
from db.rules.permissions import Actor
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.services.mediation import parties
from tests.db.services.disputes import (
    TODAY,
    TOLD,
    archived,
    key,
    lines,
    mediating,
    party_rows,
    registered,
    row,
    withdrawn,
)  # fmt: skip
from tests.db.services.test_mediation_opening import clear, problems_of
from tests.db.services.untouched import nothing_changes
from tests.factories import Office

YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
# act: what it is called with beside the dispute and the key; the party's own acts take its id and version.
PLAIN: dict[str, object] = {"side": "respondent", "name": "湖三弟"}
ACTS: dict[str, tuple[Callable[..., object], dict[str, object], bool]] = {
    "add": (parties.add_party, PLAIN, False),
    "edit": (parties.edit_party, {"side": "applicant", "name": "江大平"}, True),
    "remove": (parties.remove_party, {}, True),
    "tell": (parties.tell_rights, {"told_on": TODAY, "told_how": "written"}, True),
    "consent": (parties.record_consent, {"consent_on": TODAY}, True),
    "identity": (parties.see_identity, {"identity_seen_on": TODAY}, True),
}


def do(act: str, actor: Actor, party: DisputeParty, key: str = "k", /, **changes: object) -> int:
    """One of ACTS on a party."""
    service, values, on_party = ACTS[act]
    seen = {"party_id": party.id, "version": party.version} if on_party else {}
    done = service(actor, **({"dispute_id": party.dispute_id} | seen | values | changes), key=key)
    assert isinstance(done, int)
    return done


def told(database: Database, office: Office) -> DisputeParty:
    """The applicant of a registered file, told today, without consent."""
    dispute_id = registered(database, office)
    do("tell", office.mediator, party_rows(database, dispute_id)[0], key(), told_how="in_person")
    return party_rows(database, dispute_id)[0]


def again(database: Database, party: DisputeParty) -> DisputeParty:
    """The party as it stands now."""
    with database.reading() as session:
        return session.get_one(DisputeParty, party.id)


# --- every act ---


@pytest.mark.parametrize("act", ACTS)
def test_each_act_is_written_once_with_its_line(act: str, database: Database, office: Office) -> None:
    party = told(database, office)
    version = row(database, party.dispute_id).version
    known = len(lines(database, party.dispute_id))
    done = do(act, office.mediator, party)
    with nothing_changes(database):
        assert do(act, office.mediator, party) == done
    line = lines(database, party.dispute_id)[known:]
    steps = {"add": "party", "edit": "party", "remove": "remove", "tell": "tell", "consent": "consent"}
    assert [one.step for one in line] == [steps.get(act, "party")]
    assert row(database, party.dispute_id).version == version
    if act != "add":
        assert again(database, party).version == done == party.version + 1


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(("who", "why"), [("clerk", Refused), ("auditor", Refused), ("elsewhere", NotThere)])
def test_who_does_not_keep_the_file_changes_nothing(
    act: str, who: str, why: type[Exception], database: Database, office: Office
) -> None:
    party = told(database, office)
    with nothing_changes(database), pytest.raises(why):
        do(act, office.people[who], party)


@pytest.mark.parametrize("act", ACTS)
def test_an_archived_file_is_not_changed(act: str, database: Database, office: Office) -> None:
    party = party_rows(database, archived(database, office))[0]
    with nothing_changes(database), pytest.raises(Problems, match="archived"):
        do(act, office.director, party)


@pytest.mark.parametrize("act", [name for name, (_, _, on_party) in ACTS.items() if on_party])
def test_who_is_late_is_told(act: str, database: Database, office: Office) -> None:
    party = told(database, office)
    do("identity", office.chair, party, "first")
    with nothing_changes(database), pytest.raises(Changed) as late:
        do(act, office.mediator, party)
    assert late.value.by == "方主委"
    assert not [value for value in late.value.theirs.values() if isinstance(value, bytes)]


@pytest.mark.parametrize("act", [name for name, (_, _, on_party) in ACTS.items() if on_party])
def test_a_party_of_another_file_is_not_there(act: str, database: Database, office: Office) -> None:
    party, other = told(database, office), registered(database, office)
    with nothing_changes(database), pytest.raises(NotThere):
        do(act, office.mediator, party, "k", dispute_id=other)
    with nothing_changes(database), pytest.raises(NotThere):
        do(act, office.mediator, party, "k", party_id=999_999)


@pytest.mark.parametrize("act", ["add", "remove", "consent"])
def test_after_the_result_the_parties_stand(act: str, database: Database, office: Office) -> None:
    party = party_rows(database, withdrawn(database, office))[0]
    with nothing_changes(database), pytest.raises(Problems, match="has its result"):
        do(act, office.mediator, party)


@pytest.mark.parametrize("act", ["edit", "tell", "identity"])
def test_after_the_result_what_was_forgotten_can_be_written_down(act: str, database: Database, office: Office) -> None:
    party = party_rows(database, withdrawn(database, office))[0]
    assert do(act, office.mediator, party) == party.version + 1


@pytest.mark.parametrize(
    ("act", "changes", "field", "sentence"),
    [
        ("add", {"side": ""}, "side", "not one of the choices"),
        ("add", {"name": " "}, "name", "Name the party"),
        ("add", {"child": True}, "guardian", "guardian"),
        ("edit", {"name": ""}, "name", "Name the party"),
        ("edit", {"age": 200}, "age", "age"),
        ("edit", {"agent_contact": "154"}, "agent", "agent"),
        ("tell", {"told_on": None}, "told_on", "Choose the day"),
        ("tell", {"told_on": TOMORROW}, "told_on", "still to come"),
        ("tell", {"told_on": YESTERDAY}, "told_on", "received"),
        ("tell", {"told_how": "drum"}, "told_how", "not one of the choices"),
        ("consent", {"consent_on": None}, "consent_on", "Choose the day"),
        ("consent", {"consent_on": TOMORROW}, "consent_on", "still to come"),
        ("consent", {"consent_on": YESTERDAY}, "consent_on", "rights were told"),
        ("identity", {"identity_seen_on": None}, "identity_seen_on", "Choose the day"),
        ("identity", {"identity_seen_on": TOMORROW}, "identity_seen_on", "still to come"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    act: str, changes: dict[str, object], field: str, sentence: str, database: Database, office: Office
) -> None:
    party = told(database, office)
    with nothing_changes(database):
        found = problems_of(partial(do, act, office.mediator, party, "k", **changes))
    assert list(found) == [field]
    assert sentence in found[field]


# --- rights and consent ---


def test_consent_comes_after_the_rights(database: Database, office: Office) -> None:
    party = party_rows(database, registered(database, office, received_on=YESTERDAY))[0]
    with nothing_changes(database):
        assert "before consent" in problems_of(partial(do, "consent", office.mediator, party))["consent_on"]
    do("tell", office.mediator, party, key(), told_on=YESTERDAY)
    do("consent", office.mediator, again(database, party), key(), consent_on=YESTERDAY)
    stands = again(database, party)
    assert (stands.told_on, stands.told_how, stands.consent, stands.consent_on) == (
        YESTERDAY, "written", "yes", YESTERDAY,
    )  # fmt: skip
    with nothing_changes(database):
        found = problems_of(partial(do, "tell", office.mediator, stands, "k", told_on=TODAY))
    assert "consented on" in found["told_on"]


def test_a_day_of_consent_is_corrected(database: Database, office: Office) -> None:
    party = party_rows(database, registered(database, office, received_on=YESTERDAY))[0]
    do("tell", office.mediator, party, key(), told_on=YESTERDAY)
    for day in (YESTERDAY, TODAY):
        do("consent", office.mediator, again(database, party), key(), consent_on=day)
        assert again(database, party).consent_on == day


def test_who_saw_the_identity_is_kept(database: Database, office: Office) -> None:
    party = told(database, office)
    do("identity", office.chair, party)
    assert again(database, party).identity_seen_by_id == office.chair.id
    assert json.loads(lines(database, party.dispute_id)[-1].detail)["identity_seen_on"] == "2026-11-19"


# --- adding, correcting, removing ---


def test_a_party_is_added_encrypted(database: Database, office: Office) -> None:
    first = told(database, office)
    party_id = do("add", office.mediator, first, "k", contact="15400000009", agent="代三四", agent_until=TOMORROW)
    added = party_rows(database, first.dispute_id)[-1]
    assert (added.id, added.name_mask, added.contact_mask, added.agent_mask) == (
        party_id,
        "湖**",
        "154******09",
        "代**",
    )
    assert clear(added, database, "name") == "湖三弟"
    assert "湖三弟" not in lines(database, first.dispute_id)[-1].detail


def test_a_child_makes_the_file_a_childs(database: Database, office: Office) -> None:
    first = told(database, office)
    do("add", office.mediator, first, "k", child=True, guardian="湖母")
    assert row(database, first.dispute_id).child
    second = told(database, office)
    do("edit", office.mediator, second, "k2", child=True, guardian="江母")
    assert row(database, second.dispute_id).child
    with pytest.raises(NotThere):
        do("identity", office.chair, again(database, second), "k3")


def test_a_mask_or_nothing_leaves_an_identity_as_it_is(database: Database, office: Office) -> None:
    party = told(database, office)
    do("edit", office.mediator, party, "k", name="江**", contact="154******01", occupation="教师")
    stands = again(database, party)
    assert (stands.name, stands.contact, stands.address) == (party.name, party.contact, party.address)
    assert stands.occupation == "教师"
    assert json.loads(lines(database, party.dispute_id)[-1].detail) == {"party": "江**", "changed": ["occupation"]}


def test_an_identity_typed_anew_replaces_the_old(database: Database, office: Office) -> None:
    party = told(database, office)
    do("edit", office.mediator, party, "k", contact="", address=" 西村1号 ", agent="代三四", agent_contact="88881234")
    stands = again(database, party)
    assert (stands.name_mask, stands.contact_mask, stands.agent_mask) == ("江**", "", "代**")
    found = {field: clear(stands, database, field) for field in ("name", "contact", "address", "agent_contact")}
    assert found == {"name": "江大平", "contact": "", "address": "西村1号", "agent_contact": "88881234"}
    line = lines(database, party.dispute_id)[-1]
    assert json.loads(line.detail)["changed"] == ["name", "contact", "address", "agent", "agent_contact"]
    assert "江大平" not in line.detail


def test_saving_without_a_change_writes_no_line(database: Database, office: Office) -> None:
    party = told(database, office)
    known = len(lines(database, party.dispute_id))
    assert do("edit", office.mediator, party, "k", name=None) == party.version
    assert len(lines(database, party.dispute_id)) == known


def test_the_last_of_a_side_leaves_only_before_acceptance(database: Database, office: Office) -> None:
    first = party_rows(database, registered(database, office))[0]
    do("remove", office.mediator, first, key())
    assert again(database, first).removed_at is not None
    party = party_rows(database, mediating(database, office))[0]
    with nothing_changes(database):
        assert "each side" in problems_of(partial(do, "remove", office.mediator, party))[""]
        changed = problems_of(partial(do, "edit", office.mediator, party, "k", side="respondent", name=None))
        assert "each side" in changed["side"]
    do("add", office.mediator, party, key(), side="applicant")
    do("remove", office.mediator, party, key())
    assert again(database, party).removed_at is not None


def test_a_party_comes_back_as_it_was(database: Database, office: Office) -> None:
    party = told(database, office)
    version = do("remove", office.mediator, party)
    restore = partial(parties.restore_party, dispute_id=party.dispute_id, party_id=party.id)
    with nothing_changes(database), pytest.raises(NotThere):
        do("edit", office.mediator, again(database, party), "k2")
    with nothing_changes(database), pytest.raises(NotThere):
        restore(office.elsewhere, version=version, key="k2")
    with nothing_changes(database), pytest.raises(Changed):
        restore(office.mediator, version=version - 1, key="k2")
    done = restore(office.mediator, version=version, key="k2")
    with nothing_changes(database):
        assert restore(office.mediator, version=version, key="k2") == done
        with pytest.raises(NotThere):
            restore(office.mediator, version=done, key="k3")
    stands = again(database, party)
    assert (stands.removed_at, stands.version, clear(stands, database, "name")) == (None, done, "江一平")
    assert [line.step for line in lines(database, party.dispute_id)][-2:] == ["remove", "restore"]


def test_a_child_that_comes_back_makes_the_file_a_childs_again(database: Database, office: Office) -> None:
    party = told(database, office)
    do("edit", office.mediator, party, key(), name=None, child=True, guardian="江母")
    do("remove", office.mediator, again(database, party), key())
    with database.transaction(office.director) as session:
        session.get_one(type(row(database, party.dispute_id)), party.dispute_id).child = False
    version = again(database, party).version
    parties.restore_party(office.mediator, dispute_id=party.dispute_id, party_id=party.id, version=version, key=key())
    assert row(database, party.dispute_id).child


def test_who_owes_or_is_owed_stays(database: Database, office: Office) -> None:
    first, second = party_rows(database, mediating(database, office))
    with database.transaction(office.mediator) as session:
        owed = {"dispute_id": first.dispute_id, "debtor_id": first.id, "creditor_id": second.id}
        session.add(Obligation(**owed, kind="act", act="改道排水", due_on=TOMORROW))
    for party, side in ((first, "applicant"), (second, "respondent")):
        do("add", office.mediator, party, key(), side=side)
        with nothing_changes(database):
            assert "obligation" in problems_of(partial(do, "remove", office.mediator, party))[""]


# --- in clear ---


def test_unmasking_shows_who_stands_and_is_journalled(database: Database, office: Office) -> None:
    dispute_id = registered(database, office, parties=(*TOLD.parties, TOLD.parties[0]))
    third = party_rows(database, dispute_id)[2]
    do("remove", office.mediator, third)
    found = parties.unmask(office.mediator, dispute_id=dispute_id)
    assert list(found.columns) == parties.IN_CLEAR
    assert list(found["name"]) == ["江一平", "河二妹"]
    assert list(found["address"]) == ["东村12号", ""]
    with database.reading() as session:
        noted = session.scalars(select(JournalRow).where(JournalRow.event == "unmask")).one()
        assert (noted.tbl, noted.pk, noted.actor_id) == ("dispute", str(dispute_id), office.mediator.id)


def test_the_visitor_may_unmask_and_others_may_not(database: Database, office: Office) -> None:
    dispute_id = archived(database, office)
    for who, why in (("clerk", NotThere), ("viewer", Refused), ("elsewhere", NotThere), ("handler", Refused)):
        with pytest.raises(why):
            parties.unmask(office.people[who], dispute_id=dispute_id)
    with database.transaction(office.director) as session:
        session.get_one(type(row(database, dispute_id)), dispute_id).visitor_id = office.clerk.id
    assert len(parties.unmask(office.clerk, dispute_id=dispute_id)) == 2


def test_every_identity_stands_in_its_own_place(database: Database, office: Office) -> None:
    party = told(database, office)
    assert decrypt(database, "dispute_party.name", party.name) == "江一平"
