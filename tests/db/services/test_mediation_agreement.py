"""The agreement: written or oral, signed and sealed, in effect, confirmed; every act works, is refused, writes once."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from db.engine import Database
from db.identity import encrypt
from db.models import Agreement, Dispute, DisputeParty, DisputeSession
from db.rules.permissions import Actor
from db.rules.problems import Changed, NotThere, Refused
from db.services.mediation import agreement, steps
from tests.db.services.mediating import (
    HELD,
    ORAL,
    SEALED,
    SIGNED,
    WRITTEN,
    Scene,
    a_debt,
    a_mediation,
    a_session,
    an_agreement,
    both_sign,
    concluded,
    words,
    wrong,
)
from tests.db.services.untouched import nothing_changes
from tests.factories import NOW, Office

TODAY = NOW.date()
LONG = "第一条　乙方改建排水沟。\r\n\r\n" * 5000


@pytest.fixture
def scene(database: Database, office: Office) -> Scene:
    """A dispute being mediated, one session held."""
    found = a_mediation(database, office)
    a_session(found)
    return found


def seen(scene: Scene, party_id: int) -> int:
    return int(scene.row(DisputeParty, party_id)["version"])


def sign(actor: Actor, scene: Scene, key: str = "sign", **changes: Any) -> int:
    values: dict[str, Any] = {
        "party_id": scene.applicant,
        "version": seen(scene, scene.applicant),
        "signed_on": SIGNED,
    } | changes
    return agreement.sign(actor, dispute_id=scene.id, key=key, **values)


def unsign(actor: Actor, scene: Scene, key: str = "unsign", version: int | None = None) -> int:
    version = seen(scene, scene.applicant) if version is None else version
    return agreement.unsign(actor, dispute_id=scene.id, party_id=scene.applicant, version=version, key=key)


def conclude(actor: Actor, scene: Scene, key: str = "conclude", version: int | None = None) -> steps.Receipt:
    version = scene.dispute["version"] if version is None else version
    return agreement.conclude(actor, dispute_id=scene.id, version=version, key=key)


ASKED: dict[str, Any] = {
    "confirmation": "requested",
    "requested_on": date(2026, 11, 16),
    "requested_jointly": True,
    "court": "东湖区人民法院",
}


def confirm(actor: Actor, scene: Scene, key: str = "confirm", version: int | None = None, **changes: Any) -> int:
    version = scene.agreement["version"] if version is None else version
    return agreement.confirm(actor, dispute_id=scene.id, version=version, key=key, **(ASKED | changes))


def ready(scene: Scene, act: str) -> None:
    """Bring the file to where the act is possible."""
    if act == "write":
        return
    words(scene, **WRITTEN)
    if act in ("sign", "unsign"):
        if act == "unsign":
            both_sign(scene)
        return
    a_debt(scene)
    both_sign(scene)
    if act == "confirm":
        concluded(scene, key="ready")


ACTS: dict[str, Callable[[Actor, Scene], object]] = {
    "write": lambda a, s: agreement.write_agreement(a, dispute_id=s.id, version=0, key="k", **WRITTEN),
    "sign": lambda a, s: sign(a, s, key="k"),
    "unsign": lambda a, s: unsign(a, s, key="k"),
    "conclude": lambda a, s: conclude(a, s, key="k"),
    "confirm": lambda a, s: confirm(a, s, key="k"),
}


@pytest.mark.parametrize("act", ACTS)
def test_only_who_keeps_the_file_may(act: str, scene: Scene) -> None:
    ready(scene, act)
    for person, refusal in (("clerk", Refused), ("viewer", Refused), ("elsewhere", NotThere)):
        with nothing_changes(scene.database), pytest.raises(refusal):
            ACTS[act](scene.office.people[person], scene)


@pytest.mark.parametrize("act", ACTS)
def test_the_same_submission_writes_once(act: str, scene: Scene) -> None:
    ready(scene, act)
    first = ACTS[act](scene.office.mediator, scene)
    with nothing_changes(scene.database):
        assert ACTS[act](scene.office.mediator, scene) == first


@pytest.mark.parametrize("act", ACTS)
def test_an_archived_file_is_refused(act: str, scene: Scene) -> None:
    ready(scene, act)
    scene.change(Dispute, scene.id, state="archived")
    assert wrong(lambda: ACTS[act](scene.office.mediator, scene), scene) == {""}


@pytest.mark.parametrize("act", ["write", "sign", "unsign", "conclude"])
def test_an_agreement_in_effect_is_frozen(act: str, scene: Scene) -> None:
    ready(scene, "confirm")
    if act == "write":
        assert wrong(lambda: words(scene, scene.agreement["version"], key="frozen", **WRITTEN), scene) == {""}
    else:
        assert wrong(lambda: ACTS[act](scene.office.mediator, scene), scene) == {""}


def test_who_saves_second_is_told(scene: Scene) -> None:
    mediator = scene.office.mediator
    words(scene, **WRITTEN)
    for stale in (0, 2):
        with nothing_changes(scene.database), pytest.raises(Changed) as caught:
            words(scene, stale, key=f"late {stale}", **(WRITTEN | {"content": "另写"}))
        assert caught.value.theirs["content"] == WRITTEN["content"]
    sign(mediator, scene)
    with nothing_changes(scene.database), pytest.raises(Changed):
        unsign(mediator, scene, version=seen(scene, scene.applicant) - 1)
    with nothing_changes(scene.database), pytest.raises(Changed):
        sign(mediator, scene, key="late", version=seen(scene, scene.applicant) - 1)
    with nothing_changes(scene.database), pytest.raises(Changed):
        conclude(mediator, scene, version=scene.dispute["version"] - 1)


def test_who_confirms_second_is_told(database: Database, office: Office) -> None:
    scene, _ = an_agreement(database, office)
    confirm(office.mediator, scene)
    with nothing_changes(database), pytest.raises(Changed):
        confirm(office.mediator, scene, key="late", version=scene.agreement["version"] - 1)


def test_no_version_of_what_is_not_there(scene: Scene) -> None:
    with nothing_changes(scene.database), pytest.raises(NotThere):
        words(scene, 1, **WRITTEN)


def test_a_party_is_reached_through_its_own_file_only(scene: Scene) -> None:
    words(scene, **WRITTEN)
    other = a_mediation(scene.database, scene.office)
    with nothing_changes(scene.database), pytest.raises(NotThere):
        sign(scene.office.mediator, scene, party_id=other.applicant, version=seen(scene, other.applicant))


# --- words ---


def test_a_written_agreement_has_the_file_s_number_and_every_word(scene: Scene) -> None:
    words(scene, **(WRITTEN | {"content": LONG, "amount": "１，０００元"}))
    found = scene.agreement
    assert (found["number"], found["copies"], found["amount"]) == (scene.dispute["number"], 3, 100_000)
    assert found["content"] == LONG
    assert found["effective_on"] is None


def test_an_oral_one_has_neither_number_nor_copies(scene: Scene) -> None:
    words(scene, **ORAL)
    assert (scene.agreement["number"], scene.agreement["copies"]) == ("", 0)


@pytest.mark.parametrize("why", ["asks", "later", "major"])
def test_an_oral_one_is_refused_where_it_is_to_be_written(why: str, scene: Scene) -> None:
    changes: dict[str, Any] = {
        "asks": {"party_asks_written": True},
        "later": {"performed_at_once": False},
        "major": {},
    }[why]
    scene.change(Dispute, scene.id, major=why == "major")
    assert wrong(lambda: words(scene, **(ORAL | changes)), scene) == {"form"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"content": ""}, "content"),
        ({"amount": "some"}, "amount"),
        ({"reached_on": TODAY + timedelta(1)}, "reached_on"),
        ({"mediator_signed_on": HELD - timedelta(1)}, "mediator_signed_on"),
        ({"sealed_on": SIGNED - timedelta(1)}, "sealed_on"),
        ({"excluded_matter": "other"}, "excluded_matter"),
    ],
)
def test_wrong_words_are_told_beside_their_field(changes: dict[str, Any], field: str, scene: Scene) -> None:
    assert wrong(lambda: words(scene, **(WRITTEN | changes)), scene) == {field}


def test_a_correction_leaves_the_earlier_words_in_the_timeline(scene: Scene) -> None:
    first = words(scene, **WRITTEN)
    assert words(scene, first, key="again", **(WRITTEN | {"performance": "转账"})) == first + 1
    assert scene.agreement["performance"] == "转账"


def test_the_agreed_amount_covers_what_is_promised(scene: Scene) -> None:
    a_debt(scene)
    assert wrong(lambda: words(scene, **(WRITTEN | {"amount": "999.99"})), scene) == {"amount"}
    words(scene, **WRITTEN)


def test_signed_words_stay_until_the_signatures_are_taken_back(scene: Scene) -> None:
    first = words(scene, **WRITTEN)
    sign(scene.office.mediator, scene)
    assert wrong(lambda: words(scene, first, key="2", **(WRITTEN | {"content": "另写"})), scene) == {"content"}
    later = words(scene, first, key="3", **(WRITTEN | {"sealed_on": TODAY}))
    unsign(scene.office.mediator, scene)
    words(scene, later, key="4", **(WRITTEN | {"content": "另写"}))


# --- signatures ---


@pytest.mark.parametrize("signed_on", [None, HELD - timedelta(1), SEALED + timedelta(1), TODAY + timedelta(1)])
def test_a_signature_has_a_day_that_can_be(signed_on: date | None, scene: Scene) -> None:
    words(scene, **WRITTEN)
    assert wrong(lambda: sign(scene.office.mediator, scene, signed_on=signed_on), scene) == {"signed_on"}


def test_there_is_nothing_to_sign_without_a_written_agreement(scene: Scene) -> None:
    assert wrong(lambda: sign(scene.office.mediator, scene), scene) == {"signed_on"}
    words(scene, **ORAL)
    assert wrong(lambda: sign(scene.office.mediator, scene), scene) == {"signed_on"}


def test_an_agent_signs_within_the_powers_given(scene: Scene) -> None:
    words(scene, **WRITTEN)
    mediator = scene.office.mediator
    assert wrong(lambda: sign(mediator, scene, signed_by_agent=True), scene) == {"signed_by_agent"}
    agent = encrypt(scene.database, "dispute_party.agent", "丁代理")
    scene.change(DisputeParty, scene.applicant, agent=agent, agent_until=SIGNED - timedelta(1))
    assert wrong(lambda: sign(mediator, scene, signed_by_agent=True), scene) == {"signed_by_agent"}
    scene.change(DisputeParty, scene.applicant, agent_until=SIGNED)
    sign(mediator, scene, signed_by_agent=True)
    assert scene.row(DisputeParty, scene.applicant)["signed_by_agent"] is True
    unsign(mediator, scene)
    party = scene.row(DisputeParty, scene.applicant)
    assert (party["signed_on"], party["signed_by_agent"]) == (None, False)


# --- conclusion ---


def test_a_written_agreement_takes_effect_with_the_seal(scene: Scene) -> None:
    ready(scene, "conclude")
    receipt = conclude(scene.office.mediator, scene)
    assert (receipt.number, receipt.state) == (scene.dispute["number"], "agreed")
    found, dispute = scene.agreement, scene.dispute
    assert (found["effective_on"], found["confirm_by"]) == (SEALED, date(2026, 12, 9))
    assert (dispute["state"], dispute["ended_on"], dispute["next_due_on"]) == ("agreed", SEALED, SEALED)


def test_a_later_signature_moves_the_effect(scene: Scene) -> None:
    words(scene, **(WRITTEN | {"sealed_on": SIGNED, "mediator_signed_on": SIGNED}))
    both_sign(scene)
    conclude(scene.office.mediator, scene)
    assert scene.agreement["effective_on"] == SIGNED


def test_an_oral_agreement_takes_effect_when_reached(scene: Scene) -> None:
    words(scene, **ORAL)
    conclude(scene.office.mediator, scene)
    assert scene.agreement["effective_on"] == SIGNED
    assert scene.dispute["next_due_on"] == date(2026, 12, 7)


@pytest.mark.parametrize("excluded", ["identity", "adoption", "marriage"])
def test_an_excluded_matter_has_no_day_to_ask_by(excluded: str, scene: Scene) -> None:
    words(scene, **(WRITTEN | {"excluded_matter": excluded}))
    both_sign(scene)
    conclude(scene.office.mediator, scene)
    assert scene.agreement["confirm_by"] is None
    assert wrong(lambda: confirm(scene.office.mediator, scene), scene) == {"confirmation"}


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"mediator_signed_on": None}, {"mediator_signed_on"}),
        ({"sealed_on": None}, {"sealed_on"}),
        ({"copies": 2}, {"copies"}),
        ({"mediator_signed_on": None, "sealed_on": None, "copies": 0}, {"mediator_signed_on", "sealed_on", "copies"}),
    ],
)
def test_nothing_takes_effect_while_something_is_missing(
    changes: dict[str, Any], fields: set[str], scene: Scene
) -> None:
    words(scene, **(WRITTEN | changes))
    both_sign(scene)
    assert wrong(lambda: conclude(scene.office.mediator, scene), scene) == fields


def test_nothing_takes_effect_without_both_signatures(scene: Scene) -> None:
    words(scene, **WRITTEN)
    sign(scene.office.mediator, scene)
    assert wrong(lambda: conclude(scene.office.mediator, scene), scene) == {"signed_on"}


def test_nothing_takes_effect_without_words_or_without_a_session(scene: Scene) -> None:
    assert wrong(lambda: conclude(scene.office.mediator, scene), scene) == {""}
    words(scene, **ORAL)
    scene.change(DisputeSession, 1, kind="enquiry")
    assert wrong(lambda: conclude(scene.office.mediator, scene), scene) == {""}


def test_an_agreement_does_not_come_before_the_last_session(scene: Scene) -> None:
    ready(scene, "conclude")
    a_session(scene, key="late", held_on=date(2026, 11, 18))
    fields = {"signed_on", "mediator_signed_on", "sealed_on"}
    assert wrong(lambda: conclude(scene.office.mediator, scene), scene) == fields


def test_a_dispute_that_became_major_is_not_settled_by_word(scene: Scene) -> None:
    words(scene, **ORAL)
    scene.change(Dispute, scene.id, major=True)
    assert wrong(lambda: conclude(scene.office.mediator, scene), scene) == {"form"}


def test_no_more_is_promised_than_agreed_when_it_takes_effect(scene: Scene) -> None:
    ready(scene, "conclude")
    found = scene.agreement
    scene.change(Agreement, found["id"], amount=99_999)
    assert wrong(lambda: conclude(scene.office.mediator, scene), scene) == {"amount"}


def test_a_reopened_file_is_written_anew(database: Database, office: Office) -> None:
    scene, _ = an_agreement(database, office)
    steps.reopen(
        office.director, dispute_id=scene.id, version=scene.dispute["version"], reason="漏写条款", key="reopen"
    )
    assert scene.dispute["state"] == "mediating"
    unsign(office.mediator, scene)
    words(scene, scene.agreement["version"], key="anew", **(WRITTEN | {"sealed_on": None}))
    assert wrong(lambda: conclude(office.mediator, scene, key="anew too"), scene) == {"signed_on", "sealed_on"}


# --- confirmation ---


def test_both_ask_the_court_together(database: Database, office: Office) -> None:
    scene, _ = an_agreement(database, office)
    confirm(office.mediator, scene)
    found = scene.agreement
    assert (found["confirmation"], found["court"], found["requested_on"]) == (
        "requested",
        ASKED["court"],
        ASKED["requested_on"],
    )
    decided: dict[str, Any] = {"confirmation": "confirmed", "court_number": "（2026）民特1号", "decided_on": TODAY}
    confirm(office.mediator, scene, key="decided", **decided)
    assert scene.agreement["decided_on"] == TODAY


def test_a_request_noted_wrongly_is_taken_back(database: Database, office: Office) -> None:
    scene, _ = an_agreement(database, office)
    confirm(office.mediator, scene)
    confirm(office.mediator, scene, key="back", confirmation="")
    found = scene.agreement
    assert (found["confirmation"], found["court"], found["requested_on"]) == ("", "", None)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"confirmation": "perhaps", "decided_on": TODAY}, "confirmation"),
        ({"requested_jointly": False}, "requested_jointly"),
        ({"requested_on": SEALED - timedelta(1)}, "requested_on"),
        ({"requested_on": None}, "requested_on"),
        ({"court": ""}, "court"),
        ({"decided_on": TODAY}, "decided_on"),
        ({"confirmation": "confirmed"}, "decided_on"),
    ],
)
def test_a_wrong_request_is_told_beside_its_field(
    changes: dict[str, Any], field: str, database: Database, office: Office
) -> None:
    scene, _ = an_agreement(database, office)
    assert wrong(lambda: confirm(office.mediator, scene, **changes), scene) == {field}


def test_thirty_days_and_no_more(database: Database, office: Office) -> None:
    scene, _ = an_agreement(database, office)
    scene.change(Agreement, scene.agreement["id"], confirm_by=date(2026, 11, 15))
    assert wrong(lambda: confirm(office.mediator, scene), scene) == {"requested_on"}
    confirm(office.mediator, scene, key="in time", requested_on=date(2026, 11, 15))


def test_nothing_is_confirmed_before_it_takes_effect(scene: Scene) -> None:
    assert wrong(lambda: confirm(scene.office.mediator, scene, version=0), scene) == {"confirmation"}
    words(scene, **WRITTEN)
    assert wrong(lambda: confirm(scene.office.mediator, scene), scene) == {"confirmation"}
