"""Sessions, counted sign-ins, passwords, the first administrator; on both engines."""

import re
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from db import clock
from db.engine import Database
from db.models import OfficeFact, Person, PersonRole, SignInCounter, SignInSession, SignInTicket, Unit
from db.rules import passwords as rules
from db.rules.permissions import Actor, Role
from db.rules.problems import NotThere, Problems, Refused
from db.services import accounts
from db.services.accounts.passwords import is_right
from tests.factories import NOW, SYSTEM, Office

PASSWORD = "plum trees in 三月"
HERE, ELSEWHERE = "10.0.0.1", "10.9.9.9"


@pytest.fixture
def people(database: Database, office: Office) -> Office:
    """The office, everybody with one password."""
    hashed = accounts.hash_of(PASSWORD)
    with database.transaction(SYSTEM) as session:
        session.execute(update(Person).values(password_hash=hashed, password_scheme="bcrypt-sha256"))
    return office


def try_password(username: str, password: str, *, address: str = HERE) -> str:
    """What the sign-in form does: a ticket, or "" for a wrong password."""
    attempt = accounts.begin(username, address=address)
    if is_right(password, attempt.stored) and attempt.person_id and not attempt.expired:
        return accounts.succeed(attempt, ready=rules.ready_to_hash(password), target="/cases")
    accounts.fail(attempt)
    return ""


def sign_in(username: str, *, address: str = HERE, replaces: str = "") -> str:
    """A session's token."""
    ticket = try_password(username, PASSWORD, address=address)
    found = accounts.claim(ticket, address=address, browser="Firefox", replaces=replaces)
    assert found is not None
    return found.token


def events(database: Database) -> list[str]:
    """What the journal says, oldest first."""
    with database.reading() as session:
        return list(session.scalars(text("SELECT event FROM journal ORDER BY seq")))


def seated(token: str) -> Actor:
    """The actor at a session."""
    seat = accounts.seat_by_token(token)
    assert seat is not None
    return seat.actor


# --- sessions ---


def test_a_right_password_leads_to_a_seat(people: Office) -> None:
    seat = accounts.seat_by_token(sign_in("Clerk "), origin=HERE)
    assert seat is not None
    actor = replace(seat.actor, session="", origin="test")
    assert actor == people.clerk
    assert (seat.username, seat.unit, seat.must_change) == ("clerk", "综治中心", False)
    assert accounts.seat_of(seat.session_id) is not None


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("token", ["", "x", "0" * 43])
def test_no_other_token_does(token: str) -> None:
    assert accounts.seat_by_token(token) is None


@pytest.mark.usefixtures("people")
def test_only_hashes_of_tokens_are_stored(database: Database) -> None:
    token = sign_in("clerk")
    with database.reading() as session:
        stored = list(session.scalars(select(SignInSession.token_hash)))
        stored += session.scalars(select(SignInTicket.token_hash))
    assert token not in stored
    assert all(re.fullmatch("[0-9a-f]{64}", value) for value in stored)


@pytest.mark.usefixtures("people")
def test_signing_in_again_ends_the_older_session_of_that_browser() -> None:
    first, other = sign_in("clerk"), sign_in("clerk")
    second = sign_in("clerk", replaces=first)
    assert accounts.seat_by_token(first) is None
    assert accounts.seat_by_token(second)
    assert accounts.seat_by_token(other)


@pytest.mark.parametrize(
    ("after", "still_good"),
    [(timedelta(minutes=29), True), (timedelta(minutes=31), False)],
)
@pytest.mark.usefixtures("people")
def test_an_idle_session_ends(after: timedelta, *, still_good: bool) -> None:
    token = sign_in("clerk")
    with clock.at(NOW + after):
        assert (accounts.seat_by_token(token) is not None) is still_good


@pytest.mark.usefixtures("people")
def test_a_used_session_lives_until_its_limit(database: Database) -> None:
    token = sign_in("clerk")
    session_id = int(seated(token).session)
    for hours in range(1, 24):
        moment = NOW + timedelta(minutes=30 * hours)
        with clock.at(moment - timedelta(minutes=1)):
            accounts.seen({session_id: clock.now()})
            assert (accounts.live_among({session_id}) == {session_id}) is (hours <= 24)
    with clock.at(NOW + timedelta(hours=12)):
        assert accounts.live_among({session_id}) == set()
        accounts.note_lapsed({session_id})
    assert events(database)[-1] == "session_ended"
    with database.reading() as session:
        assert session.get_one(SignInSession, session_id).revoked_why == "limit"


