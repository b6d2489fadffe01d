"""When an agreement is written or oral, takes effect, and may be confirmed by a court (Art. 28 to 33)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from db.rules.mediation.words import AgreementForm, Confirmation, Excluded
from db.rules.mediation.writing import (
    NEEDED,
    NO_CHOICE,
    check_day,
    check_line,
    check_order,
    check_past,
    check_text,
    check_until,
)
from db.rules.money import fen_of, yuan
from db.rules.problems import N_, Check

NO_AMOUNT = N_("Write an amount like 1200 or 1200.50.")
AFTER_SESSION = N_("The last session was on {day}; an agreement comes after it.")
# What the parties put their names to: it stays as it is once one of them has signed.
SIGNED_WORDS = ("form", "facts", "content", "performance", "amount")


@dataclass(frozen=True)
class Wording:
    """An agreement as written; `amount` as typed."""

    form: str
    party_asks_written: bool = False
    performed_at_once: bool = False
    facts: str = ""
    content: str = ""
    performance: str = ""
    amount: str = ""
    copies: int = 0
    reached_on: date | None = None
    mediator_signed_on: date | None = None
    sealed_on: date | None = None
    recorder: str = ""
    excluded_matter: str = ""


@dataclass(frozen=True)
class Request:
    """What a court was asked for, and what it decided."""

    confirmation: str
    requested_on: date | None = None
    requested_jointly: bool = False
    court: str = ""
    court_number: str = ""
    decided_on: date | None = None


@dataclass(frozen=True)
class Ground:
    """What an agreement is checked against: `signed` holds each party's day, `promised` the obligations in fen."""

    today: date
    major: bool
    last_session_on: date | None
    signed: tuple[date | None, ...]
    promised: int
    first_due_on: date | None = None


def written_proposed(*, party_asks: bool, at_once: bool, major: bool) -> bool:
    """Whether the agreement is to be in writing: a party asks, it is not performed at once, or the dispute is major."""
    return party_asks or major or not at_once


def copies_for(parties: int) -> int:
    """One copy for each party and one for the committee (Art. 29)."""
    return parties + 1


def effective_on(
    form: str,
    *,
    reached_on: date | None,
    signed: Sequence[date | None],
    mediator_signed_on: date | None,
    sealed_on: date | None,
) -> date | None:
    """Written: the latest of every signature and the seal (Art. 29); oral: when reached (Art. 30). None: not yet."""
    days = [reached_on] if form == AgreementForm.ORAL else [*signed, mediator_signed_on, sealed_on]
    known = [day for day in days if day is not None]
    return max(known) if len(known) == len(days) else None


def check_wording(wording: Wording, ground: Ground) -> None:
    """Raise Problems with everything wrong with an agreement as written down."""
    check = Check()
    if check.that(wording.form in tuple(AgreementForm), "form", NO_CHOICE):
        _check_form(check, wording, ground.major)
    check.that(wording.content.strip(), "content", N_("Write down what was agreed."))
    check.that(wording.copies >= 0, "copies", NO_CHOICE)
    check.that(wording.excluded_matter in ("", *Excluded), "excluded_matter", NO_CHOICE)
    for name in ("facts", "content", "performance"):
        check_text(check, name, getattr(wording, name))
    check_line(check, "recorder", wording.recorder)
    amount = fen_of(wording.amount)
    if check.that(amount is not None, "amount", NO_AMOUNT):
        _check_promised(check, amount or 0, ground.promised)
    _check_days(check, wording, ground)
    check.done()


def check_words_kept(before: Mapping[str, object], after: Mapping[str, object], signed: Sequence[date | None]) -> None:
    """Raise Problems when words change that a party has put its name to."""
    check = Check()
    for name in SIGNED_WORDS:
        kept = before[name] == after[name] or not any(signed)
        check.that(kept, name, N_("A party has signed this. Take the signatures back before it changes."))
    check.done()


def check_signature(signed_on: date | None, *, sealed_on: date | None, ground: Ground) -> None:
    """Raise Problems unless a party may have signed on that day."""
    check = Check()
    if check_day(check, "signed_on", signed_on, ground.today):
        check_order(check, "signed_on", signed_on, ground.last_session_on, AFTER_SESSION)
        check_until(
            check, "signed_on", signed_on, sealed_on, N_("The committee sealed it on {day}; parties sign before.")
        )
    check.done()


