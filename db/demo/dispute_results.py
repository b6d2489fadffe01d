"""What the demo's disputes come to: agreements and their performance, other endings, the complete file."""

from typing import Any

from sqlalchemy import select

from db.demo.dispute_telling import DisputeTelling
from db.engine import reading
from db.models import Agreement, Obligation
from db.rules.mediation.agreement import copies_for
from db.rules.mediation.words import AgreementForm, Confirmation, Route, Side
from db.services.mediation import agreement, dossier, mediators, obligations, steps, visits

# --- agreeing ---


def oral(d: DisputeTelling) -> None:
    """Agreed and done on the spot."""
    agreement.write_agreement(
        d.keeper,
        dispute_id=d.dispute_id,
        version=0,
        form=AgreementForm.ORAL,
        performed_at_once=True,
        reached_on=d.today,
        recorder=d.hall.told["recorders"][d.row["committee"]],
        **d.text("agreement"),
        key=d.key(),
    )
    promise(d)
    agreement.conclude(d.keeper, dispute_id=d.dispute_id, version=d.version(), key=d.key())


def draft(d: DisputeTelling) -> None:
    """The words of a written agreement and what it promises."""
    told = d.text("agreement")
    d.wording = {
        "form": AgreementForm.WRITTEN,
        "copies": copies_for(len(d.sides())),
        "reached_on": d.today,
        "recorder": d.hall.told["recorders"][d.row["committee"]],
        **told,
    }
    agreement.write_agreement(d.keeper, dispute_id=d.dispute_id, version=0, **d.wording, key=d.key())
    promise(d)


def promise(d: DisputeTelling) -> None:
    """Who owes what, one by one or in instalments; the other side owes unless the preset turns it round."""
    for told in d.row.get("obligations", []):
        values = dict(told)
        owes = values.pop("owes", Side.RESPONDENT)
        to = next(side for side in Side if side != owes)
        between: dict[str, Any] = {"dispute_id": d.dispute_id, "debtor_id": d.party(owes), "creditor_id": d.party(to)}
        due_on = d.day(values.pop("due"))
        if "count" in values:
            obligations.add_instalments(d.keeper, **between, first_due_on=due_on, **values, key=d.key())
        else:
            kind = "act" if "act" in values else "money"
            obligations.add_obligation(d.keeper, **between, kind=kind, due_on=due_on, **values, key=d.key())


def sign(d: DisputeTelling, side: str = "") -> None:
    """The parties sign, by their agents where they have one."""
    represented = {number for number, party in enumerate(d.parties) if party.agent}
    for party_id, version in d.sides(side):
        number = [one for one, _ in d.sides()].index(party_id)
        agreement.sign(
            d.keeper,
            dispute_id=d.dispute_id,
            party_id=party_id,
            version=version,
            signed_on=d.today,
            signed_by_agent=number in represented,
            key=d.key(),
        )


def conclude(d: DisputeTelling) -> None:
    """The mediator signs, the committee seals, it takes effect."""
    wording = d.wording | {"mediator_signed_on": d.today, "sealed_on": d.today}
    agreement.write_agreement(d.keeper, dispute_id=d.dispute_id, version=_agreement(d).version, **wording, key=d.key())
    agreement.conclude(d.keeper, dispute_id=d.dispute_id, version=d.version(), key=d.key())


def agree(d: DisputeTelling) -> None:
    """Written, signed and sealed in one sitting."""
    draft(d)
    sign(d)
    conclude(d)


def _agreement(d: DisputeTelling) -> Agreement:
    with reading() as session:
        return session.scalars(select(Agreement).where(Agreement.dispute_id == d.dispute_id)).one()


# --- afterwards ---


