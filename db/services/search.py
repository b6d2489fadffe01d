"""The word indexes: kept by the acts that change words, asked by lists and by the look for earlier matters."""

from sqlalchemy import ColumnElement, Integer, column, false, func, literal_column, select, table, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.models import Case, CaseWords
from db.rules.words import sought, words_of

RAREST = 12


def index(session: Session, case: Case) -> None:
    """Keep the words of a case; a sealed one is never indexed."""
    row = session.get(CaseWords, case.id)
    if case.sealed:
        if row is not None:
            session.delete(row)
        return
    words = words_of(case.number, case.subject, case.text, case.place, case.request)
    if row is None:
        session.add(CaseWords(case_id=case.id, words=words))
    else:
        row.words = words


def matching(session: Session, wanted: str) -> ColumnElement[bool]:
    """Cases that hold every piece of the text asked for."""
    return holding(session, wanted, Case.id, CaseWords.case_id, CaseWords.words, "case_search")


def holding(
    session: Session,
    wanted: str,
    record: InstrumentedAttribute[int],
    key: InstrumentedAttribute[int],
    words: InstrumentedAttribute[str],
    fts: str,
) -> ColumnElement[bool]:
    """Records that hold every piece of the text asked for.

    `key` and `words` are the columns of the table that keeps their words, `fts` its full-text table on SQLite.
    """
    pieces = sought(wanted)
    if not pieces:
        return false()
    if _is_sqlite(session):
        found = select(column("rowid", Integer)).select_from(table(fts))
        return record.in_(found.where(literal_column(fts).op("MATCH")(" AND ".join(f'"{p}"' for p in pieces))))
    query = func.to_tsquery(text("'simple'"), " & ".join(f"'{p}'" for p in pieces))
    vector = func.to_tsvector(text("'simple'"), words)
    return record.in_(select(key).where(vector.op("@@")(query)))


def resembling(session: Session, typed: str, limit: int) -> list[int]:
    """Ids of the cases whose words are most like the typed text, best first; at most `limit`."""
    pieces = [p for p in sought(typed) if len(p) > 1]
    pieces = _rarest(session, pieces)
    if not pieces:
        return []
    if _is_sqlite(session):
        ranked = text("SELECT rowid FROM case_search WHERE case_search MATCH :q ORDER BY rank LIMIT :n")
        query = " OR ".join(f'"{p}"' for p in pieces)
    else:
        ranked = text(
            """SELECT case_id FROM case_words, to_tsquery('simple', :q) q
               WHERE to_tsvector('simple', words) @@ q
               ORDER BY ts_rank(to_tsvector('simple', words), q) DESC LIMIT :n"""
        )
        query = " | ".join(f"'{p}'" for p in pieces)
    return list(session.scalars(ranked, {"q": query, "n": limit}))


def _rarest(session: Session, pieces: list[str]) -> list[str]:
    """The pieces spread over the text, few enough that an index lookup stays short."""
    if len(pieces) <= RAREST:
        return pieces
    stride = len(pieces) / RAREST
    return [pieces[int(i * stride)] for i in range(RAREST)]


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