def check_conclusion(wording: Wording, amount: int, ground: Ground) -> None:
    """Raise Problems while something is missing before the agreement takes effect; `amount` in fen."""
    check = Check()
    _check_form(check, wording, ground.major)
    check.that(ground.last_session_on, "", N_("No session with the parties is on record yet."))
    if wording.form == AgreementForm.WRITTEN:
        _check_signatures(check, wording, ground)
    else:
        check.that(wording.reached_on, "reached_on", N_("Choose the day the agreement was reached."))
    _check_promised(check, amount, ground.promised)
    _check_days(check, wording, ground)
    begins = _first_day(wording, ground)
    check_order(
        check, "", ground.first_due_on, begins, N_("Something is due before the agreement was reached on {day}.")
    )
    check.done()


def check_confirmation(
    request: Request, *, excluded: str, effective: date, confirm_by: date | None, today: date
) -> None:
    """Raise Problems unless both parties ask together, in time, for what a court may confirm (Art. 33)."""
    check = Check()
    check.that(request.confirmation in tuple(Confirmation), "confirmation", NO_CHOICE)
    message = N_("A court confirms neither identity nor adoption nor a marriage relation.")
    check.that(not excluded, "confirmation", message)
    check.that(request.requested_jointly, "requested_jointly", N_("Both parties ask together."))
    asked_on = request.requested_on
    if check_day(check, "requested_on", asked_on, today):
        check_order(check, "requested_on", asked_on, effective, N_("The agreement took effect on {day}."))
        check_until(check, "requested_on", asked_on, confirm_by, N_("It had to be asked for by {day}."))
    check.that(request.court.strip(), "court", NEEDED)
    check_line(check, "court", request.court)
    check_line(check, "court_number", request.court_number)
    _check_decision(check, request, today)
    check.done()


def _check_form(check: Check, wording: Wording, major: bool) -> None:
    proposed = written_proposed(party_asks=wording.party_asks_written, at_once=wording.performed_at_once, major=major)
    message = N_("In writing: a party asks for it, it is not performed at once, or the dispute is major.")
    check.that(wording.form == AgreementForm.WRITTEN or not proposed, "form", message)


def _check_promised(check: Check, amount: int, promised: int) -> None:
    message = N_("The obligations already add up to {total}.")
    check.that(promised <= amount, "amount", message, total=yuan(promised))


def _check_days(check: Check, wording: Wording, ground: Ground) -> None:
    for name in ("reached_on", "mediator_signed_on", "sealed_on"):
        day: date | None = getattr(wording, name)
        if check_past(check, name, day, ground.today):
            check_order(check, name, day, ground.last_session_on, AFTER_SESSION)
    signed = [day for day in (*ground.signed, wording.mediator_signed_on) if day is not None]
    first, last = min(signed, default=None), max(signed, default=None)
    check_order(check, "sealed_on", wording.sealed_on, last, N_("It was last signed on {day}; the seal comes after."))
    check_until(
        check, "reached_on", wording.reached_on, first, N_("It was first signed on {day}, so it was reached by then.")
    )


def _check_signatures(check: Check, wording: Wording, ground: Ground) -> None:
    missing = sum(day is None for day in ground.signed)
    check.that(not missing, "signed_on", N_("{count} parties have not signed yet."), count=missing)
    early = [day for day in ground.signed if day and ground.last_session_on and day < ground.last_session_on]
    check.that(not early, "signed_on", AFTER_SESSION, day=ground.last_session_on)
    check.that(wording.mediator_signed_on, "mediator_signed_on", N_("The mediator has not signed yet."))
    check.that(wording.sealed_on, "sealed_on", N_("The committee has not sealed it yet."))
    copies = copies_for(len(ground.signed))
    message = N_("At least {copies} copies: one for each party and one for the committee.")
    check.that(wording.copies >= copies, "copies", message, copies=copies)


def _first_day(wording: Wording, ground: Ground) -> date | None:
    days = (wording.reached_on, *ground.signed, wording.mediator_signed_on)
    return min((day for day in days if day is not None), default=None)


def _check_decision(check: Check, request: Request, today: date) -> None:
    decided = request.confirmation != Confirmation.REQUESTED
    fine = decided or request.decided_on is None
    check.that(fine, "decided_on", N_("The court has not decided yet."))
    if decided and check_day(check, "decided_on", request.decided_on, today):
        asked_on = request.requested_on
        check_order(check, "decided_on", request.decided_on, asked_on, N_("It was asked for on {day}."))