def perform(d: DisputeTelling) -> None:
    """Something is paid or done towards one of the obligations (counted from 0)."""
    told = d.text("perform")
    query = select(Obligation.id, Obligation.version).where(Obligation.dispute_id == d.dispute_id)
    with reading() as session:
        owed = session.execute(query.order_by(Obligation.position)).all()[told.pop("of", 0)]
    obligations.perform(
        d.keeper,
        dispute_id=d.dispute_id,
        obligation_id=owed.id,
        version=owed.version,
        done_on=d.today,
        **told,
        key=d.key(),
    )


def ask_court(d: DisputeTelling) -> None:
    """Both ask for confirmation."""
    _confirmation(d, Confirmation.REQUESTED)


def confirmed(d: DisputeTelling) -> None:
    """The court confirms."""
    _confirmation(d, Confirmation.CONFIRMED)


def _confirmation(d: DisputeTelling, confirmation: Confirmation) -> None:
    there, told = _agreement(d), d.text("court")
    decided = confirmation is Confirmation.CONFIRMED
    agreement.confirm(
        d.keeper,
        dispute_id=d.dispute_id,
        version=there.version,
        confirmation=confirmation,
        requested_on=there.requested_on or d.today,
        requested_jointly=True,
        court=told["court"],
        court_number=told["number"].format(year=d.today.year) if decided else "",
        decided_on=d.today if decided else None,
        key=d.key(),
    )


def name_visitor(d: DisputeTelling) -> None:
    """Who is to follow up."""
    person = d.town.people[d.row["visitor"]]
    mediators.name_visitor(d.keeper, dispute_id=d.dispute_id, version=d.version(), person_id=person.id, key=d.key())


def visit(d: DisputeTelling) -> None:
    """The visitor follows up."""
    person = d.town.people[d.row["visitor"]]
    visits.add_visit(person, dispute_id=d.dispute_id, visited_on=d.today, **d.text("visit"), key=d.key())


# --- endings ---


def refuse(d: DisputeTelling) -> None:
    """The other side will not be mediated."""
    told = {"routes": [Route.COURT]} | d.text("refuse")
    steps.refuse(
        d.keeper,
        dispute_id=d.dispute_id,
        version=d.version(),
        party_id=d.party(Side.RESPONDENT),
        refused_on=d.today,
        routes_told_on=d.today,
        **told,
        key=d.key(),
    )


def terminate(d: DisputeTelling) -> None:
    """No agreement; all routes told."""
    steps.terminate(
        d.keeper,
        dispute_id=d.dispute_id,
        version=d.version(),
        ended_on=d.today,
        routes=list(Route),
        routes_told_on=d.today,
        **d.text("terminate"),
        key=d.key(),
    )


def withdraw(d: DisputeTelling) -> None:
    """The application is taken back."""
    steps.withdraw(
        d.keeper,
        dispute_id=d.dispute_id,
        version=d.version(),
        ended_on=d.today,
        **d.text("withdraw"),
        key=d.key(),
    )


# --- the file ---


def papers(d: DisputeTelling) -> None:
    """Papers filed, each of the day it is filed; pages of what Linli keeps counted."""
    for told in d.row.get("papers", []):
        dossier.add_paper(d.keeper, dispute_id=d.dispute_id, dated_on=d.today, **told, key=d.key())
    for document, pages in d.row.get("pages", {}).items():
        dossier.set_pages(d.keeper, dispute_id=d.dispute_id, document=document, pages=pages, key=d.key())


def archive(d: DisputeTelling) -> None:
    """Into the archive; what is incomplete by the director, who says why."""
    told = d.text("archive")
    dossier.archive(
        d.town.people["director"] if "reason" in told else d.keeper,
        dispute_id=d.dispute_id,
        version=d.version(),
        archived_on=d.today,
        **told,
        key=d.key(),
    )


ACTS = (
    oral,
    draft,
    sign,
    conclude,
    agree,
    perform,
    ask_court,
    confirmed,
    name_visitor,
    visit,
    refuse,
    terminate,
    withdraw,
    papers,
    archive,
)
