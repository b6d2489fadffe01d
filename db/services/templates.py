"""Which Word template stands for each form: the office's own in the data folder, else the one that came along."""

import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock, journal
from db.documents import word
from db.documents.forms import Document, Form, built_in, forms, samples_of
from db.documents.word_lines import FIELD
from db.engine import current, reading, transaction
from db.journal import JournalRow
from db.rules.files import extension_of, label_of, why_not_file
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Changed, NotThere, Problem, Problems
from db.services.acts import earlier, guarded, remember
from db.services.files import Upload

# The folder inside the data folder that the backup takes along, and in it what was replaced.
FOLDER, EARLIER = "templates", "earlier"
TEMPLATES = ["code", "job", "number", "zh", "en", "own", "since", "by", "version"]
_OTHER_WORD = frozenset({".doc", ".docm", ".dot", ".dotx", ".dotm", ".wps", ".odt", ".rtf"})
_KEPT = re.compile(r"\d{8}-\d{6}-[0-9a-f]{8}")


@dataclass(frozen=True)
class Earlier:
    """A template of the office's own that was replaced: `kept` names it, `since` and `by` tell who brought it in when.

    `by` is empty when the journal no longer tells.
    """

    kept: str
    since: datetime
    by: str
    until: datetime
    size: int


def standing(form: Form) -> bytes:
    """The template in use: the office's own, else the built-in one."""
    path = _own(form)
    return path.read_bytes() if path.is_file() else built_in(form)


@guarded(Permission.TEMPLATES_MANAGE)
def templates(actor: Actor) -> pd.DataFrame:
    """Every form with the template that stands: columns of TEMPLATES; `since` and `by` only for the office's own."""
    with reading() as session:
        who = _brought_by(session)
    rows = [_row(form) for form in forms().values()]
    told = [(*row[:-1], who.get((row[0], row[-1]), ""), row[-1]) for row in rows]
    return pd.DataFrame(told, columns=TEMPLATES)


@guarded(Permission.TEMPLATES_MANAGE)
def fetch(actor: Actor, *, form: str, original: bool = False, kept: str = "") -> Document:
    """The template in use, the built-in one, or the earlier one `kept` names; raises NotThere."""
    known = _known(form)
    content = _earlier(known, kept).read_bytes() if kept else built_in(known) if original else standing(known)
    with transaction(actor) as session:
        detail: dict[str, object] = {"built_in": original} | ({"kept": kept} if kept else {})
        journal.note(session, "download", tbl="template", pk=form, detail=detail)
    return Document(f"{known.zh}{f' {kept}' if kept else ''}.docx", content)


@guarded(Permission.TEMPLATES_MANAGE)
def sample(actor: Actor, *, form: str) -> Document:
    """The template in use filled in with made-up values, so that nobody's record is needed to try it."""
    known = _known(form)
    content = word.render(standing(known), known, samples_of(known), at=clock.now())
    return Document(f"{known.zh}（样本）.docx", content)


@guarded(Permission.TEMPLATES_MANAGE)
def earlier_ones(actor: Actor, *, form: str) -> tuple[Earlier, ...]:
    """The office's own templates of this form that were replaced, each content once, the newest first."""
    known = _known(form)
    with reading() as session:
        who = _brought_by(session)
    found: dict[str, Earlier] = {}
    for path in sorted((_own(known).parent / EARLIER).glob(f"{_own(known).stem}-*.docx"), reverse=True):
        kept = path.stem.removeprefix(f"{_own(known).stem}-")
        if _KEPT.fullmatch(kept):
            found.setdefault(kept[-8:], _told(known, path, kept, who))
    return tuple(found.values())


@guarded(Permission.TEMPLATES_MANAGE)
def replace(actor: Actor, *, form: str, version: int, upload: Upload | None, key: str) -> int:
    """Take the office's own template after trying it with sample values; answers its version.

    Raises Problems naming the placeholder that is wrong, and Changed. What stood before is kept in the data folder.
    """
    known = _known(form)
    return _put_in_place(actor, known, version, _checked(known, upload), key)


@guarded(Permission.TEMPLATES_MANAGE)
def use_earlier(actor: Actor, *, form: str, kept: str, version: int, key: str) -> int:
    """Use an earlier template of the office's own again, after trying it like a new one; answers its version.

    Raises Problems, NotThere and Changed. What stood before is kept.
    """
    known = _known(form)
    content = _earlier(known, kept).read_bytes()
    word.check_template(content, known, at=clock.now())
    return _put_in_place(actor, known, version, content, key)


