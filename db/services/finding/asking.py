"""A text asked of every register at once; each register's own list answers, so its scope holds."""

from dataclasses import replace

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from db.engine import reading
from db.models import Case, Dispute, Unit
from db.rules.permissions import Actor, Permission
from db.rules.text import cleaned
from db.rules.words import LONGEST_SOUGHT, folded, phrases
from db.services import cases
from db.services.acts import guarded
from db.services.cases.lists import REGISTER, choice_in_sql
from db.services.cases.scope import visible
from db.services.finding import names, residents
from db.services.finding.hits import Found, Group, Hit
from db.services.listing import COUNTED
from db.services.mediation import lists

SHOWN = 5
MERGES = 20
_CASE = (Case.id, Case.number, Case.subject, Case.text, Case.place, Case.state, Unit.name, Unit.name_en)


@guarded(Permission.RECORDS_FIND)
def find(actor: Actor, *, text: str) -> Found:
    """What the text finds that the actor may see; nothing is counted, hinted at or found beyond that.

    A find by a resident's name, initials or telephone is journalled, and made at most 120 times in five minutes.
    """
    text = " ".join(cleaned(text).split())[:LONGEST_SOUGHT]
    if not phrases(text):
        return Found(text)
    units, handlers = names.found(actor, text=text)
    case_parties, dispute_parties, slowly = residents.found(actor, text=text)
    return Found(text, _cases(actor, text), _disputes(actor, text), case_parties, dispute_parties, units, handlers,
                 slowly)  # fmt: skip


def _cases(actor: Actor, text: str) -> Group:
    choice = cases.Choice(tab=cases.Tab.ALL, text=text)
    with reading() as session:
        wanted = and_(choice_in_sql(session, actor, choice), ~Case.sealed)
        first = _by_number(session, actor, text)
        total = REGISTER.count(session, wanted, COUNTED + 1)
        ids = [case_id for case_id in REGISTER.ids(session, wanted, choice, SHOWN) if case_id not in first]
        hits = _case_hits(session, Case.id.in_([*first, *ids]))
        among = REGISTER.count(session, and_(wanted, Case.id.in_(list(first)))) if first else 0
    total += len(first) - among
    merged = [_with(hits[one], typed) for one, typed in first.items()]
    shown = [*merged, *(hits[one] for one in ids)][:SHOWN]
    return Group(tuple(shown), min(total, COUNTED), total > COUNTED)


def _case_hits(session: Session, wanted: ColumnElement[bool]) -> dict[int, Hit]:
    query = select(*_CASE).outerjoin(Unit, Unit.id == Case.lead_unit_id).where(wanted)
    return {
        row.id: Hit(
            id=row.id, number=row.number, subject=row.subject, text=row.text, place=row.place, state=row.state,
            unit=row.name or "", unit_en=row.name_en or "",
        )
        for row in session.execute(query)
    }  # fmt: skip


def _with(hit: Hit, typed: str) -> Hit:
    return replace(hit, why="merged" if typed else "number", merged=typed)


def _by_number(session: Session, actor: Actor, text: str) -> dict[int, str]:
    """The case of this number, ours or the source's, or the one it went into: its id and the number that went."""
    number = folded(text).upper()
    query = select(Case.id, Case.number, Case.gone, Case.merged_into_id)
    asked = or_(Case.number == number, Case.source_number.in_((text, number)))
    row = session.execute(query.where(asked, ~Case.sealed), execution_options={"with_gone": True}).first()
    typed = row.number if row is not None and row.gone else ""
    for _ in range(MERGES):
        if row is None or row.merged_into_id is None:
            break
        into = query.where(Case.id == row.merged_into_id, ~Case.sealed)
        row = session.execute(into, execution_options={"with_gone": True}).first()
    if row is None or session.scalar(select(Case.id).where(Case.id == row.id, visible(actor))) is None:
        return {}
    return {row.id: typed}


def _disputes(actor: Actor, text: str) -> Group:
    if not actor.may(Permission.MEDIATION_READ):
        return Group()
    page = lists.register(actor, choice=lists.Choice(tab=lists.Tab.ALL, text=text))
    rows = page.rows.head(SHOWN).to_dict("records")
    whole = [row["id"] for row in rows if row["whole"]]
    with reading() as session:
        query = select(Dispute.id, Dispute.place, Dispute.facts).where(Dispute.id.in_(whole))
        texts = {row.id: {"text": row.facts, "place": row.place} for row in session.execute(query)}
    hits = [
        Hit(id=row["id"], number=row["number"], subject=row["subject"], **texts.get(row["id"], {"text": ""}),
            state=row["state"], unit=row["committee"],
            why="number" if row["number"] == folded(text).upper() else "words")
        for row in rows
    ]  # fmt: skip
    return Group(tuple(hits), page.total, page.more)
