"""What the screen Security judges: good, look at it, or bad, each with one sentence (no database here)."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from db.rules.permissions import GRANTS, Permission, Role
from db.rules.problems import N_, Problem

FAILED_DAYS, MANY_FAILED, TOO_MANY_FAILED = 7, 50, 500
VERIFY_DAYS, IDLE_DAYS = 30, 90
MOST_ADMINISTRATORS, MOST_NAMES = 3, 5


class State(StrEnum):
    """How it stands, the worst first."""

    BAD = "bad"
    LOOK = "look"
    GOOD = "good"


@dataclass(frozen=True)
class Finding:
    """One line: `about` and the sentence are catalogue entries, `screen` is the path where to act ("" for none)."""

    state: State
    about: str
    said: Problem
    screen: str = ""


@dataclass(frozen=True)
class Account:
    """An open account; `known_since` is its last use, or its making when it was not used lately."""

    name: str
    roles: frozenset[Role]
    has_factor: bool
    known_since: datetime


def finding(state: State, about: str, message: str, screen: str = "", **values: object) -> Finding:
    """A finding with its sentence."""
    return Finding(state, about, Problem("", message, values), screen)


def second_factor(accounts: Collection[Account], asked: Collection[Role], reason: str) -> Finding:
    """How many of those who need a second factor have one; `reason` is why administrators need none."""
    about = N_("Second factor")
    if Role.ADMINISTRATOR not in asked:
        return finding(
            State.LOOK,
            about,
            N_("Administrators need no second factor, so a stolen password is enough. The reason given: {reason}"),
            "people",
            reason=reason or "—",
        )
    needs = [account for account in accounts if account.roles & set(asked)]
    lacking = sum(not account.has_factor for account in needs)
    if lacking:
        message = N_("{n} of {all} people who need a second factor have none yet. Have them sign in and set it up.")
        return finding(State.LOOK, about, message, "people", n=lacking, all=len(needs))
    return finding(State.GOOD, about, N_("All {n} people who need a second factor have one."), n=len(needs))


def wide_roles(accounts: Collection[Account]) -> Iterator[Finding]:
    """Who may do very much: as few as possible, never one alone, and those who watch are others."""
    about = N_("Wide rights")
    administrators = [account for account in accounts if Role.ADMINISTRATOR in account.roles]
    both = [account for account in administrators if _may(account, Permission.CASES_READ)]
    complaints = []
    if len(administrators) == 1:
        message = N_("Only one person is administrator. Name a second one, or a lost telephone stops the office.")
        complaints.append(finding(State.LOOK, about, message, "people"))
    if len(administrators) > MOST_ADMINISTRATORS:
        message = N_("{n} people are administrators. Leave the role to two or three.")
        complaints.append(finding(State.LOOK, about, message, "people", n=len(administrators)))
    if both:
        message = N_("{n} people are administrators and read cases, too: {names}. Give them two accounts or one role.")
        complaints.append(finding(State.LOOK, about, message, "people", n=len(both), names=names_of(both)))
    if not any(Role.AUDITOR in account.roles for account in accounts):
        message = N_("Nobody is audit administrator, so nobody reads the journal. Give somebody the role.")
        complaints.append(finding(State.LOOK, about, message, "people"))
    yield from complaints
    if not complaints:
        yield finding(
            State.GOOD,
            about,
            N_("{n} administrators; {plain} people may take names in clear, {sealed} see sealed matters."),
            "roles",
            n=len(administrators),
            plain=sum(_may(account, Permission.CASES_EXPORT_PLAIN) for account in accounts),
            sealed=sum(_may(account, Permission.CASES_SEALED) for account in accounts),
        )


def unused(accounts: Collection[Account], now: datetime) -> Finding:
    """Accounts nobody used for long: somebody left and was forgotten, or lends a name."""
    about = N_("Unused accounts")
    idle = [account for account in accounts if account.known_since < now - timedelta(days=IDLE_DAYS)]
    if idle:
        message = N_("{n} people have not signed in for {days} days and still can: {names}. Close what is not needed.")
        return finding(State.LOOK, about, message, "people", n=len(idle), days=IDLE_DAYS, names=names_of(idle))
    return finding(State.GOOD, about, N_("Everybody who can sign in did so in the last {days} days."), days=IDLE_DAYS)


def failed_sign_ins(failed: int) -> Finding:
    """Wrong passwords and codes of the last days."""
    about = N_("Failed sign-ins")
    if failed >= MANY_FAILED:
        state = State.BAD if failed >= TOO_MANY_FAILED else State.LOOK
        message = N_(
            "{n} sign-ins failed in the last {days} days. The audit administrator sees in the journal from where."
        )
        return finding(state, about, message, "journal", n=failed, days=FAILED_DAYS)
    return finding(State.GOOD, about, N_("{n} sign-ins failed in the last {days} days."), n=failed, days=FAILED_DAYS)


def verified(at: datetime | None, *, sound: bool, now: datetime) -> Finding:
    """When the whole journal was last verified by a person."""
    about = N_("Journal")
    if at is None:
        message = N_("The journal was never verified. The audit administrator does it with one button.")
        return finding(State.LOOK, about, message, "journal")
    if not sound:
        message = N_("The journal did not verify at {time}. Keep the newest backups and find out who had the server.")
        return finding(State.BAD, about, message, "journal", time=at)
    if at < now - timedelta(days=VERIFY_DAYS):
        message = N_("The journal was last verified at {time}. The audit administrator should do it every month.")
        return finding(State.LOOK, about, message, "journal", time=at)
    return finding(State.GOOD, about, N_("The journal was verified at {time} and is whole."), "journal", time=at)


def anchored(heads: Sequence[datetime | None]) -> Finding:
    """When the journal's head was written to each place outside the database; None for a place that has none."""
    about = N_("Anchors of the journal")
    if None in heads:
        message = N_("A place for the journal's anchors can't be read, or holds none. Look at anchor_dir.")
        return finding(State.BAD, about, message)
    newest = max(head for head in heads if head is not None)
    if len(heads) == 1:
        message = N_("Anchors are in the data folder only ({time}). Set anchor_dir to another disk.")
        return finding(State.LOOK, about, message, time=newest)
    return finding(State.GOOD, about, N_("The journal's head was last written down outside at {time}."), time=newest)


