"""The words of the forms of a dispute: names, days, amounts and what was promised, as the forms write them."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.documents.days import BLANK_DAY
from db.documents.forms import word_for
from db.engine import current
from db.identity import decrypt
from db.models import Code, Dispute, DisputeParty, DisputeSession, DisputeVisit, Obligation, Person
from db.rules.mediation.words import ObligationKind, Side
from db.rules.money import capital, yuan
from db.rules.problems import NotThere

Texts = dict[str, str]
Row = TypeVar("Row", DisputeParty, DisputeSession, DisputeVisit)


def own_row(session: Session, model: type[Row], dispute: Dispute, row_id: int | None) -> Row:
    """A row of this very file that nobody took out; raises NotThere."""
    row = session.get(model, row_id) if row_id is not None else None
    if row is None or row.dispute_id != dispute.id or row.removed_at is not None:
        raise NotThere(f"{model.__tablename__} {row_id}")
    return row


def obligations_of(session: Session, dispute_id: int, parties: Mapping[int, Texts]) -> list[Texts]:
    """Everything promised, in the order of its days."""
    wanted = (
        select(Obligation)
        .where(Obligation.dispute_id == dispute_id, Obligation.removed_at.is_(None))
        .order_by(Obligation.due_on, Obligation.position, Obligation.id)
    )
    names = {one: party["name"] for one, party in parties.items()}
    return [obligation_of(row, names) for row in session.scalars(wanted)]


def obligation_of(row: Obligation, names: Mapping[int, str]) -> Texts:
    """One promise, by field and as a whole sentence."""
    told = {
        "debtor": names.get(row.debtor_id, ""),
        "creditor": names.get(row.creditor_id, ""),
        "amount": figures(row.amount),
        "amount_capital": capitals(row.amount),
        "act": row.act,
        "manner": row.manner,
        "place": row.place,
        "due_day": day_of(row.due_on),
    }
    return told | {"text": _sentence(told, money=row.kind == ObligationKind.MONEY)}


def _sentence(told: Texts, *, money: bool) -> str:
    """Who owes what to whom until when, as the agreement says it."""
    owed = f"支付人民币{told['amount']}元（大写：{told['amount_capital']}）" if money else f"履行：{told['act']}"
    named = {"履行方式": told["manner"], "履行地点": told["place"]}
    more = "".join(f"，{name}：{value}" for name, value in named.items() if value)
    return f"{told['debtor']}于{told['due_day']}前向{told['creditor']}{owed.rstrip('。')}{more}。"


def person_name(session: Session, person_id: int | None) -> str:
    """A person's name; nothing for nobody."""
    person = session.get(Person, person_id) if person_id is not None else None
    return person.name if person else ""


def label_of(session: Session, list_name: str, code: str) -> str:
    """The Chinese label of a code of the office's own lists."""
    return session.scalar(select(Code.label_zh).where(Code.list_name == list_name, Code.code == code)) or code


def clear(row: DisputeParty, name: str) -> str:
    """A hidden field of a party in clear; only for callers that have checked the right and written the journal."""
    return decrypt(current(), f"dispute_party.{name}", getattr(row, name))


def names_of(rows: Iterable[Texts], side: Side | None = None) -> list[str]:
    """Names of the parties, of one side when asked."""
    return [row["name"] for row in rows if side is None or row["side"] == word_for("side", side)]


def listed(names: Iterable[str]) -> str:
    """甲某、乙某."""
    return "、".join(name.strip() for name in names if name.strip())


def file_number(dispute: Dispute) -> str:
    """（2026）人调字第1号."""
    return f"（{dispute.year}）人调字第{dispute.running}号"


def figures(fen: int) -> str:
    """An amount in fen as yuan in figures; nothing for none."""
    return yuan(fen) if fen else ""


def capitals(fen: int) -> str:
    """An amount in fen in capital numerals; nothing for none."""
    return capital(fen) if fen else ""


def day_of(day: date | None) -> str:
    """2026年11月19日, or a blank to be filled in by hand."""
    return f"{day.year}年{day.month}月{day.day}日" if day else BLANK_DAY
