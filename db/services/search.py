"""The word indexes: kept by the acts that change words, asked by lists and by the look for earlier matters."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Integer, and_, column, false, func, literal_column, select, table, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.models import Case, CaseWords
from db.rules.case_import import words_digest
from db.rules.words import Phrase, phrases, sought, words_of

RAREST = 12


def index(session: Session, case: Case) -> None:
    """Keep the words of a case; a sealed one is never indexed."""
    row = session.get(CaseWords, case.id)
    if case.sealed:
        if row is not None:
            session.delete(row)
        return
    fresh = row_of(case)
    if row is None:
        session.add(fresh)
    else:
        row.words, row.digest = fresh.words, fresh.digest


def row_of(case: Case) -> CaseWords:
    """The words of a case that is not sealed, as a row of the index."""
    words = words_of(f"{case.number} {case.running}", case.subject, case.text, case.place, case.request)
    return CaseWords(case_id=case.id, words=words, digest=words_digest(case.text))


def matching(session: Session, wanted: str) -> ColumnElement[bool]:
    """Cases that hold every part of the text asked for as it stands there."""
    return holding(session, wanted, Case.id, CaseWords.case_id, CaseWords.words, "case_search")


def holding(
    session: Session,
    wanted: str,
    record: InstrumentedAttribute[int],
    key: InstrumentedAttribute[int],
    words: InstrumentedAttribute[str],
    fts: str,
) -> ColumnElement[bool]:
    """Records that hold every part of the text asked for as it stands there.

    `key` and `words` are the columns of the table that keeps their words, `fts` its full-text table on SQLite.
    """
    wanted_there = phrases(wanted)
    if not wanted_there:
        return false()
    if _is_sqlite(session):
        found = select(column("rowid", Integer)).select_from(table(fts))
        return record.in_(found.where(literal_column(fts).op("MATCH")(fts_query(wanted))))
    query = func.to_tsquery(text("'simple'"), " & ".join(_lexemes(one) for one in wanted_there))
    vector = func.to_tsvector(text("'simple'"), words)
    # The index knows which pieces there are; that they are neighbours is seen in the words themselves.
    side_by_side = [(" " + words + " ").like(_beside(one)) for one in wanted_there if len(one.pieces) > 1]
    return record.in_(select(key).where(and_(vector.op("@@")(query), *side_by_side)))


def fts_query(wanted: str) -> str:
    """The same as a query of FTS5."""
    return " AND ".join(f'"{" ".join(one.pieces)}"{" *" if one.begins else ""}' for one in phrases(wanted))


def _lexemes(one: Phrase) -> str:
    return " & ".join(f"'{piece}'" for piece in one.pieces) + (":*" if one.begins else "")


def _beside(one: Phrase) -> str:
    return f"% {' '.join(one.pieces)}{'' if one.begins else ' '}%"


def resembling(session: Session, typed: str, limit: int) -> list[int]:
    """Ids of the cases whose words are most like the typed text, best first; at most `limit`."""
    return sharing(session, _rarest(session, [p for p in sought(typed) if len(p) > 1]), limit)


def sharing(session: Session, pieces: Sequence[str], limit: int, least: float = 0.0) -> list[int]:
    """Ids of the cases that hold any of these pieces, those with the most and rarest first; at most `limit`.

    `least` leaves out what ranks below that share of the best one, 0 to 1.
    """
    if not pieces:
        return []
    if _is_sqlite(session):
        ranked = text("SELECT rowid, -rank FROM case_search WHERE case_search MATCH :q ORDER BY rank LIMIT :n")
        query = " OR ".join(f'"{p}"' for p in pieces)
    else:
        ranked = text(
            """SELECT case_id, ts_rank(to_tsvector('simple', words), q) AS rank
               FROM case_words, to_tsquery('simple', :q) q
               WHERE to_tsvector('simple', words) @@ q ORDER BY rank DESC LIMIT :n"""
        )
        query = " | ".join(f"'{p}'" for p in pieces)
    rows = session.execute(ranked, {"q": query, "n": limit}).all()
    return [case_id for case_id, rank in rows if rank >= least * rows[0][1]]


def _rarest(session: Session, pieces: list[str]) -> list[str]:
    """The pieces spread over the text, few enough that an index lookup stays short."""
    if len(pieces) <= RAREST:
        return pieces
    stride = len(pieces) / RAREST
    return [pieces[int(i * stride)] for i in range(RAREST)]


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
