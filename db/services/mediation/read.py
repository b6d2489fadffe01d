"""One dispute as its page shows it: parties as masks, what is owed and overdue, and what still stands in the way."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from db import clock
from db.engine import current, reading
from db.models import Dispute
from db.rules.mediation.flow import MOVES, may_change, steps_from
from db.rules.mediation.needs import needs_of
from db.rules.mediation.words import SessionKind, State, Step
from db.rules.permissions import Actor, Permission
from db.rules.problems import Problem
from db.services.acts import guarded
from db.services.journal.looks import Looks
from db.services.listing import working_left
from db.services.mediation import beside, contents, looks
from db.services.mediation.rows import Row, Rows
from db.services.mediation.scope import load, reaches
from db.services.office import limits_of
from db.services.working_days import working_calendar


@dataclass(frozen=True)
class DisputeView:
    """Everything the page of a dispute shows; rows bear the models' column names, identities are masks.

    Beside the columns: parties have name, contact and agent (masks); mediators name, person_id, position, committee and
    standing; sessions present, invited and mediators as tuples, party_names and mediator_names; obligations debtor and
    creditor (masks), performances, performed and left (fen), overdue and late; visits, extensions and performances
    person; papers and performances file (its name); files uploaded_by; the timeline person and detail (read).
    The bin holds what was removed: what (table), id, version, label (days, masks, amounts and titles), at. may_keep and
    may_visit are False while the file is archived, may_visit also for who mediates or mediated.
    """

    id: int
    version: int
    fields: Mapping[str, Any]
    committee: str
    committee_en: str
    case_number: str
    people: Mapping[int, str]
    steps: tuple[Step, ...]
    parties: Rows
    mediators: Rows
    sessions: Rows
    agreement: Row | None
    obligations: Rows
    extensions: Rows
    visits: Rows
    papers: Rows
    files: Rows
    timeline: Rows
    bin: Rows
    days_left: int | None
    working_left: int | None
    limit_days: int
    confirm_by: date | None
    confirm_days_left: int | None
    needs: tuple[Problem, ...]
    may_keep: bool
    may_sign: bool
    may_unmask: bool
    may_visit: bool
    last_saved_at: datetime | None
    last_saved_by: str
    today: date


@guarded(Permission.MEDIATION_READ)
def view(actor: Actor, *, dispute_id: int) -> DisputeView:
    """The dispute with what this actor may do to it now; the look is journalled."""
    with reading() as session:
        dispute = load(session, actor, dispute_id)
        seen = view_of(session, actor, dispute)
    looks.note_look(actor, dispute_id=dispute_id, what="look")
    return seen


@guarded(Permission.MEDIATION_READ)
def who_has_seen(actor: Actor, *, dispute_id: int, before: int | None = None) -> Looks | None:
    """Who looked at a dispute, unmasked, printed or took something; None for who does not keep the file."""
    with reading() as session:
        dispute = load(session, actor, dispute_id)
        if not reaches(session, actor, dispute, Permission.MEDIATION_KEEP):
            return None
        return looks.looks_at(session, dispute_id, before)


def view_of(session: Session, actor: Actor, dispute: Dispute) -> DisputeView:
    """The dispute as this actor may see it now; only for callers that checked that they may."""
    today = clock.today(current().settings.timezone)
    committee, committee_en, case_number = beside.head(session, dispute.id)
    held = contents.of(session, actor, dispute, today)
    agreement, timeline = beside.agreement(session, dispute.id), beside.timeline(session, dispute.id)
    last: Row = timeline[-1] if timeline else {"at": None, "person": ""}
    return DisputeView(
        id=dispute.id,
        version=dispute.version,
        fields={column.name: getattr(dispute, column.name) for column in Dispute.__table__.columns},
        committee=committee,
        committee_en=committee_en,
        case_number=case_number,
        people=beside.names(session, _involved(dispute, held)),
        steps=_steps(session, actor, dispute),
        agreement=agreement,
        timeline=timeline,
        limit_days=limits_of(session, dispute.limit_set_id)["mediation"].amount,
        needs=_needs(dispute, held, agreement),
        last_saved_at=last["at"],
        last_saved_by=last["person"] or "",
        today=today,
        **vars(held),
        **_days(session, dispute, agreement, today),
        **_rights(session, actor, dispute, held),
    )


def _involved(dispute: Dispute, held: contents.Contents) -> set[int | None]:
    files = {dispute.registered_by_id, dispute.visitor_id, dispute.archived_by_id}
    seen_by = {row["identity_seen_by_id"] for row in held.parties}
    return files | seen_by | {row["written_by_id"] for row in held.sessions}


def _steps(session: Session, actor: Actor, dispute: Dispute) -> tuple[Step, ...]:
    """The steps of the state whose permission reaches this dispute."""
    steps = steps_from(State(dispute.state))
    reaching = {p: reaches(session, actor, dispute, p) for p in {MOVES[step].permission for step in steps}}
    return tuple(step for step in steps if reaching[MOVES[step].permission])


def _needs(dispute: Dispute, held: contents.Contents, agreement: Row | None) -> tuple[Problem, ...]:
    return needs_of(
        State(dispute.state),
        parties=held.parties,
        mediators=sum(row["standing"] for row in held.mediators),
        sessions=sum(row["kind"] == SessionKind.SESSION for row in held.sessions),
        agreement=agreement,
        obligations=held.obligations,
        visits=len(held.visits),
    )


def _days(session: Session, dispute: Dispute, agreement: Row | None, today: date) -> dict[str, Any]:
    """Days to what is due next, working days too where that is near, and to the last day to ask for confirmation."""
    due = dispute.next_due_on
    by = agreement["confirm_by"] if agreement is not None and not agreement["excluded_matter"] else None
    asked = agreement is not None and agreement["confirmation"] != ""
    return {
        "days_left": None if due is None else (due - today).days,
        "working_left": working_left(working_calendar(session), due, today),
        "confirm_by": by,
        "confirm_days_left": None if by is None or asked else (by - today).days,
    }


def _rights(session: Session, actor: Actor, dispute: Dispute, held: contents.Contents) -> dict[str, Any]:
    changes = may_change(State(dispute.state))
    mediated = any(row["person_id"] == actor.id for row in held.mediators)
    return {
        "may_keep": changes and reaches(session, actor, dispute, Permission.MEDIATION_KEEP),
        "may_sign": reaches(session, actor, dispute, Permission.MEDIATION_SIGN),
        "may_unmask": reaches(session, actor, dispute, Permission.MEDIATION_UNMASK),
        "may_visit": changes and not mediated and reaches(session, actor, dispute, Permission.MEDIATION_VISIT),
    }
