"""Files of a case: checked by content, images written anew, kept under random names, given out after a rights check."""

import contextlib
import hashlib
import io
import os
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import clock, journal
from db.engine import current, reading, transaction
from db.models import Attachment, Case
from db.rules.files import KINDS, MOST_PER_CASE, extension_of, label_of, why_not_file
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Check, NotThere, Problem, Problems, Refused
from db.services.acts import earlier, guarded, remember
from db.services.cases.scope import load, visible
from db.services.records import seen

# The folder inside the data folder that the backup takes along.
FOLDER = "files"
MOST_PIXELS = 60_000_000
_IMAGES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
_MAY_ADD = (Permission.CASES_EDIT, Permission.CASES_HANDLE, Permission.CASES_SIGN)


@dataclass(frozen=True)
class Upload:
    """A file as somebody hands it in; `name` is only a label."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Checked:
    """A file that may be kept, its content as it will be kept."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Stored:
    """A checked file that lies on the disk."""

    name: str
    media_type: str
    stored_name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Fetched:
    """A file to be sent out: where it lies and what it is called."""

    path: Path
    name: str
    media_type: str


def checked(uploads: Sequence[Upload]) -> tuple[Checked, ...]:
    """Every file checked and images written anew without where and when they were taken; raises Problems."""
    megabytes = current().settings.upload_megabytes
    problems: list[Problem] = []
    good: list[Checked] = []
    if len(uploads) > MOST_PER_CASE:
        raise Problems(Problem("files", N_("At most {most} files."), {"most": MOST_PER_CASE}))
    for upload in uploads:
        name = label_of(upload.name)
        why = why_not_file(name, upload.content, megabytes)
        media_type = KINDS[extension_of(name)].media_type if not why else ""
        content = upload.content
        if media_type in _IMAGES:
            content = _image_anew(content, _IMAGES[media_type])
            why = "" if content else N_("{name} is damaged or too large to be opened.")
        if why:
            problems.append(Problem("files", why, {"name": name, "megabytes": megabytes}))
        else:
            good.append(Checked(name, media_type, content))
    if problems:
        raise Problems(*problems)
    return tuple(good)


