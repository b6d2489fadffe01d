"""Matters by who brought them: a name, its initials, a telephone number or its last four digits.

Found by keyed digests, only where the actor may see identities, each look journalled, also one that finds nothing.
"""

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from db import journal
from db.engine import current, reading, transaction
from db.identity import TAIL, key_for, normal, tail_of
from db.models import Case, CaseParty, Committee, Dispute, DisputeParty, Unit
from db.rules.permissions import Actor, Permission
from db.services.acts import guarded
from db.services.cases.scope import visible
from db.services.finding.hits import Hit
from db.services.mediation.scope import gathered
from db.services.turns import Turns

SHOWN = 20
LONGEST_NAME, LETTERS = 40, range(2, 7)
_looks = Turns("residents", most=120, seconds=300)


@guarded(Permission.RECORDS_FIND)
def found(actor: Actor, *, text: str) -> tuple[tuple[Hit, ...], tuple[Hit, ...], bool]:
    """Cases and disputes by their parties, the latest first, and whether looking was refused for now."""
    keys = _keys(text)
    seen = [p for p in (Permission.CASES_UNMASK, Permission.MEDIATION_UNMASK) if actor.may(p)]
    if not keys or not seen:
        return (), (), False
    if not _looks.take(str(actor.id)):
        return (), (), True
    with reading() as session:
        cases = tuple(_cases(session, actor, keys)) if Permission.CASES_UNMASK in seen else ()
        disputes = tuple(_disputes(session, actor, keys)) if Permission.MEDIATION_UNMASK in seen else ()
    told = {Permission.CASES_UNMASK: ("case_party", len(cases))}
    told[Permission.MEDIATION_UNMASK] = ("dispute_party", len(disputes))
    with transaction(actor) as session:
        for table, count in (told[one] for one in seen):
            journal.note(session, "search_identity", tbl=table, detail={"found": count})
    return cases, disputes, False


def _keys(text: str) -> dict[str, str]:
    """The digests this text may be one of, by what it would be."""
    plain = normal(text)
    kinds: dict[str, str] = {}
    if plain.isdecimal():
        if len(plain) == TAIL:
            kinds["tail"] = plain
        elif tail_of(plain):
            kinds["contact"] = plain
    elif 1 < len(plain) <= LONGEST_NAME:
        kinds["name"] = plain
        if plain.isascii() and plain.isalpha() and len(plain) in LETTERS:
            kinds["initials"] = plain
    return {kind: key_for(current(), kind, value) for kind, value in kinds.items()}


def _cases(session: Session, actor: Actor, keys: dict[str, str]) -> list[Hit]:
    columns: dict[str, InstrumentedAttribute[str]] = {
        "name": CaseParty.name_key, "initials": CaseParty.initials_key, "tail": CaseParty.tail_key,
        "contact": CaseParty.contact_key,
    }  # fmt: skip
    hits: dict[int, Hit] = {}
    for kind, key in keys.items():
        query = (
            select(Case.id, Case.number, Case.subject, Case.text, Case.state, Unit.name, Unit.name_en,
                   CaseParty.name_mask, CaseParty.contact_mask)
            .join(CaseParty, CaseParty.case_id == Case.id)
            .outerjoin(Unit, Unit.id == Case.lead_unit_id)
            .where(columns[kind] == key, visible(actor, Permission.CASES_UNMASK), ~Case.sealed)
            .order_by(Case.id.desc())
            .limit(SHOWN)
        )  # fmt: skip
        for row in session.execute(query):
            hit = Hit(
                id=row.id, number=row.number, subject=row.subject, text=row.text, state=row.state, unit=row.name or "",
                unit_en=row.name_en or "", why=kind, who=_who(row.name_mask, row.contact_mask),
            )  # fmt: skip
            hits.setdefault(row.id, hit)
    return list(hits.values())[:SHOWN]


def _disputes(session: Session, actor: Actor, keys: dict[str, str]) -> list[Hit]:
    columns: dict[str, InstrumentedAttribute[str]] = {
        "name": DisputeParty.name_key, "initials": DisputeParty.initials_key, "tail": DisputeParty.tail_key,
    }  # fmt: skip
    hits: dict[int, Hit] = {}
    for kind in [kind for kind in keys if kind in columns]:
        for row in session.execute(_files(actor).where(columns[kind] == keys[kind])):
            hit = Hit(
                id=row.id, number=row.number, subject=row.subject, text=row.facts, state=row.state, unit=row.name,
                why=kind, who=_who(row.name_mask, row.contact_mask),
            )  # fmt: skip
            hits.setdefault(row.id, hit)
    return list(hits.values())[:SHOWN]


def _files(actor: Actor) -> Select[int, str, str, str, str, str, str, str]:
    return (
        select(Dispute.id, Dispute.number, Dispute.subject, Dispute.facts, Dispute.state, Committee.name,
               DisputeParty.name_mask, DisputeParty.contact_mask)
        .join(DisputeParty, DisputeParty.dispute_id == Dispute.id)
        .join(Committee, Committee.id == Dispute.committee_id)
        .where(DisputeParty.removed_at.is_(None), gathered(actor, Permission.MEDIATION_UNMASK))
        .order_by(Dispute.id.desc())
        .limit(SHOWN)
    )  # fmt: skip


def _who(name: str, contact: str) -> str:
    return " · ".join(part for part in (name, contact) if part)
