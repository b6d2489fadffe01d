"""Likely earlier matters while somebody types: same contact, name, place, or like words; matter to matter only."""

from collections.abc import Mapping

import pandas as pd
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from db import journal
from db.engine import current, reading, transaction
from db.identity import key_for, normal
from db.models import Case, CaseParty
from db.rules.likeness import is_like, likeness, told
from db.rules.permissions import Actor, Permission
from db.rules.rates import TooMany
from db.rules.text import cleaned
from db.services import search
from db.services.acts import guarded
from db.services.cases.scope import visible
from db.services.turns import Turns

EARLIER = ["id", "number", "state", "received_at", "subject", "why", "likeness", "exhausted"]
LIKELY = 5
SHORTEST_PLACE = 4
_looks = Turns("likely", most=120, seconds=300)


@guarded(Permission.INTAKE_REGISTER)
def likely_earlier(actor: Actor, *, contact: str = "", name: str = "", place: str = "", text: str = "") -> pd.DataFrame:
    """Earlier matters that are probably this one, best first: a frame with EARLIER; raises TooMany.

    A find by name or contact is journalled; each person may look 120 times in five minutes.
    """
    if not _looks.take(str(actor.id)):
        raise TooMany("likely_earlier")
    contact, name, place, text = (cleaned(part) for part in (contact, name, place, text))
    with reading() as session:
        why: dict[int, list[str]] = {}
        for case_id in session.scalars(_by_party("contact", contact)):
            why.setdefault(case_id, []).append("contact")
        for case_id in session.scalars(_by_party("name", name)):
            why.setdefault(case_id, []).append("name")
        if len(normal(place)) >= SHORTEST_PLACE:
            same = select(Case.id).where(Case.place_key == normal(place)[:100])
            for case_id in session.scalars(same.order_by(Case.id.desc()).limit(LIKELY * 4)):
                why.setdefault(case_id, []).append("place")
        for case_id in search.resembling(session, text, LIKELY * 4):
            why.setdefault(case_id, []).append("words")
        frame = _likely(session, actor, why, text, place)
    by_person = [reasons for reasons in frame["why"] if {"contact", "name"} & set(reasons)]
    if by_person:
        with transaction(actor) as session:
            journal.note(session, "search_identity", tbl="case_party", detail={"found": len(by_person)})
    return frame


def _by_party(kind: str, value: str) -> Select[int]:
    column = CaseParty.contact_key if kind == "contact" else CaseParty.name_key
    key = key_for(current(), kind, value) or "-"
    return select(CaseParty.case_id).where(column == key).order_by(CaseParty.id.desc()).limit(LIKELY * 4)


def _likely(session: Session, actor: Actor, why: Mapping[int, list[str]], text: str, place: str) -> pd.DataFrame:
    wanted = (Case.id, Case.number, Case.state, Case.received_at, Case.subject, Case.text, Case.place, Case.exhausted)
    typed = told(text, place)
    rows = []
    for case in session.execute(select(*wanted).where(Case.id.in_(why), visible(actor))):
        earlier = told(case.subject, case.text, case.place)
        like = likeness(typed, earlier)
        reasons = [r for r in dict.fromkeys(why[case.id]) if r != "words" or is_like(typed, earlier)]
        if reasons:
            rows.append(
                (case.id, case.number, case.state, case.received_at, case.subject, reasons, like, case.exhausted)
            )
    rows.sort(key=lambda row: (_strength(row[5], row[6]), row[0]), reverse=True)
    return pd.DataFrame(rows[:LIKELY], columns=EARLIER)


def _strength(reasons: list[str], like: float) -> float:
    return 2 * ("contact" in reasons) + ("name" in reasons) + ("place" in reasons) + like
