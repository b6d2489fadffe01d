"""What the forms around a mediation say: an agent's powers, what was performed, how it ended, the file itself."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.documents.forms import word_for
from db.languages import date_in
from db.models import Dispute, DisputePaper, DisputeParty, Obligation, Performance
from db.rules.mediation.dossier import result_of
from db.rules.mediation.words import Side, State
from db.rules.problems import N_, NotThere, Problem, Problems
from db.services.mediation import ground
from db.services.mediation.document_words import (
    Texts,
    capitals,
    clear,
    day_of,
    figures,
    label_of,
    listed,
    names_of,
    obligation_of,
    own_row,
    person_name,
)
from db.services.mediation.dossier import dossier_of
from db.services.mediation.file_facts import facts_of

Values = dict[str, object]
Parties = Mapping[int, Texts]
EVIDENCE = "evidence"
_FAILED = (State.FAILED, State.REFUSED, State.WITHDRAWN)


def of_party(session: Session, dispute: Dispute, parties: Parties, of: int | None) -> Values:
    """A party and the agent it sends."""
    row = own_row(session, DisputeParty, dispute, of)
    agent = clear(row, "agent")
    if not agent:
        raise NotThere(f"agent {of}")
    told = parties[row.id]
    return {
        "principal": told["name"],
        "principal_side": told["side"],
        "principal_contact": told["contact"],
        "principal_address": told["address"],
        "agent": agent,
        "agent_contact": told["agent_contact"],
        "agent_powers": row.agent_powers,
        "agent_until_day": date_in("zh", row.agent_until),
    }


def of_performance(session: Session, dispute: Dispute, parties: Parties, of: int | None) -> Values:
    """One thing that was done towards one promise."""
    done = session.get(Performance, of) if of is not None else None
    promise = session.get_one(Obligation, done.obligation_id) if done else None
    if not done or not promise or promise.dispute_id != dispute.id or done.removed_at or promise.removed_at:
        raise NotThere(f"performance {of}")
    told = obligation_of(promise, {one: party["name"] for one, party in parties.items()})
    paid = f"支付人民币{figures(done.amount)}元（大写：{capitals(done.amount)}）" if done.amount else told["act"]
    return {
        "performed_day": day_of(done.done_on),
        "performed_by": told["debtor"],
        "performed_to": told["creditor"],
        "performed_what": paid,
        "performed_amount": figures(done.amount),
        "performed_amount_capital": capitals(done.amount),
        "performed_obligation": told["text"],
        "performed_whole": "全部履行" if done.whole else "部分履行",
        "performed_evidence": done.evidence,
    }


def of_end(session: Session, dispute: Dispute, parties: Parties, of: int | None) -> Values:
    """Mediation that ended without an agreement, and the other ways the parties were told of (Art. 26)."""
    result = _result(session, dispute)
    if result not in _FAILED:
        raise Problems(Problem("", N_("There is nothing yet to put on this sheet.")))
    routes = [word_for("route", code) for code in dispute.routes_told.split(",") if code]
    return {
        "ended_day": day_of(dispute.ended_on),
        "end_how": word_for("ended", result),
        "end_reason": dispute.end_reason,
        "routes": listed(routes),
        "routes_day": day_of(dispute.routes_told_on),
    }


def of_file(session: Session, dispute: Dispute, parties: Parties, of: int | None) -> Values:
    """The file as it stands: title, days, contents, notes."""
    held = dossier_of(facts_of(session, dispute))
    agreement = ground.agreement_of(session, dispute)
    return {
        "file_title": _title(session, dispute, parties),
        "begun_day": day_of(dispute.accepted_on or dispute.received_on),
        "ended_day": day_of(dispute.ended_on),
        "ended_how": word_for("ended", _result(session, dispute)) if dispute.ended_on else "",
        "filed_by": person_name(session, dispute.archived_by_id),
        "filed_day": day_of(dispute.archived_on),
        "retention": label_of(session, "retention", dispute.retention) if dispute.retention else "",
        "pages": str(held.pages),
        "file_note": dispute.file_note,
        "incomplete": dispute.signed_incomplete,
        "result": agreement.content if agreement else "",
        "papers": [
            {
                "name": f"{line.zh}：{line.title}" if line.title else line.zh,
                "pages": _range(line.from_page, line.to_page),
                "remark": line.remark,
            }
            for line in held.lines
            if line.pages
        ],
        "evidence": _evidence(session, dispute),
    }


def of_evidence(session: Session, dispute: Dispute, parties: Parties, of: int | None) -> Values:
    """The file, once something proves something."""
    told = of_file(session, dispute, parties, of)
    if not told["evidence"]:
        raise Problems(Problem("", N_("There is nothing yet to put on this sheet.")))
    return told


def _result(session: Session, dispute: Dispute) -> State:
    agreement = ground.agreement_of(session, dispute)
    effective = agreement is not None and agreement.effective_on is not None
    told = bool(dispute.routes_told)
    return result_of(State(dispute.state), effective=effective, refused=bool(dispute.refused_by), routes_told=told)


def _title(session: Session, dispute: Dispute, parties: Parties) -> str:
    """甲某与乙某公司邻里纠纷."""
    rows = list(parties.values())
    sides = [listed(names_of(rows, side)) for side in Side]
    kind = label_of(session, "dispute_category", dispute.category).removesuffix("纠纷")
    return f"{'与'.join(side for side in sides if side)}{kind}纠纷"


def _evidence(session: Session, dispute: Dispute) -> list[Texts]:
    wanted = select(DisputePaper).where(
        DisputePaper.dispute_id == dispute.id, DisputePaper.document == EVIDENCE, DisputePaper.removed_at.is_(None)
    )
    return [
        {"name": row.title, "day": date_in("zh", row.dated_on), "pages": str(row.pages), "remark": row.remark}
        for row in session.scalars(wanted.order_by(DisputePaper.id))
    ]


def _range(first: int | None, last: int | None) -> str:
    return f"{first}" if first == last else f"{first}–{last}"
