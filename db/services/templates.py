"""Which Word template stands for each form: the office's own in the data folder, else the one that came along."""

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from db import clock, journal
from db.documents import word
from db.documents.forms import Form, built_in, forms
from db.engine import current, transaction
from db.rules.files import extension_of, why_not_file
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Changed, NotThere, Problem, Problems
from db.services.acts import earlier, guarded, remember
from db.services.files import Upload

# The folder inside the data folder that the backup takes along, and in it what was replaced.
FOLDER, EARLIER = "templates", "earlier"
TEMPLATES = ["code", "number", "zh", "en", "own", "since", "version"]


@dataclass(frozen=True)
class Template:
    """A template to be sent out."""

    name: str
    content: bytes


def standing(form: Form) -> bytes:
    """The template in use: the office's own, else the built-in one."""
    path = _own(form)
    return path.read_bytes() if path.is_file() else built_in(form)


@guarded(Permission.TEMPLATES_MANAGE)
def templates(actor: Actor) -> pd.DataFrame:
    """Every form with the template that stands: columns of TEMPLATES; `since` only for the office's own."""
    return pd.DataFrame([_row(form) for form in forms().values()], columns=TEMPLATES)


@guarded(Permission.TEMPLATES_MANAGE)
def fetch(actor: Actor, *, form: str, original: bool = False) -> Template:
    """The template in use, or the built-in one; raises NotThere."""
    known = _known(form)
    with transaction(actor) as session:
        journal.note(session, "download", tbl="template", pk=form, detail={"built_in": original})
    return Template(f"{known.zh}.docx", built_in(known) if original else standing(known))


@guarded(Permission.TEMPLATES_MANAGE)
def replace(actor: Actor, *, form: str, version: int, upload: Upload | None, key: str) -> int:
    """Take the office's own template after trying it with sample values; answers its version.

    Raises Problems naming the placeholder that is wrong, and Changed. What stood before is kept in the data folder.
    """
    known = _known(form)
    content = _checked(known, upload)
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        _must_be_seen(known, version)
        detail: dict[str, object] = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
        journal.note(session, "template_replaced", tbl="template", pk=form, detail=detail)
        remember(session, actor, key, "templates.replace", _version(content))
        with _written(content) as part:
            _keep(known)
            part.replace(_own(known))
    return _version(content)


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


def _checked(form: Form, upload: Upload | None) -> bytes:
    if upload is None:
        raise Problems(Problem(word.FIELD, N_("Choose a Word file (.docx).")))
    if extension_of(upload.name) != ".docx":
        raise Problems(Problem(word.FIELD, N_("Choose a Word file (.docx).")))
    megabytes = current().settings.upload_megabytes
    if why := why_not_file(upload.name, upload.content, megabytes):
        raise Problems(Problem(word.FIELD, why, {"name": upload.name, "megabytes": megabytes}))
    word.check_template(upload.content, form, at=clock.now())
    return upload.content


def _known(form: str) -> Form:
    if form not in forms():
        raise NotThere(f"form {form}")
    return forms()[form]


def _row(form: Form) -> tuple[str, int, str, str, bool, datetime | None, int]:
    path = _own(form)
    own = path.is_file()
    since = datetime.fromtimestamp(path.stat().st_mtime, UTC) if own else None
    return form.code, form.number, form.zh, form.en, own, since, _version(path.read_bytes()) if own else 0


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
