"""What one party owes another, one by one or in instalments, and what was done towards it (Art. 29, 31)."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Required, TypedDict, Unpack

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.orm.attributes import flag_modified

from db import clock
from db.engine import reading, transaction
from db.models import Dispute, Obligation, Performance
from db.rules.mediation.obligations import (
    Done,
    Ground,
    Payment,
    Series,
    Terms,
    check_performance,
    check_restored,
    check_room,
    check_series,
    check_terms,
    fulfilled_on,
    instalments,
    standing_of,
)
from db.rules.mediation.words import ObligationKind, State, Step
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, NotThere, Problem, Problems
from db.services import files as file_store
from db.services.acts import earlier, guarded, remember
from db.services.mediation import clocks, ground, scope, timeline
from db.services.records import fill, seen


class Written(TypedDict, total=False):
    """An obligation as it was typed; `amount` in yuan."""

    kind: Required[str]
    debtor_id: Required[int | None]
    creditor_id: Required[int | None]
    amount: str
    act: str
    manner: str
    place: str
    due_on: Required[date | None]


@guarded(Permission.MEDIATION_KEEP)
def add_obligation(
    actor: Actor,
    *,
    dispute_id: int,
    key: str,
    **written: Unpack[Written],
) -> int:
    """Somebody owes somebody an amount or an act by a day; answers its id."""
    terms = Terms(**written)
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        dispute = ground.mediating(session, actor, dispute_id)
        fen = check_terms(terms, _ground(session, dispute))
        row = Obligation(
            dispute_id=dispute.id, position=_next(session, dispute, Obligation.position), **_values(terms, fen)
        )
        _add(session, actor, dispute, [row])
        remember(session, actor, key, "obligations.add_obligation", row.id)
        return row.id


@guarded(Permission.MEDIATION_KEEP)
def add_instalments(
    actor: Actor,
    *,
    dispute_id: int,
    debtor_id: int | None,
    creditor_id: int | None,
    total: str,
    count: int,
    first_due_on: date | None,
    every_months: int = 1,
    manner: str = "",
    place: str = "",
    key: str,
) -> list[int]:
    """An amount in `count` parts, one every so many months, whose sum is exact; answers their ids."""
    series = Series(debtor_id, creditor_id, total, count, first_due_on, every_months, manner, place)
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return list(done)
        dispute = ground.mediating(session, actor, dispute_id)
        fen = check_series(series, _ground(session, dispute))
        rows = _instalments(session, dispute, series, fen)
        _add(session, actor, dispute, rows)
        ids = [row.id for row in rows]
        remember(session, actor, key, "obligations.add_instalments", ids)
        return ids


@guarded(Permission.MEDIATION_KEEP)
def edit_obligation(
    actor: Actor,
    *,
    dispute_id: int,
    obligation_id: int,
    version: int,
    key: str,
    **written: Unpack[Written],
) -> int:
    """Correct an obligation before the agreement is concluded; answers its new version."""
    terms = Terms(**written)
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        dispute = ground.mediating(session, actor, dispute_id)
        row = ground.own(session, dispute, Obligation, obligation_id, version, asdict(terms))
        _must_be_untouched(session, row)
        values = _values(terms, check_terms(terms, _ground(session, dispute, besides=row.id)))
        detail = {"obligation_id": row.id, **ground.differences(row, values)}
        fill(row, values)
        session.flush()
        timeline.line(session, actor, dispute, Step.OBLIGATION, detail=detail)
        remember(session, actor, key, "obligations.edit_obligation", row.version)
        return row.version


@guarded(Permission.MEDIATION_KEEP)
def remove_obligation(actor: Actor, *, dispute_id: int, obligation_id: int, version: int, key: str) -> int:
    """Take an obligation out of the file; answers its new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        dispute = ground.mediating(session, actor, dispute_id)
        row = ground.own(session, dispute, Obligation, obligation_id, version, {})
        _must_be_untouched(session, row)
        row.removed_at = clock.now()
        session.flush()
        timeline.line(session, actor, dispute, Step.REMOVE, detail={"what": "obligation", "obligation_id": row.id})
        remember(session, actor, key, "obligations.remove_obligation", row.version)
        return row.version


