"""Facts about the office and the versions of its privacy notice."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock
from db.engine import current, reading, transaction
from db.models import OfficeFact, PrivacyNotice
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Check
from db.services.acts import earlier, guarded, remember
from db.services.records import seen

FACTS: Mapping[str, str] = {
    "name": N_("Name of the office"),
    "address": N_("Address"),
    "telephone": N_("Telephone"),
    "reception_hours": N_("Reception hours"),
    "closing_time": N_("Closing time (due times of day)"),
}
ROWS = ["id", "version", "name", "value"]
NOTICES = ["id", "effective_from", "created_at", "text_zh", "text_en"]


@dataclass(frozen=True)
class Facts:
    """What receipts, notices and due times say about the office."""

    name: str
    address: str
    telephone: str
    reception_hours: str
    closing_time: time


@dataclass(frozen=True)
class Notice:
    """One version of the privacy notice, its places filled with the office's facts."""

    id: int
    effective_from: date
    text_zh: str
    text_en: str


def facts_of(session: Session) -> Facts:
    """The office's facts; empty texts where nobody filled them in."""
    found = dict(session.execute(select(OfficeFact.name, OfficeFact.value).where(OfficeFact.name.in_(FACTS))).all())
    texts = {name: str(found.get(name, "")) for name in FACTS}
    return Facts(**(texts | {"closing_time": time.fromisoformat(texts["closing_time"] or "17:00")}))  # type: ignore[arg-type]


def notice_of(session: Session, notice_id: int | None = None) -> Notice | None:
    """One version of the notice, or the one in force today; None before presets were loaded."""
    rows = select(PrivacyNotice)
    if notice_id is not None:
        rows = rows.where(PrivacyNotice.id == notice_id)
    else:
        today = clock.today(current().settings.timezone)
        rows = rows.where(PrivacyNotice.effective_from <= today)
    latest = rows.order_by(PrivacyNotice.effective_from.desc(), PrivacyNotice.id.desc()).limit(1)
    row = session.scalar(latest)
    if row is None:
        return None
    facts = facts_of(session)
    places = {"{office}": facts.name, "{address}": facts.address, "{telephone}": facts.telephone}
    zh, en = row.text_zh, row.text_en
    for place, value in places.items():
        zh, en = zh.replace(place, value or "—"), en.replace(place, value or "–")
    return Notice(row.id, row.effective_from, zh, en)


@guarded(Permission.ACCOUNT_OWN)
def facts(actor: Actor) -> Facts:
    """The office's facts, for anybody who works here."""
    with reading() as session:
        return facts_of(session)


@guarded(Permission.ACCOUNT_OWN)
def notice(actor: Actor, *, notice_id: int | None = None) -> Notice | None:
    """The privacy notice in force, or an earlier version a record was taken in under."""
    with reading() as session:
        return notice_of(session, notice_id)


@guarded(Permission.CODES_MANAGE)
def fact_rows(actor: Actor) -> pd.DataFrame:
    """The facts with their versions, in the order of FACTS: columns of ROWS."""
    rows = select(*(getattr(OfficeFact, name) for name in ROWS)).where(OfficeFact.name.in_(FACTS))
    with reading() as session:
        frame = pd.DataFrame([tuple(row) for row in session.execute(rows)], columns=ROWS)
    return frame.sort_values("name", key=lambda names: names.map(list(FACTS).index), ignore_index=True)


@guarded(Permission.CODES_MANAGE)
def edit_fact(actor: Actor, *, fact_id: int, version: int, value: str, key: str) -> int:
    """Change one fact; answers its new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        row = seen(session, OfficeFact, fact_id, version, {"value": value.strip()})
        check = Check()
        check.that(row.name in FACTS, "value", "This is not a fact about the office.")
        check.that(len(value) <= 200, "value", "At most {most} characters.", most=200)
        if row.name == "closing_time":
            check.that(_is_time(value), "value", "Give a time of day such as 17:00.")
        check.done()
        row.value = value.strip()
        session.flush()
        remember(session, actor, key, "office.edit_fact", row.version)
        return row.version


@guarded(Permission.CODES_MANAGE)
def notices(actor: Actor) -> pd.DataFrame:
    """Every version of the privacy notice, newest first: columns of NOTICES."""
    rows = select(*(getattr(PrivacyNotice, name) for name in NOTICES))
    rows = rows.order_by(PrivacyNotice.effective_from.desc(), PrivacyNotice.id.desc())
    with reading() as session:
        return pd.DataFrame([tuple(row) for row in session.execute(rows)], columns=NOTICES)


@guarded(Permission.CODES_MANAGE)
def add_notice(actor: Actor, *, text_zh: str, text_en: str, effective_from: date | None, key: str) -> int:
    """A new version of the notice from a day not past; earlier ones stay. Answers its id."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        check = Check()
        check.that(len(text_zh.strip()) >= 50, "text_zh", "The notice is too short to say what it must.")
        check.that(len(text_en.strip()) >= 50, "text_en", "The notice is too short to say what it must.")
        today = clock.today(current().settings.timezone)
        day = effective_from or date.min
        check.that(day >= today, "effective_from", "A notice can't be in force before today.")
        check.done()
        row = PrivacyNotice(
            text_zh=text_zh.strip(),
            text_en=text_en.strip(),
            effective_from=day,
            created_at=clock.now(),
        )
        session.add(row)
        session.flush()
        remember(session, actor, key, "office.add_notice", row.id)
        return row.id


def _is_time(value: str) -> bool:
    try:
        time.fromisoformat(value.strip())
    except ValueError:
        return False
    return len(value.strip()) == 5
