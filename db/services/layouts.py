"""Superiors' layouts: an Excel or Word file of theirs that is filled from a register, without code."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock
from db.documents import layout_book, word
from db.engine import current, reading, transaction
from db.models import Layout
from db.rules.files import extension_of, label_of, why_not_file
from db.rules.layouts import ROW, Plan, check_plan, plan_of
from db.rules.ledgers import REGISTERS, Field, Register
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Check, NotThere, Problem, Problems
from db.services.acts import earlier, guarded, remember
from db.services.exports import Asked, Kind, asked_in, fetched, put_by, row_of, take_turn
from db.services.files import Upload
from db.services.ledgers import of_cases, of_disputes, of_works
from db.services.ledgers.asking import Choice, Line, Source, asked_of, check_choice, restored
from db.services.ledgers.contents import limits
from db.services.ledgers.exports import note_names
from db.services.office import Facts, facts_of
from db.services.records import fill, seen

LAYOUTS = ["id", "version", "name", "register", "file_name", "saved_at", "removed_at"]
SOURCES: Mapping[Register, Source] = {
    Register.CASES: of_cases.MATTERS,
    Register.DISPUTES: of_disputes.DISPUTES,
    Register.SUPERVISION: of_cases.NOTICES,
    Register.WORKS: of_works.WORKS,
}
ENDINGS = (".xlsx", ".docx")
LONGEST_NAME = 60
# What any layout may say beside its rows.
WORDS = ("office", "begins", "ends", "today", "count")


@dataclass(frozen=True)
class Seen:
    """One layout: what it is, its plan, and for Excel its first rows as text."""

    id: int
    version: int
    name: str
    register: Register
    file_name: str
    plan: Plan
    grid: list[list[str]]

    @property
    def is_word(self) -> bool:
        """Whether it is a Word document."""
        return self.file_name.lower().endswith(".docx")


@dataclass(frozen=True)
class Taken:
    """A layout to be filled: its file and plan, the lines of its register, and how it was asked for."""

    layout: Seen
    content: bytes
    lines: list[Line]
    office: Facts
    choice: Choice
    language: str


@guarded(Permission.ACCOUNT_OWN)
def layouts(actor: Actor, *, removed: bool = False) -> pd.DataFrame:
    """The layouts somebody may manage, or use for a register they read: columns of LAYOUTS; removed ones on request."""
    manages, uses = actor.may(Permission.TEMPLATES_MANAGE), actor.may(Permission.LEDGERS_EXPORT)
    with reading() as session:
        query = select(*(getattr(Layout, name) for name in LAYOUTS)).order_by(Layout.name, Layout.id)
        if not (removed and manages):
            query = query.where(Layout.removed_at.is_(None))
        rows = [tuple(row) for row in session.execute(query)]
    frame = pd.DataFrame(rows, columns=LAYOUTS)
    mine = [manages or (uses and actor.may(SOURCES[Register(one)].permission)) for one in frame["register"]]
    return frame[mine].reset_index(drop=True)


@guarded(Permission.TEMPLATES_MANAGE)
def layout(actor: Actor, *, layout_id: int) -> Seen:
    """One layout; raises NotThere."""
    with reading() as session:
        return _seen(_found(session, layout_id))


@guarded(Permission.TEMPLATES_MANAGE)
def add(actor: Actor, *, name: str, register: str, upload: Upload | None, key: str) -> int:
    """Take a superior's file; answers the layout's id. A hostile file is refused with a sentence."""
    with reading() as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
    check = Check()
    check.that(0 < len(name.strip()) <= LONGEST_NAME, "name", N_("Give it a name."))
    check.that(register in set(Register), "register", N_("This is not one of the choices."))
    check.done()
    content = _checked(upload, register)
    with transaction(actor) as session:
        row = Layout(
            name=name.strip(),
            register=register,
            file_name=label_of(upload.name) if upload else "",
            content=content,
            document=json.dumps(asdict(Plan())),
            saved_at=clock.now(),
            saved_by_id=actor.id,
        )
        session.add(row)
        session.flush()
        remember(session, actor, key, "layouts.add", row.id)
        return row.id


@guarded(Permission.TEMPLATES_MANAGE)
def edit(actor: Actor, *, layout_id: int, version: int, name: str, plan: Plan | None = None, key: str) -> int:
    """Say where the rows begin and what each column takes; answers the new version. Raises Problems and Changed."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        row = seen(session, Layout, layout_id, version, {"name": name})
        check = Check()
        check.that(0 < len(name.strip()) <= LONGEST_NAME, "name", N_("Give it a name."))
        check.done()
        values: dict[str, object] = {"name": name.strip(), "saved_at": clock.now(), "saved_by_id": actor.id}
        if plan is not None:
            check_plan(plan, row.register)
            values["document"] = json.dumps(asdict(plan), ensure_ascii=False)
        fill(row, values)
        session.flush()
        remember(session, actor, key, "layouts.edit", row.version)
        return row.version


@guarded(Permission.TEMPLATES_MANAGE)
def remove(actor: Actor, *, layout_id: int, version: int, key: str) -> int:
    """Take a layout out of use; it can be put back. Answers its new version."""
    return _mark(actor, layout_id, version, key, removed=True)


@guarded(Permission.TEMPLATES_MANAGE)
def put_back(actor: Actor, *, layout_id: int, version: int, key: str) -> int:
    """Use a removed layout again; answers its new version."""
    return _mark(actor, layout_id, version, key, removed=False)