@guarded(Permission.MEDIATION_KEEP)
def restore_obligation(actor: Actor, *, dispute_id: int, obligation_id: int, version: int, key: str) -> int:
    """Put a removed obligation back; answers its new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        dispute = ground.mediating(session, actor, dispute_id)
        row = ground.own(session, dispute, Obligation, obligation_id, version, {}, removed=True)
        check_room(row.debtor_id, row.creditor_id, row.amount, _ground(session, dispute))
        row.removed_at = None
        session.flush()
        timeline.line(session, actor, dispute, Step.RESTORE, detail={"what": "obligation", "obligation_id": row.id})
        remember(session, actor, key, "obligations.restore_obligation", row.version)
        return row.version


@guarded(Permission.MEDIATION_KEEP)
def perform(
    actor: Actor,
    *,
    dispute_id: int,
    obligation_id: int,
    version: int,
    done_on: date | None,
    amount: str = "",
    whole: bool = True,
    evidence: str = "",
    uploads: Sequence[file_store.Upload] = (),
    key: str,
) -> int:
    """Something was paid (`amount`) or done (`whole` or in part) towards an obligation; answers the row's id."""
    with reading() as session:
        if (known := earlier(session, key)) is not None:
            return int(known)
    with file_store.stored(file_store.checked(uploads, "uploads")) as files, transaction(actor) as session:
        if earlier(session, key) is not None:
            raise Problems(Problem("", N_("This is recorded already.")))
        dispute = _agreed(session, actor, dispute_id)
        owed = ground.own(session, dispute, Obligation, obligation_id, version, {})
        done = _checked(session, dispute, owed, done_on=done_on, paid=amount, whole=whole, evidence=evidence)
        row = Performance(
            obligation_id=owed.id,
            done_on=done.done_on,
            amount=done.amount,
            whole=done.whole,
            evidence=evidence,
            attachment_id=_attached(session, actor, dispute, files),
            recorded_by_id=actor.id,
        )
        session.add(row)
        _settle(session, dispute, owed)
        timeline.line(session, actor, dispute, Step.PERFORM, detail=_told(row))
        remember(session, actor, key, "obligations.perform", row.id)
        return row.id


@guarded(Permission.MEDIATION_KEEP)
def remove_performance(actor: Actor, *, dispute_id: int, performance_id: int, version: int, key: str) -> int:
    """Take a performance out that was noted wrongly; answers its new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        dispute = _agreed(session, actor, dispute_id)
        owed, row = _own_performance(session, dispute, performance_id, version)
        row.removed_at = clock.now()
        _settle(session, dispute, owed)
        timeline.line(session, actor, dispute, Step.REMOVE, detail={"what": "performance", **_told(row)})
        remember(session, actor, key, "obligations.remove_performance", row.version)
        return row.version


@guarded(Permission.MEDIATION_KEEP)
def restore_performance(actor: Actor, *, dispute_id: int, performance_id: int, version: int, key: str) -> int:
    """Put a removed performance back; answers its new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        dispute = _agreed(session, actor, dispute_id)
        owed, row = _own_performance(session, dispute, performance_id, version, removed=True)
        check_restored(owed.kind, owed.amount, _done(session, owed), row.amount)
        row.removed_at = None
        _settle(session, dispute, owed)
        timeline.line(session, actor, dispute, Step.RESTORE, detail={"what": "performance", **_told(row)})
        remember(session, actor, key, "obligations.restore_performance", row.version)
        return row.version


def _ground(session: Session, dispute: Dispute, besides: int = 0) -> Ground:
    """What may still be promised, `besides` an obligation that is being written anew."""
    agreement = ground.agreement_of(session, dispute)
    promised = sum(each.amount for each in ground.promises(session, dispute) if each.id != besides)
    free = None if agreement is None else agreement.amount - promised
    return Ground(ground.today(), {party.id for party in ground.parties(session, dispute)}, free)


def _values(terms: Terms, fen: int) -> dict[str, object]:
    """The columns of an obligation."""
    return asdict(terms) | {"amount": fen}