@guarded(Permission.TEMPLATES_MANAGE)
def put_back(actor: Actor, *, form: str, version: int, key: str) -> int:
    """Use the built-in template again; the office's own is kept in the data folder. Answers the version."""
    known = _known(form)
    with transaction(actor) as session:
        if earlier(session, key) is None:
            _must_be_seen(known, version)
            journal.note(session, "template_put_back", tbl="template", pk=form)
            remember(session, actor, key, "templates.put_back", form)
            _keep(known)
            _own(known).unlink(missing_ok=True)
    return _row(known)[-1]


def _put_in_place(actor: Actor, form: Form, version: int, content: bytes, key: str) -> int:
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        _must_be_seen(form, version)
        detail: dict[str, object] = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
        journal.note(session, "template_replaced", tbl="template", pk=form.code, detail=detail)
        remember(session, actor, key, "templates.replace", _version(content))
        with _written(content) as part:
            _keep(form)
            part.replace(_own(form))
    return _version(content)


def _brought_by(session: Session) -> dict[tuple[str, int], str]:
    """Who brought in which template: form and version to a name, as far as the journal tells."""
    query = select(JournalRow.pk, JournalRow.after, JournalRow.actor).order_by(JournalRow.seq)
    query = query.where(JournalRow.tbl == "template", JournalRow.event == "template_replaced")
    return {(pk, int(json.loads(after)["sha256"][:8], 16)): name for pk, after, name in session.execute(query) if after}


def _earlier(form: Form, kept: str) -> Path:
    """The file of an earlier template; raises NotThere."""
    path = _own(form).parent / EARLIER / f"{_own(form).stem}-{kept}.docx"
    if not _KEPT.fullmatch(kept) or not path.is_file():
        raise NotThere(f"template {form.code} {kept}")
    return path


def _told(form: Form, path: Path, kept: str, who: dict[tuple[str, int], str]) -> Earlier:
    state = path.stat()
    return Earlier(
        kept=kept,
        since=datetime.fromtimestamp(state.st_mtime, UTC),
        by=who.get((form.code, int(kept[-8:], 16)), ""),
        until=datetime.strptime(kept[:15], "%Y%m%d-%H%M%S").replace(tzinfo=UTC),
        size=state.st_size,
    )


def _checked(form: Form, upload: Upload | None) -> bytes:
    if upload is None:
        raise Problems(Problem(FIELD, N_("Choose a Word file (.docx).")))
    if extension_of(upload.name) in _OTHER_WORD:
        raise Problems(
            Problem(FIELD, N_("{name}: open it in Word and save it as .docx."), {"name": label_of(upload.name)})
        )
    if extension_of(upload.name) != ".docx":
        raise Problems(Problem(FIELD, N_("Choose a Word file (.docx).")))
    megabytes = current().settings.upload_megabytes
    if why := why_not_file(upload.name, upload.content, megabytes):
        raise Problems(Problem(FIELD, why, {"name": label_of(upload.name), "megabytes": megabytes}))
    word.check_template(upload.content, form, at=clock.now())
    return upload.content


def _known(form: str) -> Form:
    if form not in forms():
        raise NotThere(f"form {form}")
    return forms()[form]


def _row(form: Form) -> tuple[str, str, int, str, str, bool, datetime | None, int]:
    path = _own(form)
    own = path.is_file()
    since = datetime.fromtimestamp(path.stat().st_mtime, UTC) if own else None
    return form.code, form.job, form.number, form.zh, form.en, own, since, _version(path.read_bytes()) if own else 0


def _version(content: bytes) -> int:
    """A number that changes with the content; the built-in template's is 0."""
    return int(hashlib.sha256(content).hexdigest()[:8], 16)


def _must_be_seen(form: Form, version: int) -> None:
    stands = _row(form)[-1]
    if stands != version:
        raise Changed(theirs={}, mine={}, version=stands)


def _own(form: Form) -> Path:
    return current().settings.folder / FOLDER / form.file


@contextmanager
def _written(content: bytes) -> Iterator[Path]:
    """The content safely on the disk under a passing name, dated by the office's clock."""
    folder = current().settings.folder / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = folder / f".{secrets.token_hex(8)}"
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        now = clock.now().timestamp()
        os.utime(part, (now, now))
        yield part
    finally:
        part.unlink(missing_ok=True)


def _keep(form: Form) -> None:
    """A copy of the office's own template that stands, where nothing uses it."""
    path = _own(form)
    if path.is_file():
        kept = path.parent / EARLIER
        kept.mkdir(exist_ok=True, mode=0o700)
        shutil.copy2(path, kept / f"{path.stem}-{clock.now():%Y%m%d-%H%M%S}-{_version(path.read_bytes()):08x}.docx")