@pytest.mark.parametrize("change", ["active", "epoch", "revoked"])
def test_every_change_ends_the_session_at_once(people: Office, database: Database, change: str) -> None:
    token = sign_in("handler")
    session_id = int(seated(token).session)
    with database.transaction(SYSTEM) as session:
        person = session.get_one(Person, people.handler.id)
        if change == "active":
            person.active = False
        elif change == "epoch":
            person.epoch += 1
        else:
            accounts.revoke_sessions(session, person.id, "role changed")
    assert accounts.seat_by_token(token) is None
    assert accounts.seat_of(session_id) is None
    assert accounts.live_among({session_id}) == set()


def test_a_new_role_counts_on_the_next_look(people: Office, database: Database) -> None:
    token = sign_in("handler")
    with database.transaction(SYSTEM) as session:
        session.add(PersonRole(person_id=people.handler.id, role=Role.DIRECTOR.value))
        session.add(PersonRole(person_id=people.handler.id, role="no-such-role"))
    assert seated(token).roles == {Role.HANDLER, Role.DIRECTOR}


def test_revoking_rolls_back_with_the_act_it_belongs_to(people: Office, database: Database) -> None:
    token = sign_in("handler")

    def revoke_and_fail() -> None:
        with database.transaction(SYSTEM) as session:
            accounts.revoke_sessions(session, people.handler.id or 0, "role changed")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        revoke_and_fail()
    assert accounts.seat_by_token(token) is not None


def test_signing_out(people: Office, database: Database) -> None:
    token, other = sign_in("clerk"), sign_in("clerk")
    seat = accounts.seat_by_token(token)
    assert seat is not None
    accounts.end(seat)
    assert accounts.seat_by_token(token) is None
    assert accounts.seat_by_token(other) is not None
    assert events(database)[-1] == "sign_out"
    assert people.clerk.id == seat.actor.id


@pytest.mark.usefixtures("people")
def test_people_see_and_end_only_their_own_sessions(database: Database) -> None:
    mine, also_mine, foreign = sign_in("clerk"), sign_in("clerk", address=ELSEWHERE), sign_in("handler")
    actor = seated(mine)
    listed = accounts.my_sessions(actor)
    assert {(one.address, one.is_this_one) for one in listed} == {(HERE, True), (ELSEWHERE, False)}
    with pytest.raises(NotThere):
        accounts.end_mine(actor, session_id=int(seated(foreign).session))
    assert accounts.seat_by_token(foreign)
    accounts.end_mine(actor, session_id=int(seated(also_mine).session))
    assert accounts.seat_by_token(also_mine) is None
    accounts.end_all_mine(actor)
    assert accounts.seat_by_token(mine) is None
    assert events(database)[-3:] == ["refused", "session_ended", "session_ended"]


def test_nobody_without_a_role_changes_anything(people: Office) -> None:
    nobody = replace(people.clerk, roles=frozenset())
    acts: list[Callable[[], object]] = [
        lambda: accounts.my_sessions(nobody),
        lambda: accounts.end_mine(nobody, session_id=1),
        lambda: accounts.end_all_mine(nobody),
        lambda: accounts.change_password(nobody, present=PASSWORD, password="new one 1", repeated="new one 1"),
        lambda: accounts.choose_language(nobody, language="zh"),
    ]
    for act in acts:
        with pytest.raises(Refused):
            act()


# --- tickets ---


@pytest.mark.usefixtures("people")
def test_a_ticket_works_once() -> None:
    ticket = try_password("clerk", PASSWORD)
    assert accounts.claim(ticket, address=HERE, browser="", replaces="")
    assert accounts.claim(ticket, address=HERE, browser="", replaces="") is None


@pytest.mark.usefixtures("people")
def test_of_twenty_who_claim_one_ticket_at_once_one_gets_in(database: Database) -> None:
    ticket = try_password("clerk", PASSWORD)

    def claim(_: int) -> object:
        return accounts.claim(ticket, address=HERE, browser="", replaces="")

    with ThreadPoolExecutor(8) as pool:
        found = [one for one in pool.map(claim, range(20)) if one]
    assert len(found) == 1
    assert events(database).count("sign_in") == 1


@pytest.mark.usefixtures("people")
def test_a_ticket_is_good_for_half_a_minute() -> None:
    ticket = try_password("clerk", PASSWORD)
    with clock.at(NOW + timedelta(seconds=31)):
        assert accounts.claim(ticket, address=HERE, browser="", replaces="") is None


