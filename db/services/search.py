"""The word index of cases: kept by the acts that change words, asked by lists and by the look for earlier matters."""

from sqlalchemy import ColumnElement, Select, false, func, select, text
from sqlalchemy.orm import Session

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
    pieces = sought(wanted)
    if not pieces:
        return false()
    return Case.id.in_(_ids(session, " AND ".join(f'"{p}"' for p in pieces), " & ".join(f"'{p}'" for p in pieces)))


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


def _ids(session: Session, sqlite: str, postgres: str) -> Select[int]:
    if _is_sqlite(session):
        found = text("SELECT rowid AS case_id FROM case_search WHERE case_search MATCH :words").bindparams(words=sqlite)
        return select(found.columns(CaseWords.case_id).subquery().c.case_id)
    return select(CaseWords.case_id).where(
        func.to_tsvector(text("'simple'"), CaseWords.words).op("@@")(func.to_tsquery(text("'simple'"), postgres))
    )


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
