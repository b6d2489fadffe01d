"""One form for many cases: made in the background, kept for its owner to fetch once, each printing journalled.

What was asked outlives the process: a batch a restart broke off is told as such and can be made again.
"""

import logging
import secrets
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import and_, select

from db import clock
from db.documents import word
from db.documents.folder import zipped
from db.documents.forms import Form, forms_of_cases
from db.documents.merging import together
from db.documents.names import file_name, unlike
from db.engine import Database, current, reading, using
from db.models import Case
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, LinliError, NotThere, Problem, Problems
from db.services.acts import guarded
from db.services.cases import papers
from db.services.cases.lists import REGISTER, Choice, choice_in_sql
from db.services.exports import Kind, asked_in, fetched, put_anew, put_by, row_of, take_turn, waiting
from db.services.ledgers.contents import limits
from db.services.ledgers.of_cases import open_to_ledgers
from db.settings import Settings

LOG = logging.getLogger(__name__)
FOLDER = "batches"
ZIP = "application/zip"
_SHORT = 24
# How long a batch may take, and one that broke off is offered again.
LONGEST = timedelta(hours=1)


@dataclass
class Progress:
    """How far a batch is; `token` once it can be fetched. `nothing` are cases there was nothing to put on the form.

    `broken_off`: nobody is at it any more, and nothing was kept.
    """

    owner_id: int | None
    total: int
    done: int = 0
    made: int = 0
    nothing: list[str] = field(default_factory=list)
    token: str = ""
    failed: bool = False
    broken_off: bool = False
    asked: Mapping[str, object] = field(default_factory=dict)
    began_at: datetime = field(default_factory=clock.now)

    @property
    def over(self) -> bool:
        """Whether nothing more happens."""
        return bool(self.token) or self.failed or self.broken_off or (self.done >= self.total and not self.made)


@dataclass(frozen=True)
class Made:
    """The file of a batch."""

    name: str
    content: bytes
    media_type: str


_running: dict[str, Progress] = {}
_lock = threading.Lock()


@guarded(Permission.LEDGERS_EXPORT)
def forms(actor: Actor) -> Mapping[str, Form]:
    """The forms a batch can be made of, in the order of a matter's way."""
    return {code: form for code, form in forms_of_cases().items() if form.of != "receipt"}


@guarded(Permission.LEDGERS_EXPORT)
def chosen(actor: Actor, *, choice: Choice, case_ids: Sequence[int] = ()) -> tuple[list[int], int]:
    """The cases of a choice, or those ticked, that may leave, and how many are left out; never a sealed one."""
    most = limits()["batch"]
    with reading() as session:
        asked = Case.id.in_(list(case_ids)) if case_ids else choice_in_sql(session, actor, choice)
        ids = REGISTER.ids(session, and_(asked, open_to_ledgers(actor)), choice, most + 1)
        every = len(case_ids) or REGISTER.count(session, asked, most + 1)
    return ids, max(every - len(ids), 0)


@guarded(Permission.LEDGERS_EXPORT)
def start(
    actor: Actor, *, case_ids: Sequence[int], form: str, one_document: bool = False, identities: bool = False
) -> str:
    """Begin to make them; answers the id to ask `state` for, the same one while the same is being made for this person.

    Raises Refused, NotThere, Problems and TooMany.
    """
    if form not in forms_of_cases() or forms_of_cases()[form].of == "receipt":
        raise NotThere(f"form {form}")
    if identities:
        actor.must(Permission.CASES_EXPORT_PLAIN)
    most = limits()["batch"]
    if not case_ids:
        raise Problems(Problem("", N_("No matter is chosen.")))
    if len(case_ids) > most:
        raise Problems(Problem("", N_("At most {most} matters at once. Narrow the list down."), {"most": most}))
    with reading() as session:
        wanted = and_(Case.id.in_(list(case_ids)), open_to_ledgers(actor, plain=identities))
        rows = {
            row.id: (row.number, row.subject)
            for row in session.execute(select(Case.id, Case.number, Case.subject).where(wanted))
        }
    if set(rows) != set(case_ids):
        raise NotThere("case of a batch")
    asked: dict[str, object] = {"case_ids": list(case_ids), "form": form}
    asked |= {"one_document": one_document, "identities": identities}
    with _lock:
        for batch_id, progress in _running.items():
            if progress.owner_id == actor.id and progress.asked == asked and not progress.over:
                return batch_id
        take_turn(Permission.LEDGERS_EXPORT, actor)
        _tidy()
        batch_id, progress = secrets.token_urlsafe(32), Progress(actor.id, len(case_ids), asked=asked)
        told = asked | {"id": batch_id}
        put_by(actor, Kind.BATCH, told, len(case_ids), plain=identities, token=batch_id, kept=LONGEST)
        _running[batch_id] = progress
    cases = [(one, *rows[one]) for one in case_ids]
    job = _Job(current(), actor, batch_id, form, cases, one_document, identities, progress)
    threading.Thread(target=job.run, name=f"batch {form}", daemon=True).start()
    return batch_id


@guarded(Permission.LEDGERS_EXPORT)
def again(actor: Actor, *, batch_id: str) -> str:
    """Make a batch that broke off anew, as it was asked for; answers its id. Raises what `start` does."""
    stands = state(actor, batch_id=batch_id)
    if not stands.broken_off:
        return batch_id
    anew = start(actor, **stands.asked)  # type: ignore[arg-type]
    put_anew(actor, batch_id, Kind.BATCH, None)
    return anew