def test_a_ticket_of_somebody_disabled_meanwhile_is_no_good(people: Office, database: Database) -> None:
    ticket = try_password("clerk", PASSWORD)
    with database.transaction(SYSTEM) as session:
        session.get_one(Person, people.clerk.id).active = False
    assert accounts.claim(ticket, address=HERE, browser="", replaces="") is None


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("ticket", ["", "x" * 43])
def test_an_unknown_ticket_is_no_good(ticket: str) -> None:
    assert accounts.claim(ticket, address=HERE, browser="", replaces="") is None


@pytest.mark.usefixtures("people")
def test_a_set_up_link_is_no_sign_in_ticket() -> None:
    assert accounts.claim(accounts.issue_set_up_ticket(), address=HERE, browser="", replaces="") is None


# --- counting ---


def failures(database: Database) -> list[int]:
    """Every counter's failures."""
    with database.reading() as session:
        return sorted(session.scalars(select(SignInCounter.failures)))


@pytest.mark.parametrize("username", ["clerk", "no-such-name"])
@pytest.mark.usefixtures("people")
def test_fifty_wrong_tries_at_once_count_as_fifty(database: Database, username: str) -> None:
    def wrong(_: int) -> str:
        try:
            return try_password(username, "wrong wrong")
        except accounts.Waiting:
            return "waiting"

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(wrong, range(50)))
    assert failures(database) == [50, 50]
    assert answers.count("waiting") == 45
    assert events(database).count("sign_in_failed") == 5


@pytest.mark.usefixtures("people")
def test_the_right_password_waits_too_and_the_wait_grows(database: Database) -> None:
    moment, waits = NOW, []
    for _ in range(12):
        with clock.at(moment):
            try:
                assert try_password("clerk", "wrong wrong") == ""
            except accounts.Waiting as waiting:
                waits.append(waiting.seconds)
                with pytest.raises(accounts.Waiting):
                    try_password("clerk", PASSWORD)
                moment += timedelta(seconds=waiting.seconds)
    assert waits == sorted(waits)
    assert waits[0] == 15
    assert max(waits) <= 900
    with clock.at(moment + timedelta(minutes=15)):
        assert try_password("clerk", PASSWORD)
    assert min(failures(database)) == 0


@pytest.mark.usefixtures("people")
def test_failures_are_forgotten_after_a_quiet_window() -> None:
    for _ in range(4):
        try_password("clerk", "wrong wrong")
    with clock.at(NOW + timedelta(minutes=16)):
        for _ in range(4):
            try_password("clerk", "wrong wrong")
        assert try_password("clerk", PASSWORD)


@pytest.mark.usefixtures("people")
def test_one_address_can_not_try_many_names() -> None:
    for number in range(20):
        try_password(f"name-{number}", "wrong wrong", address=ELSEWHERE)
    with pytest.raises(accounts.Waiting):
        try_password("another", "wrong wrong", address=ELSEWHERE)
    assert try_password("clerk", PASSWORD, address=HERE)


@pytest.mark.usefixtures("people")
def test_a_stranger_elsewhere_can_not_lock_a_colleague_out() -> None:
    sign_in("clerk", address=HERE)
    for _ in range(5):
        try_password("clerk", "wrong wrong", address=ELSEWHERE)
    with pytest.raises(accounts.Waiting):
        try_password("clerk", PASSWORD, address=ELSEWHERE)
    assert try_password("clerk", PASSWORD, address=HERE)


@pytest.mark.usefixtures("people")
def test_the_counter_survives_a_restart(database: Database) -> None:
    for _ in range(5):
        try_password("clerk", "wrong wrong")
    database.engine.dispose()
    with pytest.raises(accounts.Waiting):
        try_password("clerk", PASSWORD)


@pytest.mark.usefixtures("people")
def test_typed_names_are_kept_only_as_digests(database: Database) -> None:
    try_password("my-password-by-mistake", "x")
    with database.reading() as session:
        rows = session.execute(text("SELECT * FROM journal WHERE event = 'sign_in_failed'")).all()
        keys = session.scalars(select(SignInCounter.key)).all()
    assert rows
    assert "by-mistake" not in repr(rows) + repr(keys)


