"""The second factor: set up, asked for, each code once, counted, lost and taken away; on both engines."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pyotp
import pytest
from sqlalchemy import select, text, update

from db import clock
from db.engine import Database
from db.models import Person, RecoveryCode, SecondFactor
from db.rules import passwords as rules
from db.rules import second_factor
from db.rules.permissions import Actor
from db.rules.problems import NotThere, Problems, Refused
from db.services import accounts, people
from db.services.accounts import Claim
from tests.factories import NOW, SYSTEM, Office

PASSWORD = "plum trees in 三月"
HERE, ELSEWHERE = "10.0.0.1", "10.9.9.9"
STEP = timedelta(seconds=second_factor.STEP_SECONDS)


@pytest.fixture(autouse=True)
def _everybody_has_a_password(database: Database, office: Office) -> Iterator[None]:
    assert office
    hashed = accounts.hash_of(PASSWORD)
    with database.transaction(SYSTEM) as session:
        session.execute(update(Person).values(password_hash=hashed, password_scheme="bcrypt-sha256"))
    with clock.at(NOW):
        yield


def give_password(username: str, *, address: str = HERE) -> Claim:
    """What a right password leads to."""
    attempt = accounts.begin(username, address=address)
    ticket = accounts.succeed(attempt, ready=rules.ready_to_hash(PASSWORD), target="/people")
    found = accounts.claim(ticket, address=address, browser="", replaces="")
    assert found is not None
    return found


def give_code(ticket: str, code: str, *, address: str = HERE) -> Claim | None:
    """The second page."""
    return accounts.give_code(ticket, code=code, address=address, browser="", replaces="")


def code_of(secret: str, steps: int = 0) -> str:
    """What an authenticator shows now, or so many steps from now."""
    return pyotp.TOTP(secret).at(clock.now() + steps * STEP)


def enrolled(actor: Actor) -> tuple[str, tuple[str, ...]]:
    """The secret and the recovery codes of somebody who set it up a while ago."""
    with clock.at(clock.now() - 10 * STEP):
        secret = accounts.begin_second_factor(actor).secret
        return secret, accounts.confirm_second_factor(actor, code=code_of(secret))


def test_an_administrator_without_one_reaches_the_setting_up_and_nothing_else(office: Office) -> None:
    token = give_password("admin").token
    seat = accounts.seat_by_token(token)
    assert seat is not None
    assert (seat.must_enrol, seat.at_work) == (True, False)
    secret = accounts.begin_second_factor(seat.actor)
    assert accounts.begin_second_factor(seat.actor) == secret
    assert "secret=" + secret.secret in secret.uri
    codes = accounts.confirm_second_factor(seat.actor, code=code_of(secret.secret))
    assert len(set(codes)) == second_factor.RECOVERY_CODES
    seat = accounts.seat_by_token(token)
    assert seat is not None
    assert seat.at_work
    clerk = accounts.seat_by_token(give_password("clerk").token)
    assert clerk is not None
    assert clerk.at_work
    assert office


def test_setting_it_up_ends_the_other_sessions_and_a_wrong_code_sets_nothing_up() -> None:
    first, token = give_password("clerk").token, give_password("clerk").token
    seat = accounts.seat_by_token(token)
    assert seat is not None
    secret = accounts.begin_second_factor(seat.actor).secret
    with pytest.raises(Problems):
        accounts.confirm_second_factor(seat.actor, code="000000" if code_of(secret) != "000000" else "111111")
    assert not accounts.my_second_factor(seat.actor).on
    assert not give_password("clerk").asks_code
    accounts.confirm_second_factor(seat.actor, code=code_of(secret))
    assert accounts.seat_by_token(first) is None
    assert accounts.seat_by_token(token) is not None
    with pytest.raises(Problems):
        accounts.begin_second_factor(seat.actor)


@pytest.mark.parametrize(
    ("steps", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)], ids=lambda value: str(value)
)
def test_a_code_is_good_one_step_around_now(office: Office, steps: int, *, good: bool) -> None:
    secret, _ = enrolled(office.clerk)
    asked = give_password("clerk")
    assert asked.asks_code
    assert accounts.asks_code(asked.token)
    assert accounts.seat_by_token(asked.token) is None
    if not good:
        with pytest.raises(Problems):
            give_code(asked.token, code_of(secret, steps))
        return
    found = give_code(asked.token, f" {code_of(secret, steps)[:3]} {code_of(secret, steps)[3:]} ")
    assert found is not None
    assert (found.target, accounts.seat_by_token(found.token) is not None) == ("/people", True)
    assert give_code(asked.token, code_of(secret, steps + 1)) is None


def test_each_code_counts_once_also_for_twenty_at_once(database: Database, office: Office) -> None:
    secret, codes = enrolled(office.clerk)
    database.settings = replace(database.settings, attempts_per_name=20, attempts_per_address=200)
    for code in (code_of(secret), codes[0]):
        tickets = [give_password("clerk").token for _ in range(8)]

        def give(ticket: str, code: str = code) -> bool:
            with clock.at(NOW):
                try:
                    return give_code(ticket, code) is not None
                except (Problems, accounts.Waiting):
                    return False

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(give, tickets)) == 1
    with pytest.raises(Problems):
        give_code(give_password("clerk").token, code_of(secret, -1))


def test_a_code_of_an_earlier_step_is_no_good_after_a_later_one(office: Office) -> None:
    secret, _ = enrolled(office.clerk)
    assert give_code(give_password("clerk").token, code_of(secret))
    with pytest.raises(Problems):
        give_code(give_password("clerk").token, code_of(secret, -1))


def test_wrong_codes_wait_like_wrong_passwords_and_a_right_password_does_not_forgive_them(office: Office) -> None:
    secret, _ = enrolled(office.clerk)
    for _ in range(5):
        with pytest.raises(Problems):
            give_code(give_password("clerk", address=ELSEWHERE).token, "abcdef", address=ELSEWHERE)
    with pytest.raises(accounts.Waiting):
        accounts.begin("clerk", address=ELSEWHERE)
    with clock.at(NOW + timedelta(minutes=1)):
        asked = give_password("clerk", address=ELSEWHERE)
        with pytest.raises(accounts.Waiting):
            give_code(asked.token, code_of(secret), address=ELSEWHERE)
    with clock.at(NOW + timedelta(minutes=30)):
        asked = give_password("clerk", address=ELSEWHERE)
        assert give_code(asked.token, code_of(secret), address=ELSEWHERE)


def test_the_ticket_of_a_code_lasts_five_minutes_and_is_no_other(office: Office) -> None:
    secret, _ = enrolled(office.clerk)
    asked = give_password("clerk")
    assert accounts.claim(asked.token, address=HERE, browser="", replaces="") is None
    with clock.at(NOW + timedelta(minutes=5)):
        assert give_code(asked.token, code_of(secret)) is None
        assert not accounts.asks_code(asked.token)
    for ticket in ("", "no-ticket", accounts.succeed(accounts.begin("clerk", address=HERE), ready="", target="/")):
        assert give_code(ticket, code_of(secret)) is None


def test_recovery_codes_are_renewed_and_the_factor_dropped_for_a_code_only(office: Office) -> None:
    secret, codes = enrolled(office.clerk)
    for act in (accounts.renew_recovery_codes, accounts.drop_second_factor):
        with pytest.raises(Problems):
            act(office.clerk, code="x" * 10)
    fresh = accounts.renew_recovery_codes(office.clerk, code=code_of(secret))
    assert not set(codes) & set(fresh)
    with pytest.raises(Problems):
        give_code(give_password("clerk").token, codes[1])
    accounts.drop_second_factor(office.clerk, code=fresh[0].upper())
    assert not give_password("clerk").asks_code


def test_an_administrator_takes_a_colleagues_away_and_nobody_ones_own(database: Database, office: Office) -> None:
    enrolled(office.clerk)
    enrolled(office.admin)
    token = give_code(give_password("clerk").token, enrolled_code(database, "clerk"))
    assert token is not None
    with pytest.raises(Problems):
        people.reset_second_factor(office.admin, person_id=office.admin.id or 0, key="own")
    with pytest.raises(Refused):
        people.reset_second_factor(office.director, person_id=office.clerk.id or 0, key="no")
    with pytest.raises(NotThere):
        people.reset_second_factor(office.admin, person_id=0, key="nobody")
    assert people.reset_second_factor(office.admin, person_id=office.clerk.id or 0, key="lost")
    assert accounts.seat_by_token(token.token) is None
    assert not give_password("clerk").asks_code
    assert "taken away" in people.cli_reset_second_factor(database, name="admin")[0]
    assert "no second factor" in people.cli_reset_second_factor(database, name="admin")[0]
    with database.reading() as session:
        events = set(session.scalars(text("SELECT event FROM journal")))
    assert {"second_factor_set_up", "second_factor_reset"} <= events


def enrolled_code(database: Database, username: str) -> str:
    """What the authenticator of somebody shows now."""
    from db.identity import decrypt

    with database.reading() as session:
        row = session.execute(
            select(SecondFactor.person_id, SecondFactor.secret)
            .join(Person, Person.id == SecondFactor.person_id)
            .where(Person.username == username)
        ).one()
    return code_of(decrypt(database, f"second_factor.secret/{row.person_id}", row.secret))


def test_no_secret_and_no_recovery_code_is_stored_in_clear(database: Database, office: Office) -> None:
    secret, codes = enrolled(office.clerk)
    with database.reading() as session:
        sealed = session.scalars(select(SecondFactor.secret)).one()
        stored = " ".join(session.scalars(select(RecoveryCode.code_hash)))
        journal = " ".join(str(row) for row in session.execute(text("SELECT * FROM journal")))
    assert secret.encode() not in sealed
    for code in (secret, *codes, *map(second_factor.normal_code, codes)):
        assert code not in stored + journal


def test_ending_ones_other_sessions_keeps_this_one() -> None:
    tokens = [give_password("clerk").token for _ in range(3)]
    colleague = give_password("handler").token
    seat = accounts.seat_by_token(tokens[1])
    assert seat is not None
    accounts.end_my_others(seat.actor)
    assert [accounts.seat_by_token(token) is not None for token in (*tokens, colleague)] == [False, True, False, True]


@pytest.mark.parametrize("turn", range(3))
def test_two_tabs_that_begin_at_the_same_instant_show_the_same_secret(
    database: Database, office: Office, turn: int
) -> None:
    together = Barrier(4)

    def begin(_: int) -> str:
        together.wait(30)
        with clock.at(NOW):
            return accounts.begin_second_factor(office.clerk).secret

    with ThreadPoolExecutor(4) as pool:
        secrets = set(pool.map(begin, range(4)))
    assert len(secrets) == 1
    assert accounts.confirm_second_factor(office.clerk, code=code_of(secrets.pop()))


def test_a_secret_confirmed_in_another_tab_meanwhile_is_shown_to_nobody(office: Office) -> None:
    secret = accounts.begin_second_factor(office.clerk).secret
    accounts.confirm_second_factor(office.clerk, code=code_of(secret))
    with pytest.raises(Problems):
        accounts.second_factor._keep_new(office.clerk)  # had looked before it was confirmed
