"""Who is signed in: sessions, sign-in, passwords, the first administrator."""

from db.services.accounts.counters import Waiting
from db.services.accounts.first_administrator import (
    has_administrator,
    issue_set_up_ticket,
    set_up,
    set_up_ticket_is_good,
)
from db.services.accounts.passwords import (
    change_password,
    choose_language,
    give_first_password,
    hash_of,
    office_name,
    set_password,
)
from db.services.accounts.sessions import (
    OpenSession,
    Seat,
    end,
    end_all_mine,
    end_mine,
    live_among,
    my_sessions,
    note_lapsed,
    note_refused_screen,
    revoke_sessions,
    seat_by_token,
    seat_of,
    seen,
    tidy,
)
from db.services.accounts.sign_in import Attempt, begin, claim, fail, succeed

__all__ = [
    "Attempt",
    "OpenSession",
    "Seat",
    "Waiting",
    "begin",
    "change_password",
    "choose_language",
    "claim",
    "end",
    "end_all_mine",
    "end_mine",
    "fail",
    "give_first_password",
    "has_administrator",
    "hash_of",
    "issue_set_up_ticket",
    "live_among",
    "my_sessions",
    "note_lapsed",
    "note_refused_screen",
    "office_name",
    "revoke_sessions",
    "seat_by_token",
    "seat_of",
    "seen",
    "set_password",
    "set_up",
    "set_up_ticket_is_good",
    "succeed",
    "tidy",
]