@pytest.mark.slow
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("people")
def test_known_and_unknown_names_take_the_same_time() -> None:
    """Medians of nine each; three goes, because the machine may be busy."""
    accounts.fail(accounts.begin("warm-up", address=""))

    def median(username: str, start: int) -> float:
        taken = []
        for number in range(9):
            with clock.at(NOW + timedelta(hours=start + number)):
                began = time.perf_counter()
                try_password(username, "wrong wrong", address=f"{username}-{number}")
                taken.append(time.perf_counter() - began)
        return statistics.median(taken)

    ratios = []
    for go in range(3):
        known, unknown = median("clerk", go * 100), median("no-such-name", go * 100)
        ratios.append(known / unknown)
        if 1 / 1.2 < ratios[-1] < 1.2:
            return
    pytest.fail(f"known / unknown: {ratios}")


# --- passwords ---


def test_changing_ones_password_ends_the_other_sessions(people: Office, database: Database) -> None:
    mine, other = sign_in("clerk"), sign_in("clerk")
    accounts.change_password(seated(mine), present=PASSWORD, password="a new 密码 here", repeated="a new 密码 here")
    assert accounts.seat_by_token(mine) is not None
    assert accounts.seat_by_token(other) is None
    assert try_password("clerk", PASSWORD) == ""
    assert try_password("clerk", "a new 密码 here")
    assert "password_changed" in events(database)
    with database.reading() as session:
        row = session.execute(text("SELECT coalesce(before, '') || coalesce(after, '') FROM journal")).scalars()
        assert "$2b$" not in "".join(row)
    assert people.clerk.id


@pytest.mark.parametrize(
    ("present", "password", "repeated", "field"),
    [
        ("not mine at all", "a new one 12", "a new one 12", "present"),
        (PASSWORD, "a new one 12", "a new one 13", "repeated"),
        (PASSWORD, "password1", "password1", "password"),
        (PASSWORD, "my name is clerk", "my name is clerk", "password"),
        (PASSWORD, "我住在东村的河边上", "我住在东村的河边上", "password"),
        (PASSWORD, PASSWORD, PASSWORD, "password"),
    ],
)
@pytest.mark.usefixtures("people")
def test_a_refused_change_changes_nothing(present: str, password: str, repeated: str, field: str) -> None:
    mine, other = sign_in("clerk"), sign_in("clerk")
    with pytest.raises(Problems) as refused:
        accounts.change_password(seated(mine), present=present, password=password, repeated=repeated)
    assert {problem.field for problem in refused.value.problems} == {field}
    assert accounts.seat_by_token(other) is not None
    assert try_password("clerk", PASSWORD)


@pytest.mark.usefixtures("people")
def test_guessing_the_present_password_at_an_unlocked_desk_waits_too() -> None:
    actor = seated(sign_in("clerk"))
    for _ in range(5):
        with pytest.raises(Problems):
            accounts.change_password(actor, present="a guess 12", password="x", repeated="x")
    with pytest.raises(accounts.Waiting):
        accounts.change_password(actor, present=PASSWORD, password="a new one 12", repeated="a new one 12")
    with clock.at(NOW + timedelta(seconds=16)):
        accounts.change_password(actor, present=PASSWORD, password="a new one 12", repeated="a new one 12")
    assert try_password("clerk", "a new one 12")


def test_a_first_password_lasts_a_day_and_must_be_changed(people: Office, database: Database) -> None:
    older = sign_in("handler")
    with database.transaction(SYSTEM) as session:
        first = accounts.give_first_password(session, session.get_one(Person, people.handler.id))
    assert accounts.seat_by_token(older) is None
    assert re.fullmatch(r"([a-z2-9]{4}-){3}[a-z2-9]{4}", first)
    with clock.at(NOW + timedelta(hours=25)):
        assert try_password("handler", first, address=ELSEWHERE) == ""
    found = accounts.claim(try_password("handler", first), address=HERE, browser="", replaces="")
    assert found is not None
    seat = accounts.seat_by_token(found.token)
    assert seat is not None
    assert seat.must_change
    accounts.change_password(seat.actor, present=first, password="my own words", repeated="my own words")
    seat = accounts.seat_by_token(found.token)
    assert seat is not None
    assert not seat.must_change


def test_two_first_passwords_differ(people: Office, database: Database) -> None:
    with database.transaction(SYSTEM) as session:
        person = session.get_one(Person, people.handler.id)
        assert accounts.give_first_password(session, person) != accounts.give_first_password(session, person)