@guarded(Permission.LEDGERS_EXPORT)
def latest(actor: Actor) -> tuple[str, Progress] | None:
    """The batch this person began last and has not fetched, with its id: under way, ready or broken off."""
    with reading() as session:
        row = waiting(session, actor, Kind.BATCH)
        batch_id = asked_in(row)["id"] if row is not None else None
    return None if batch_id is None else (batch_id, state(actor, batch_id=batch_id))


@guarded(Permission.LEDGERS_EXPORT)
def state(actor: Actor, *, batch_id: str) -> Progress:
    """How far it is; raises NotThere for every batch that is not this person's."""
    progress = _running.get(batch_id)
    if progress is not None and progress.owner_id == actor.id:
        return progress
    with reading() as session:
        row = row_of(session, actor, batch_id, Kind.BATCH)
        asked, began_at = asked_in(row), row.created_at
    kept = "file" in asked
    with current().alone(_turn(batch_id)) as nobody_is_at_it:
        broken_off = not kept and nobody_is_at_it
    return Progress(
        actor.id,
        total=len(asked["case_ids"]),
        done=len(asked["case_ids"]) if kept else 0,
        made=asked["rows"] if kept else 0,
        token=batch_id if kept else "",
        broken_off=broken_off,
        asked={name: asked[name] for name in ("case_ids", "form", "one_document", "identities")},
        began_at=began_at,
    )


@guarded(Permission.LEDGERS_EXPORT)
def fetch(actor: Actor, *, token: str) -> Made:
    """The file, once, for its owner only; raises NotThere, and Refused for names they may not take any more."""
    with reading() as session:
        asked = asked_in(row_of(session, actor, token, Kind.BATCH))
    if asked["identities"]:
        actor.must(Permission.CASES_EXPORT_PLAIN)
    path = _folder() / str(asked.get("file", "-"))
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise NotThere("export") from None
    detail = {name: asked[name] for name in ("form", "rows", "identities", "one_document")}
    fetched(actor, token, Kind.BATCH, tbl="case_file", detail=detail)
    path.unlink(missing_ok=True)
    return Made(str(asked["name"]), content, word.MEDIA_TYPE if asked["one_document"] else ZIP)


@dataclass(frozen=True)
class _Job:
    """A batch being made, outside any session of a browser."""

    database: Database
    actor: Actor
    batch_id: str
    form: str
    cases: list[tuple[int, str, str]]
    one_document: bool
    identities: bool
    progress: Progress

    def run(self) -> None:
        try:
            with using(self.database), self.database.alone(_turn(self.batch_id)):
                self._make()
        except Exception:  # told on the screen; a thread has nobody else to tell
            LOG.exception("a batch of forms failed")
            self.progress.failed = True

    def _make(self) -> None:
        found: list[tuple[str, bytes]] = []
        taken: set[str] = set()
        for case_id, number, subject in self.cases:
            made = [(offer.unit, self._one(case_id, offer)) for offer in self._offers(case_id)]
            for unit, content in made:
                found.append((unlike(self._name(number, subject, unit), taken), content))
            if not made:
                self.progress.nothing.append(number)
            self.progress.made += bool(made)
            self.progress.done += 1
        if found:
            self._keep(found)
        else:
            put_anew(self.actor, self.batch_id, Kind.BATCH, None)

    def _offers(self, case_id: int) -> list[papers.Offer]:
        try:
            return [one for one in papers.offers(self.actor, case_id=case_id) if one.form.code == self.form]
        except LinliError:
            return []

    def _one(self, case_id: int, offer: papers.Offer) -> bytes:
        told = {"form": self.form, "case_id": case_id, "of": offer.of, "identities": self.identities}
        return papers.document(self.actor, **told).content  # type: ignore[arg-type]

    def _name(self, number: str, subject: str, unit: str) -> str:
        parts = (number, subject[:_SHORT].strip(), unit, forms_of_cases()[self.form].zh)
        return file_name(f"{'_'.join(part for part in parts if part)}.docx")

    def _keep(self, found: list[tuple[str, bytes]]) -> None:
        title = f"{forms_of_cases()[self.form].zh} {len(self.cases)}"
        content = together([one for _, one in found]) if self.one_document else zipped(found)
        folder, name = _folder(), secrets.token_hex(16)
        folder.mkdir(mode=0o700, exist_ok=True)
        (folder / name).touch(mode=0o600)
        (folder / name).write_bytes(content)
        made = {"file": name, "name": file_name(f"{title}.{'docx' if self.one_document else 'zip'}")}
        asked = {**self.progress.asked, **made, "id": self.batch_id, "rows": len(found)}
        put_anew(self.actor, self.batch_id, Kind.BATCH, asked)
        self.progress.token = self.batch_id


def _turn(batch_id: str) -> str:
    return f"batch {batch_id}"


def forget_unfetched(settings: Settings) -> None:
    """Files nobody fetched in time hold residents' names for nothing."""
    until = _until().timestamp()
    for path in (settings.folder / FOLDER).glob("*"):
        if path.stat().st_mtime < until:
            path.unlink(missing_ok=True)


def _folder() -> Path:
    return current().settings.folder / FOLDER


def _until() -> datetime:
    return clock.now() - timedelta(minutes=limits()["batch_minutes"])


def _tidy() -> None:
    until = _until()
    for batch_id in [one for one, progress in _running.items() if progress.began_at < until and progress.over]:
        del _running[batch_id]
    forget_unfetched(current().settings)