def transport(*, https: bool, local: bool, came_by_tls: bool, reason: str) -> Finding:
    """How people reach the office; `local` when nobody but its own computer reaches Linli."""
    about = "TLS"
    if https and came_by_tls:
        return finding(State.GOOD, about, N_("Everything travels encrypted; this page did, too."))
    if https:
        message = N_("This page came without TLS, past the proxy. Let Linli listen on 127.0.0.1 only.")
        return finding(State.LOOK if local else State.BAD, about, message)
    if reason:
        message = N_("Passwords travel readable on the network. The reason given: {reason}")
        return finding(State.LOOK, about, message, reason=reason)
    if came_by_tls:
        message = N_("This page came by TLS, but Linli does not know. Set public_url to https://, so that cookies do.")
        return finding(State.LOOK, about, message)
    if local:
        message = N_("Linli is used on this computer alone. For others put a proxy with TLS in front.")
        return finding(State.GOOD, about, message)
    message = N_("Passwords travel readable on the network. Put a proxy with TLS in front and set public_url.")
    return finding(State.BAD, about, message)


def second_wall(*, sqlite: bool, stands: bool, binds: bool) -> Finding:
    """Whether the database itself hides sealed matters; `stands` when its policies are there, `binds` our role, too."""
    about = N_("Second wall")
    if sqlite:
        message = N_("SQLite hides nothing by itself: Linli's own wall around sealed matters stands alone.")
        return finding(State.GOOD, about, message)
    if not stands:
        message = N_("The database's own wall around sealed matters is not as it should be. Start Linli anew.")
        return finding(State.BAD, about, message)
    if not binds:
        message = N_("The database hides nothing from a superuser. Let Linli sign in as the notes on servers say.")
        return finding(State.LOOK, about, message)
    return finding(State.GOOD, about, N_("The database itself hides sealed matters from whoever may not read them."))


def emergencies(open_ones: int, oldest: datetime | None) -> Finding:
    """Emergency readings no director took note of."""
    about = N_("Emergency reading")
    if open_ones:
        message = N_("{n} emergency readings wait for a director to take note, the oldest since {time}.")
        return finding(State.LOOK, about, message, "emergency", n=open_ones, time=oldest)
    return finding(State.GOOD, about, N_("Directors took note of every emergency reading."))


def names_of(accounts: Sequence[Account]) -> str:
    """The first names of a long list."""
    told = [account.name for account in accounts[:MOST_NAMES]]
    return " · ".join([*told, *(["…"] if len(accounts) > MOST_NAMES else [])])


def _may(account: Account, permission: Permission) -> bool:
    return any(permission in GRANTS[role] for role in account.roles)