@pytest.mark.usefixtures("people")
def test_long_passwords_are_not_cut(database: Database) -> None:
    long = "密" * 40 + "x"
    with database.transaction(SYSTEM) as session:
        session.execute(update(Person).values(password_hash=accounts.hash_of(long)))
    assert try_password("clerk", "密" * 40 + "y") == ""
    assert try_password("clerk", "密" * 24) == ""
    assert try_password("clerk", long)


def test_a_hash_of_another_cost_is_renewed_at_sign_in(people: Office, database: Database) -> None:
    database.settings = replace(database.settings, password_cost=11)
    assert try_password("clerk", PASSWORD)
    with database.reading() as session:
        stored = session.get_one(Person, people.clerk.id).password_hash
    assert stored.startswith("$2b$11$")
    assert is_right(PASSWORD, stored)


def test_somebody_without_a_password_can_not_sign_in(office: Office) -> None:
    assert office.clerk.id
    assert accounts.begin("clerk", address=HERE).person_id is None


def test_choosing_a_language(people: Office) -> None:
    token = sign_in("clerk")
    accounts.choose_language(people.clerk, language="en")
    assert seated(token).language == "en"
    with pytest.raises(Problems):
        accounts.choose_language(people.clerk, language="fr")


# --- the first administrator ---


def set_up(token: str, **changes: str) -> str:
    """The set-up form, filled in."""
    typed = {
        "office": "西河镇综治中心",
        "name": "管理员",
        "username": "root-admin",
        "password": "a fine long one",
        "repeated": "a fine long one",
    }
    return accounts.set_up(token, **(typed | changes), language="zh", address=HERE, browser="")


@pytest.fixture
def empty(database: Database, office: Office) -> Database:
    """An office whose administrator left."""
    with database.transaction(SYSTEM) as session:
        session.get_one(Person, office.admin.id).active = False
    return database


def test_the_link_makes_one_administrator_signed_in(empty: Database) -> None:
    assert not accounts.has_administrator()
    token = accounts.issue_set_up_ticket()
    seat = accounts.seat_by_token(set_up(token))
    assert seat is not None
    assert seat.actor.roles == {Role.ADMINISTRATOR}
    assert accounts.has_administrator()
    assert accounts.office_name() == "西河镇综治中心"
    assert "first_administrator" in events(empty)
    with pytest.raises(NotThere):
        set_up(token, username="second")
    with empty.reading() as session:
        assert session.scalar(select(Unit.id).where(Unit.parent_id.is_(None))) == seat.actor.unit_id
        assert session.scalar(select(OfficeFact.value).where(OfficeFact.name == "name")) == "西河镇综治中心"


def test_a_mistake_in_the_form_leaves_the_link_good(empty: Database) -> None:
    token = accounts.issue_set_up_ticket()
    with pytest.raises(Problems) as refused:
        set_up(token, office=" ", name="", username="a b", password="西河镇", repeated="x")
    fields = {problem.field for problem in refused.value.problems}
    assert fields == {"office", "name", "username", "password", "repeated"}
    assert accounts.set_up_ticket_is_good(token)
    assert set_up(token)
    assert events(empty).count("first_administrator") == 1


def test_old_links_and_late_ones_are_no_good(empty: Database) -> None:
    first = accounts.issue_set_up_ticket()
    second = accounts.issue_set_up_ticket()
    assert not accounts.set_up_ticket_is_good(first)
    assert accounts.set_up_ticket_is_good(second)
    with clock.at(NOW + timedelta(hours=25)), pytest.raises(NotThere):
        set_up(second)
    assert not accounts.has_administrator()
    assert empty


def test_with_an_administrator_a_link_is_no_good(people: Office) -> None:
    token = accounts.issue_set_up_ticket()
    assert people.admin.id
    with pytest.raises(NotThere):
        set_up(token)


# --- tidying ---


@pytest.mark.usefixtures("people")
def test_tidying_forgets_what_is_over_and_nothing_else(database: Database) -> None:
    live = sign_in("clerk")
    try_password("nobody", "wrong wrong")
    accounts.tidy()
    assert accounts.seat_by_token(live) is not None
    assert len(failures(database)) == 3
    with clock.at(NOW + timedelta(days=100)):
        accounts.tidy()
    assert failures(database) == []
    with database.reading() as session:
        assert session.scalars(select(SignInTicket)).all() == []
        assert session.scalars(select(SignInSession)).all() == []


def test_a_refused_screen_is_journalled(people: Office, database: Database) -> None:
    accounts.note_refused_screen(people.clerk, screen="people")
    assert events(database)[-1] == "refused"