def _image_anew(content: bytes, form: str) -> bytes:
    """The same picture, turned upright, with nothing else in the file; empty when it is no sound picture."""
    try:
        with Image.open(io.BytesIO(content), formats=(form,)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return b""
            upright = ImageOps.exif_transpose(picture)
            upright.info = {}
            out = io.BytesIO()
            if form == "JPEG":
                upright.convert("RGB").save(out, form, quality=88)
            else:
                upright.save(out, form)
            return out.getvalue()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return b""


@contextlib.contextmanager
def stored(files: Sequence[Checked]) -> Iterator[tuple[Stored, ...]]:
    """The files written to the disk under random names; taken away again when the block fails."""
    folder = current().settings.folder / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    written: list[Path] = []
    try:
        rows = []
        for file in files:
            path = folder / secrets.token_hex(16)
            written.append(path)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                out.write(file.content)
                out.flush()
                os.fsync(out.fileno())
            digest = hashlib.sha256(file.content).hexdigest()
            rows.append(Stored(file.name, file.media_type, path.name, len(file.content), digest))
        yield tuple(rows)
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise


def add_rows(
    session: Session, actor: Actor, case_id: int, files: Sequence[Stored], *, internal: bool
) -> tuple[int, ...]:
    """Attach stored files inside the caller's transaction; raises Problems when the case holds too many."""
    check = Check()
    fine = count_of(session, case_id) + len(files) <= MOST_PER_CASE
    check.that(fine, "files", N_("A case holds at most {most} files."), most=MOST_PER_CASE)
    check.done()
    rows = [
        Attachment(
            case_id=case_id,
            stored_name=file.stored_name,
            name=file.name,
            media_type=file.media_type,
            size=file.size,
            sha256=file.sha256,
            internal=internal,
            uploaded_by_id=actor.id,
            uploaded_at=clock.now(),
        )
        for file in files
    ]
    session.add_all(rows)
    session.flush()
    return tuple(row.id for row in rows)


def count_of(session: Session, case_id: int) -> int:
    """How many files a case holds now."""
    held = select(func.count()).select_from(Attachment)
    return session.scalar(held.where(Attachment.case_id == case_id, Attachment.removed_at.is_(None))) or 0


@guarded(Permission.CASES_READ)
def attach(
    actor: Actor, *, case_id: int, uploads: Sequence[Upload], internal: bool = True, key: str
) -> tuple[int, ...]:
    """Attach files to a case one may edit, handle or sign; answers their ids. Raises Problems."""
    with reading() as session:
        _loaded(session, actor, case_id)
        if (done := earlier(session, key)) is not None:
            return tuple(done)
    with stored(checked(uploads)) as files, transaction(actor) as session:
        case = _loaded(session, actor, case_id)
        if earlier(session, key) is not None:
            raise Problems(Problem("files", N_("These files are already attached.")))
        ids = add_rows(session, actor, case.id, files, internal=internal)
        remember(session, actor, key, "files.attach", ids)
        return ids


@guarded(Permission.MEDIATION_READ)
def attach_to_dispute(
    actor: Actor, *, dispute_id: int, uploads: Sequence[Upload], internal: bool = True, key: str
) -> tuple[int, ...]:
    """Attach files to a dispute one keeps; answers their ids. Raises Problems."""
    raise NotImplementedError


def add_rows_to_dispute(
    session: Session, actor: Actor, dispute_id: int, files: Sequence[Stored], *, internal: bool
) -> tuple[int, ...]:
    """Attach stored files inside the caller's transaction; raises Problems when the dispute holds too many."""
    raise NotImplementedError


@guarded(Permission.CASES_READ)
def remove(actor: Actor, *, attachment_id: int, version: int) -> int:
    """Mark a file as removed; it stays on the disk and can be brought back. Answers the new version."""
    return _mark(actor, attachment_id, version, removed=True)


@guarded(Permission.CASES_READ)
def restore(actor: Actor, *, attachment_id: int, version: int) -> int:
    """Bring a removed file back; answers the new version."""
    return _mark(actor, attachment_id, version, removed=False)


@guarded(Permission.CASES_READ)
def fetch(actor: Actor, *, attachment_id: int) -> Fetched:
    """Where a file of a case one may see lies; every fetch is journalled. Raises NotThere."""
    with transaction(actor) as session:
        row = _row(session, actor, attachment_id)
        path = current().settings.folder / FOLDER / row.stored_name
        if row.removed_at is not None or not path.is_file():
            raise NotThere(f"attachment {attachment_id}")
        detail: dict[str, object] = {"attachment": row.id}
        journal.note(session, "download", tbl="attachment", pk=row.id, case_id=row.case_id, detail=detail)
        return Fetched(path, row.name, row.media_type)


def _row(session: Session, actor: Actor, attachment_id: int) -> Attachment:
    mine = select(Attachment).join(Case, Case.id == Attachment.case_id)
    found = session.scalars(mine.where(Attachment.id == attachment_id, visible(actor))).one_or_none()
    if found is None or found.case_id is None:
        raise NotThere(f"attachment {attachment_id}")
    return found


def _loaded(session: Session, actor: Actor, case_id: int) -> Case:
    """The case, when one of the permissions to add files reaches it."""
    load(session, actor, case_id)
    for permission in _MAY_ADD:
        if actor.may(permission):
            with contextlib.suppress(NotThere):
                return load(session, actor, case_id, permission)
    raise Refused("files:attach")


def _mark(actor: Actor, attachment_id: int, version: int, *, removed: bool) -> int:
    with transaction(actor) as session:
        case_id = _row(session, actor, attachment_id).case_id or 0
        _loaded(session, actor, case_id)
        row = seen(session, Attachment, attachment_id, version, {"removed": removed})
        if not removed and count_of(session, case_id) >= MOST_PER_CASE:
            raise Problems(Problem("files", N_("A case holds at most {most} files."), {"most": MOST_PER_CASE}))
        row.removed_at = clock.now() if removed else None
        session.flush()
        return row.version
