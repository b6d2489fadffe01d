"""When parties may be brought together, and what a record of it must say (Art. 17, 20, 23, 27)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from db.rules.mediation.words import Consent, SessionKind, Side
from db.rules.mediation.writing import NO_CHOICE, check_day, check_line, check_order, check_text
from db.rules.problems import N_, Check

TEXTS = ("invited", "notices", "statements", "checked", "result")
_BETWEEN_NAMES = re.compile("[、，,;；\r\n]")
_ABOUT_A_NAME = re.compile("[（(]")


@dataclass(frozen=True)
class Meeting:
    """One record as written; `present` are parties, `mediators` mediators (ids)."""

    kind: str
    held_on: date | None
    held_time: time | None
    ended_time: time | None = None
    place: str = ""
    present: tuple[int, ...] = ()
    invited: str = ""
    open_to_others: bool = False
    notices: str = ""
    statements: str = ""
    checked: str = ""
    result: str = ""
    recorder: str = ""
    mediators: tuple[int, ...] = ()


@dataclass(frozen=True)
class PartyFacts:
    """A party as a session needs to know it."""

    id: int
    side: str
    name: str
    mask: str
    told_on: date | None
    consent: str
    consent_on: date | None


@dataclass(frozen=True)
class Term:
    """How long somebody was a mediator of the file; `person_id` when they have an account."""

    mediator_id: int
    person_id: int | None
    name: str
    from_on: date
    ended_on: date | None

    def covers(self, day: date) -> bool:
        """Whether the mediator was on the file that day."""
        return self.from_on <= day and (self.ended_on is None or day <= self.ended_on)


@dataclass(frozen=True)
class Ground:
    """What a record is checked against; `now` in the office's zone, `writer_id` the person writing."""

    now: datetime
    accepted_on: date | None
    parties: tuple[PartyFacts, ...]
    terms: tuple[Term, ...]
    writer_id: int | None


def check_meeting(meeting: Meeting, ground: Ground) -> None:
    """Raise Problems with everything wrong, each beside its field; no session before rights told and consent given."""
    check = Check()
    if check.that(meeting.kind in tuple(SessionKind), "kind", NO_CHOICE) and meeting.kind != SessionKind.ENQUIRY:
        _check_consent(check, meeting, ground.parties)
        check.that(meeting.mediators, "mediators", N_("Choose who mediated."))
    _check_hours(check, meeting, ground)
    _check_present(check, meeting, ground.parties)
    _check_mediators(check, meeting, ground)
    _check_invited(check, meeting, ground)
    for name in ("place", "recorder"):
        check_line(check, name, getattr(meeting, name))
    for name in TEXTS:
        check_text(check, name, getattr(meeting, name))
    check.done()


def may_read(kind: str, mediators: Sequence[int], own: frozenset[int]) -> bool:
    """A caucus is for the mediators named in it alone; `own` are the mediators the reader is."""
    return kind != SessionKind.CAUCUS or not own.isdisjoint(mediators)


def untold(parties: Sequence[PartyFacts]) -> tuple[str, ...]:
    """Masks of the parties not told their rights yet."""
    return tuple(party.mask for party in parties if party.told_on is None)


def without_consent(parties: Sequence[PartyFacts]) -> tuple[str, ...]:
    """Masks of the parties who have not consented."""
    return tuple(party.mask for party in parties if party.consent != Consent.YES)


def _check_consent(check: Check, meeting: Meeting, parties: Sequence[PartyFacts]) -> None:
    both = {party.side for party in parties} == set(Side)
    check.that(both, "kind", N_("There is no party on the other side yet."))
    missing = untold(parties)
    check.that(not missing, "kind", N_("Not told their rights yet: {names}."), names="、".join(missing))
    missing = without_consent(parties)
    check.that(not missing, "kind", N_("No consent on record: {names}."), names="、".join(missing))
    last = max((party.consent_on for party in parties if party.consent_on), default=None)
    check_order(check, "held_on", meeting.held_on, last, N_("Both sides had consented on {day}; no session before."))


def _check_hours(check: Check, meeting: Meeting, ground: Ground) -> None:
    on, begins, ends = meeting.held_on, meeting.held_time, meeting.ended_time
    today = ground.now.date()
    check.that(begins, "held_time", N_("Choose the time."))
    if check_day(check, "held_on", on, today):
        check_order(check, "held_on", on, ground.accepted_on, N_("The dispute was taken on on {day}."))
        latest = ends or begins
        fine = on != today or latest is None or latest <= ground.now.time()
        check.that(fine, "ended_time" if ends else "held_time", N_("This moment is still to come."))
    fine = begins is None or ends is None or begins <= ends
    check.that(fine, "ended_time", N_("The end comes before the beginning."))


def _check_present(check: Check, meeting: Meeting, parties: Sequence[PartyFacts]) -> None:
    sides = {party.id: party.side for party in parties}
    if not check.that(set(meeting.present) <= sides.keys(), "present", NO_CHOICE):
        return
    needed = meeting.kind != SessionKind.ENQUIRY
    check.that(meeting.present or not needed, "present", N_("Choose who was present."))
    alone = len({sides[party_id] for party_id in meeting.present}) <= 1
    fine = alone or meeting.kind != SessionKind.CAUCUS
    check.that(fine, "present", N_("A caucus is with one side only."))


def _check_mediators(check: Check, meeting: Meeting, ground: Ground) -> None:
    chosen = [term for term in ground.terms if term.mediator_id in meeting.mediators]
    if meeting.held_on is not None:
        there = {term.mediator_id for term in chosen if term.covers(meeting.held_on)}
        fine = there == set(meeting.mediators)
        check.that(fine, "mediators", N_("Only who was a mediator of this file on that day."))
    if meeting.kind == SessionKind.CAUCUS:
        own = ground.writer_id is not None and ground.writer_id in {term.person_id for term in chosen}
        check.that(own, "mediators", N_("A caucus note is written by one of its mediators."))


def _check_invited(check: Check, meeting: Meeting, ground: Ground) -> None:
    inside = {party.name for party in ground.parties} | {term.name for term in ground.terms}
    inside.add(meeting.recorder.strip())
    for name in names_in(meeting.invited):
        fine = name not in inside
        message = N_("{name} is a party, a mediator or the recorder; participants are invited besides them.")
        check.that(fine, "invited", message, name=name)


def names_in(invited: str) -> tuple[str, ...]:
    """Names written one after another, without what stands in brackets behind them."""
    parts = (_ABOUT_A_NAME.split(part)[0].strip() for part in _BETWEEN_NAMES.split(invited))
    return tuple(part for part in parts if part)
