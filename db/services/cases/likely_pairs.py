"""Pairs of matters that are probably one: found after an import, kept with their reasons, decided by a person."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from zlib import crc32

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db import clock
from db.models import Case, CaseLikely, CaseLink, CaseParty, CaseWords
from db.rules.likeness import LIKE_ENOUGH, Told, likeness, told
from db.services.search import sharing

SAMPLE = 1000
RAREST = 4
NEAREST = 6
LEAST = 0.2
MOST_BESIDE = 20
SHORTEST_PLACE = 4
# What else must speak for two matters being one beside the same contact, or the same place.
BESIDE_CONTACT, BESIDE_PLACE = 0.15, 0.25
_NUMBER = re.compile(r"(?<![0-9A-Za-z-])(?:\d{4}-\d{5,6}|[A-Za-z]{0,4}\d{6,24})(?![0-9A-Za-z-])")
_STRENGTH = {"number": 0.95, "contact": 0.3, "place": 0.15}


@dataclass(frozen=True)
class _Matter:
    id: int
    text: str
    told: Told
    contacts: frozenset[str]
    place_key: str


def look_for(session: Session, case_ids: Sequence[int]) -> int:
    """Keep the pairs these cases make with any other; answers how many are new. Call it with some hundred at a time.

    A pair needs one of: the other's number in the text, the same contact or place with words that are a little alike,
    or words that are much alike. Sealed matters are in no pair, and nothing is linked or merged here.
    """
    common = _common_pieces(session)
    mine = _matters(session, case_ids)
    near = {matter.id: _near(session, matter, common) for matter in mine.values()}
    beside = _beside(session, mine)
    others = set().union(*near.values(), *beside.values(), set()) - set(mine)
    known = mine | _matters(session, sorted(others))
    found: dict[tuple[int, int], tuple[tuple[str, ...], float]] = {}
    named = _named(session, mine.values())
    for one in mine.values():
        for other_id in near[one.id] | beside[one.id] | named[one.id]:
            other = known.get(other_id)
            pair = (max(one.id, other_id), min(one.id, other_id))
            if other is None or other_id == one.id or (pair in found and other_id not in named[one.id]):
                continue
            why, score = _reasons(one, other, other_id in named[one.id])
            if why:
                found[pair] = (why, score)
    return _keep(session, found)


def _reasons(one: _Matter, other: _Matter, is_named: bool) -> tuple[tuple[str, ...], float]:
    """Why two matters may be one, strongest first, and how strongly, 0 to 1."""
    like = likeness(one.told, other.told)
    holds = {
        "number": is_named,
        "contact": bool(one.contacts & other.contacts) and like >= BESIDE_CONTACT,
        "place": bool(one.place_key) and one.place_key == other.place_key and like >= BESIDE_PLACE,
        "words": like >= LIKE_ENOUGH,
    }
    why = tuple(name for name, fine in holds.items() if fine)
    return why, min(1.0, like + sum(_STRENGTH.get(name, 0.0) for name in why))


def _keep(session: Session, found: Mapping[tuple[int, int], tuple[tuple[str, ...], float]]) -> int:
    """Write what is new: a pair somebody has decided, and two that are linked, stay as they are."""
    ids = {case_id for pair in found for case_id in pair}
    known = select(CaseLikely.case_id, CaseLikely.other_id).where(CaseLikely.case_id.in_(ids))
    linked = select(CaseLink.case_id, CaseLink.other_id).where(CaseLink.case_id.in_(ids) | CaseLink.other_id.in_(ids))
    there = {(max(pair), min(pair)) for query in (known, linked) for pair in session.execute(query)}
    now = clock.now()
    new = {pair: said for pair, said in found.items() if pair not in there}
    session.add_all(
        CaseLikely(case_id=pair[0], other_id=pair[1], why=json.dumps(why), score=score, found_at=now)
        for pair, (why, score) in sorted(new.items())
    )
    session.flush()
    return len(new)


def _matters(session: Session, ids: Iterable[int]) -> dict[int, _Matter]:
    wanted = (Case.id, Case.subject, Case.text, Case.note, Case.place, Case.place_key)
    ids = list(ids)
    contacts = defaultdict(set)
    keys = select(CaseParty.case_id, CaseParty.contact_key).where(
        CaseParty.case_id.in_(ids), CaseParty.contact_key != ""
    )
    for case_id, key in session.execute(keys):
        contacts[case_id].add(key)
    rows = session.execute(select(*wanted).where(Case.id.in_(ids), ~Case.sealed))
    return {
        row.id: _Matter(
            row.id,
            f"{row.subject} {row.text} {row.note}",
            told(row.subject, row.text, row.place),
            frozenset(contacts[row.id]),
            row.place_key if len(row.place_key) >= SHORTEST_PLACE else "",
        )
        for row in rows
    }


def _common_pieces(session: Session) -> Counter[str]:
    """In how many of the latest cases each piece stands: what is in none of them is rare."""
    latest = select(CaseWords.words).order_by(CaseWords.case_id.desc()).limit(SAMPLE)
    return Counter(piece for words in session.scalars(latest) for piece in set(words.split()))


def _near(session: Session, matter: _Matter, common: Counter[str]) -> set[int]:
    """Cases that share rare pairs of a matter: a near copy shares most of them, another matter hardly any.

    Half of the pairs asked for stand in another of the latest cases, too: the rarest of all are a matter's own.
    """

    def rare(piece: str) -> tuple[int, int]:
        return max(common[piece], 2), crc32(piece.encode())

    shared = [piece for piece in matter.told.weights if common[piece] > 1]
    pieces = {*nsmallest(RAREST, matter.told.weights, key=rare), *nsmallest(RAREST, shared, key=rare)}
    return set(sharing(session, sorted(pieces), NEAREST, LEAST)) - {matter.id}


def _beside(session: Session, mine: Mapping[int, _Matter]) -> dict[int, set[int]]:
    """Cases of the same contact, and of the same place, the latest twenty of each."""
    found: dict[int, set[int]] = defaultdict(set)
    by_contact, by_place = defaultdict(list), defaultdict(list)
    for matter in mine.values():
        for key in matter.contacts:
            by_contact[key].append(matter.id)
        if matter.place_key:
            by_place[matter.place_key].append(matter.id)
    contacts = select(CaseParty.contact_key, CaseParty.case_id).where(CaseParty.contact_key.in_(by_contact))
    places = select(Case.place_key, Case.id).where(Case.place_key.in_(by_place))
    for query, wanted, newest in ((contacts, by_contact, CaseParty.id), (places, by_place, Case.id)):
        taken: Counter[str] = Counter()
        latest = query.order_by(newest.desc()).limit(MOST_BESIDE * len(wanted))
        for key, case_id in session.execute(latest):
            taken[key] += 1
            if taken[key] <= MOST_BESIDE:
                for one in wanted[key]:
                    found[one].add(case_id)
    return found


def _named(session: Session, mine: Iterable[_Matter]) -> dict[int, set[int]]:
    """Cases whose number, here or at the sender, stands in the text of a matter."""
    told_in = {matter.id: set(_NUMBER.findall(matter.text)) for matter in mine}
    numbers = set().union(*told_in.values(), set())
    if not numbers:
        return defaultdict(set)
    query = select(Case.id, Case.number, Case.source_number)
    rows = session.execute(query.where(or_(Case.number.in_(numbers), Case.source_number.in_(numbers)), ~Case.sealed))
    whose = {number: row.id for row in rows for number in (row.number, row.source_number)}
    found = defaultdict(set)
    for case_id, numbers_told in told_in.items():
        found[case_id] = {whose[number] for number in numbers_told if number in whose} - {case_id}
    return found