def _instalments(session: Session, dispute: Dispute, series: Series, fen: int) -> list[Obligation]:
    first = _next(session, dispute, Obligation.position)
    number = _next(session, dispute, Obligation.series)
    parts = instalments(fen, series.count, series.first_due_on or ground.today(), series.every_months)
    return [
        Obligation(
            dispute_id=dispute.id,
            position=first + place,
            series=number,
            debtor_id=series.debtor_id,
            creditor_id=series.creditor_id,
            kind=ObligationKind.MONEY,
            amount=part,
            manner=series.manner,
            place=series.place,
            due_on=due_on,
        )
        for place, (part, due_on) in enumerate(parts)
    ]


def _next(session: Session, dispute: Dispute, column: InstrumentedAttribute[int]) -> int:
    """One more than the highest number in the dispute, of what was taken out too."""
    return (session.scalar(select(func.max(column)).where(Obligation.dispute_id == dispute.id)) or 0) + 1


def _add(session: Session, actor: Actor, dispute: Dispute, rows: Sequence[Obligation]) -> None:
    session.add_all(rows)
    session.flush()
    detail = {"obligation_ids": [row.id for row in rows], "amount": sum(row.amount for row in rows)}
    timeline.line(session, actor, dispute, Step.OBLIGATION, detail=detail)


def _must_be_untouched(session: Session, row: Obligation) -> None:
    """Raise Problems once something was done towards it (before the file was reopened)."""
    if _done(session, row):
        raise Problems(Problem("", N_("Something was already done towards this; it stays as it was agreed.")))


def _agreed(session: Session, actor: Actor, dispute_id: int) -> Dispute:
    dispute = scope.kept(session, actor, dispute_id)
    if dispute.state != State.AGREED:
        raise Problems(Problem("", N_("Only what an agreement in effect promises can be performed.")))
    return dispute


def _checked(
    session: Session, dispute: Dispute, owed: Obligation, *, done_on: date | None, paid: str, whole: bool, evidence: str
) -> Done:
    agreement = ground.agreement_of(session, dispute)
    days = (agreement.reached_on, agreement.mediator_signed_on, agreement.effective_on) if agreement else ()
    done = _done(session, owed)
    return check_performance(
        Payment(done_on, paid, whole, evidence),
        kind=owed.kind,
        amount=owed.amount,
        done=done,
        since=min((day for day in days if day), default=None),
        today=ground.today(),
    )


def _done(session: Session, owed: Obligation) -> list[Done]:
    """What was done towards an obligation, without what was taken out."""
    standing = select(Performance.done_on, Performance.amount, Performance.whole).where(
        Performance.obligation_id == owed.id, Performance.removed_at.is_(None)
    )
    return [Done(*row) for row in session.execute(standing)]


def _attached(session: Session, actor: Actor, dispute: Dispute, files: Sequence[file_store.Stored]) -> int | None:
    """The first of the files that prove it; all of them are in the file."""
    if not files:
        return None
    return file_store.add_rows_to_dispute(session, actor, dispute.id, files, internal=True)[0]


def _settle(session: Session, dispute: Dispute, owed: Obligation) -> None:
    """How far the obligation is fulfilled now, and what is due next in the file."""
    session.flush()
    done = _done(session, owed)
    owed.standing = standing_of(owed.kind, owed.amount, done)
    owed.fulfilled_on = fulfilled_on(owed.kind, owed.amount, done)
    # A second part paid leaves both as they were; who looked before it must still be told.
    flag_modified(owed, "standing")
    clocks.keep_due(session, dispute)


def _own_performance(
    session: Session, dispute: Dispute, performance_id: int, version: int, *, removed: bool = False
) -> tuple[Obligation, Performance]:
    """A performance of this very file as it was seen, with its obligation; raises NotThere or Changed."""
    query = (
        select(Obligation)
        .join(Performance, Performance.obligation_id == Obligation.id)
        .where(Performance.id == performance_id, Obligation.dispute_id == dispute.id, Obligation.removed_at.is_(None))
    )
    owed = session.scalars(query).one_or_none()
    if owed is None:
        raise NotThere("performance")
    row = seen(session, Performance, performance_id, version, {})
    if (row.removed_at is not None) != removed:
        raise NotThere("performance")
    return owed, row


def _told(row: Performance) -> dict[str, object]:
    return {"obligation_id": row.obligation_id, "done_on": row.done_on, "amount": row.amount, "whole": row.whole}
