"""What a member of a duty and a pair of members must say."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from datetime import date

from db.rules.duty.describing import MOST_DAYS, MOST_NAME, NO_CHOICE, check_days, check_line, check_whole
from db.rules.duty.words import Pair
from db.rules.problems import Check

# Sanity only: shifts served before the office kept its rotas here.
MOST_BEGIN = 9999
BEGINNINGS = ("begin_total", "begin_nights", "begin_weekends", "begin_festivals")
_PHONE = re.compile(r"\+?[0-9][0-9 ()/,;-]{2,39}")


def phone_of(written: str) -> str:
    """A telephone number in half width, without space around it."""
    return unicodedata.normalize("NFKC", written).replace("、", ",").replace("转", "-").strip()


def check_member(
    check: Check,
    *,
    name: str,
    phone: str,
    roles: Sequence[str],
    skills: Sequence[str],
    posts: Sequence[int],
    known_roles: Collection[str],
    known_skills: Collection[str],
    known_posts: Collection[int],
    team: str,
    share: int | None,
    most: int | None,
    from_on: date | None,
    until_on: date | None,
    **beginnings: int | None,
) -> None:
    """A name, at least one role, a share of 1 to 100 percent, days in their order, counts to begin with."""
    check_line(check, "name", name, most=MOST_NAME, needed=True)
    check.that(not phone or _PHONE.fullmatch(phone), "phone", "Give a telephone number in digits.")
    if check.that(roles, "roles", "Choose at least one role."):
        check.that(set(roles) <= set(known_roles), "roles", NO_CHOICE)
    check.that(set(skills) <= set(known_skills), "skills", NO_CHOICE)
    check.that(set(posts) <= set(known_posts), "posts", NO_CHOICE)
    check_line(check, "team", team, most=MOST_NAME)
    check_whole(check, "share", share, 1, 100)
    check_whole(check, "most", most, 0, MOST_DAYS, optional=True)
    check_days(check, from_on, until_on)
    for field in BEGINNINGS:
        check_whole(check, field, beginnings[field], 0, MOST_BEGIN)


def check_pair(
    check: Check, *, first_id: int | None, second_id: int | None, kind: str | None, members: Collection[int]
) -> None:
    """Two different members in use, and whether they serve together."""
    check.that(first_id in members, "first_id", "Choose a member.")
    if check.that(second_id in members, "second_id", "Choose a member."):
        check.that(first_id != second_id, "second_id", "These are one and the same member.")
    check.that(kind in tuple(Pair), "kind", NO_CHOICE)