@guarded(Permission.TEMPLATES_MANAGE)
def sample(actor: Actor, *, layout_id: int) -> tuple[Seen, bytes, list[Line]]:
    """A layout with its file and made-up lines to try it with; nobody's record is needed."""
    with reading() as session:
        row = _found(session, layout_id)
        return _seen(row), row.content, samples(Register(row.register))


@guarded(Permission.LEDGERS_EXPORT)
def ask(actor: Actor, *, layout_id: int, choice: Choice, language: str) -> Asked:
    """Prepare a layout filled from its register to be fetched once; raises NotThere, Refused, Problems or TooMany."""
    take_turn(Permission.LEDGERS_EXPORT, actor)
    with reading() as session:
        shown, source = _usable(session, actor, layout_id, choice)
        most = limits()["plain" if choice.plain else "rows"]
        count = source.count(session, actor, asked_of(session, actor, choice), most + 1)
    if count > most:
        raise Problems(Problem("", N_("At most {most} rows at once. Choose fewer days."), {"most": most}))
    if not shown.is_word and not shown.plan.columns:
        raise Problems(Problem("", N_("Nobody has said yet which column of this layout takes what.")))
    asked = {"layout_id": layout_id, "choice": asdict(choice), "language": language}
    return put_by(actor, Kind.LAYOUT, asked, count, plain=choice.plain)


@guarded(Permission.LEDGERS_EXPORT)
def fetch(actor: Actor, *, token: str) -> Taken:
    """The lines as they stand now, once, for their owner only; raises NotThere."""
    with reading() as session:
        asked = asked_in(row_of(session, actor, token, Kind.LAYOUT))
        choice = restored(asked["choice"])
        shown, source = _usable(session, actor, asked["layout_id"], choice)
        content = session.get_one(Layout, shown.id).content
        most = limits()["plain" if choice.plain else "rows"]
        lines = source.rows(session, actor, asked_of(session, actor, choice), most)
        office = facts_of(session)
    detail = {"layout": shown.name, "register": shown.register.value, "rows": len(lines), "plain": choice.plain}
    fetched(actor, token, Kind.LAYOUT, tbl="layout", pk=shown.id, detail=detail)
    if choice.plain:
        table = "dispute" if shown.register is Register.DISPUTES else "case_file"
        note_names(actor, table, [line["id"] for line in lines])
    return Taken(shown, content, lines, office, choice, asked["language"])


def shape_of(register: Register) -> dict[str, frozenset[str] | None]:
    """What a Word layout of a register may fill in: words beside the rows, and fields of a row."""
    return dict.fromkeys(WORDS) | {"rows": frozenset({ROW, *REGISTERS[register]})}


def samples(register: Register, count: int = 3) -> list[Line]:
    """Made-up lines: every text says what it stands for."""
    today = clock.today(current().settings.timezone)
    return [{name: _sample(field, n, today) for name, field in REGISTERS[register].items()} for n in range(count)]


def _sample(field: Field, n: int, today: date) -> Any:
    if field.name.endswith(("_on", "_by", "_day")):
        return today - timedelta(days=n)
    if field.name in ("head_count", "absent"):
        return n + 1
    if field.said == "fen":
        return 123_456 * (n + 1)
    return "" if field.said else f"{field.name} {n + 1}"


def _usable(session: Session, actor: Actor, layout_id: int, choice: Choice) -> tuple[Seen, Source]:
    row = _found(session, layout_id)
    if row.removed_at is not None:
        raise NotThere(f"layout {layout_id}")
    register = Register(row.register)
    source = SOURCES[register]
    actor.must(source.permission)
    check_choice(choice, REGISTERS[register].values())
    return _seen(row), source


def _found(session: Session, layout_id: int) -> Layout:
    row = session.get(Layout, layout_id)
    if row is None:
        raise NotThere(f"layout {layout_id}")
    return row


def _seen(row: Layout) -> Seen:
    grid = [] if row.file_name.lower().endswith(".docx") else layout_book.grid_of(row.content)
    plan = plan_of(json.loads(row.document))
    return Seen(row.id, row.version, row.name, Register(row.register), row.file_name, plan, grid)


def _mark(actor: Actor, layout_id: int, version: int, key: str, *, removed: bool) -> int:
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        row = seen(session, Layout, layout_id, version, {})
        row.removed_at = clock.now() if removed else None
        session.flush()
        remember(session, actor, key, "layouts.mark", row.version)
        return row.version


def _checked(upload: Upload | None, register: str) -> bytes:
    if upload is None or extension_of(upload.name) not in ENDINGS:
        raise Problems(Problem("upload", N_("Choose an Excel or Word file (.xlsx or .docx).")))
    megabytes = current().settings.upload_megabytes
    if why := why_not_file(upload.name, upload.content, megabytes):
        raise Problems(Problem("upload", why, {"name": label_of(upload.name), "megabytes": megabytes}))
    if extension_of(upload.name) == ".xlsx":
        layout_book.check_book(upload.content)
    else:
        word.fill(upload.content, shape_of(Register(register)), told_words({}, []))
    return upload.content


def told_words(words: Mapping[str, str], rows: Sequence[Mapping[str, str]]) -> dict[str, object]:
    """Everything a Word layout fills in; what is not said is empty."""
    return {name: words.get(name, "") for name in WORDS} | {"rows": list(rows)}
