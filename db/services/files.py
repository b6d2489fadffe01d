"""Files of a record: checked by content, images written anew, given out only after a rights check."""

import contextlib
import hashlib
import io
import os
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from db import clock, journal
from db.engine import current, noting, reading, transaction
from db.models import Attachment
from db.rules.files import FOLDER, KINDS, MOST_PER_CASE, extension_of, label_of, why_not_file
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Check, NotThere, Problem, Problems, Refused
from db.services.acts import earlier, guarded, remember
from db.services.file_owners import APPEAL, CASE, DISPUTE, ENTRY, OWNERS, WORK, Owner
from db.services.records import seen

MOST_PIXELS = 60_000_000
_IMAGES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}


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


def checked(uploads: Sequence[Upload], field: str = "files") -> tuple[Checked, ...]:
    """Every file checked and images written anew without where and when they were taken; raises Problems.

    `field` is what the form calls its files.
    """
    megabytes = current().settings.upload_megabytes
    problems: list[Problem] = []
    good: list[Checked] = []
    if len(uploads) > MOST_PER_CASE:
        raise Problems(Problem(field, N_("At most {most} files."), {"most": MOST_PER_CASE}))
    for upload in uploads:
        name = label_of(upload.name)
        why = why_not_file(name, upload.content, megabytes)
        media_type = KINDS[extension_of(name)].media_type if not why else ""
        content = upload.content
        if media_type in _IMAGES:
            content = _image_anew(content, _IMAGES[media_type])
            why = "" if content else N_("{name} is damaged or too large to be opened.")
        if why:
            problems.append(Problem(field, why, {"name": name, "megabytes": megabytes}))
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
    """Attach stored files to a case inside the caller's transaction; raises Problems when it holds too many."""
    return _add(session, actor, CASE, case_id, files, internal=internal)


def add_rows_to_dispute(
    session: Session, actor: Actor, dispute_id: int, files: Sequence[Stored], *, internal: bool
) -> tuple[int, ...]:
    """The same for a dispute, which the caller has loaded to be written to."""
    return _add(session, actor, DISPUTE, dispute_id, files, internal=internal)


def add_rows_to_entry(session: Session, actor: Actor, entry_id: int, files: Sequence[Stored]) -> tuple[int, ...]:
    """The same for the evidence of a score entry."""
    return _add(session, actor, ENTRY, entry_id, files, internal=True)


def add_rows_to_appeal(session: Session, actor: Actor, appeal_id: int, files: Sequence[Stored]) -> tuple[int, ...]:
    """The same for an appeal against a score."""
    return _add(session, actor, APPEAL, appeal_id, files, internal=True)


def add_rows_to_work(
    session: Session, actor: Actor, work_id: int, files: Sequence[Stored], *, internal: bool
) -> tuple[int, ...]:
    """The same for a line of a register of work; what is not internal is for the units it names, too."""
    return _add(session, actor, WORK, work_id, files, internal=internal)


def _add(
    session: Session, actor: Actor, owner: Owner, owner_id: int, files: Sequence[Stored], *, internal: bool
) -> tuple[int, ...]:
    _check_room(session, owner, owner_id, len(files))
    rows = [
        Attachment(
            stored_name=file.stored_name,
            name=file.name,
            media_type=file.media_type,
            size=file.size,
            sha256=file.sha256,
            internal=internal,
            uploaded_by_id=actor.id,
            uploaded_at=clock.now(),
            **{owner.column.key: owner_id},
        )
        for file in files
    ]
    session.add_all(rows)
    session.flush()
    return tuple(row.id for row in rows)


def _check_room(session: Session, owner: Owner, owner_id: int, more: int) -> None:
    check = Check()
    check.that(_count(session, owner, owner_id) + more <= owner.most, owner.field, owner.full, most=owner.most)
    check.done()


def count_of(session: Session, case_id: int) -> int:
    """How many files a case holds now."""
    return _count(session, CASE, case_id)


def count_of_entry(session: Session, entry_id: int) -> int:
    """How many files a score entry holds now."""
    return _count(session, ENTRY, entry_id)


def _count(session: Session, owner: Owner, owner_id: int) -> int:
    held = select(func.count()).select_from(Attachment)
    return session.scalar(held.where(owner.column == owner_id, Attachment.removed_at.is_(None))) or 0


@guarded(Permission.CASES_READ)
def attach(
    actor: Actor, *, case_id: int, uploads: Sequence[Upload], internal: bool = True, key: str
) -> tuple[int, ...]:
    """Attach files to a case one may edit, handle or sign; answers their ids. Raises Problems."""
    return _attach(actor, CASE, case_id, uploads, internal, key)


@guarded(Permission.MEDIATION_READ)
def attach_to_dispute(
    actor: Actor, *, dispute_id: int, uploads: Sequence[Upload], internal: bool = True, key: str
) -> tuple[int, ...]:
    """Attach files to a dispute one keeps; answers their ids. Raises Problems."""
    return _attach(actor, DISPUTE, dispute_id, uploads, internal, key)


@guarded(Permission.WORKS_KEEP)
def attach_to_work(
    actor: Actor, *, work_id: int, uploads: Sequence[Upload], shared: bool = False, key: str
) -> tuple[int, ...]:
    """Attach files to a line of a register of work, `shared` with the units it names; answers their ids."""
    return _attach(actor, WORK, work_id, uploads, not shared, key)


@guarded(Permission.ACCOUNT_OWN)
def remove(actor: Actor, *, attachment_id: int, version: int) -> int:
    """Mark a file as removed; it stays on the disk and can be brought back. Answers the new version."""
    return _mark(actor, attachment_id, version, removed=True)


@guarded(Permission.ACCOUNT_OWN)
def restore(actor: Actor, *, attachment_id: int, version: int) -> int:
    """Bring a removed file back; answers the new version."""
    return _mark(actor, attachment_id, version, removed=False)


@guarded(Permission.ACCOUNT_OWN)
def fetch(actor: Actor, *, attachment_id: int) -> Fetched:
    """Where a file of a case or dispute one may see lies; every fetch is journalled. Raises NotThere."""
    with noting(actor) as session:
        row = _row(session, actor, attachment_id)
        path = current().settings.folder / FOLDER / row.stored_name
        if row.removed_at is not None or not path.is_file():
            raise NotThere(f"attachment {attachment_id}")
        detail: dict[str, object] = {"attachment": row.id}
        if row.dispute_id is None:
            journal.note(session, "download", tbl="attachment", pk=row.id, case_id=row.case_id, detail=detail)
        else:
            journal.note(session, "download", tbl="dispute", pk=row.dispute_id, detail=detail)
        return Fetched(path, row.name, row.media_type)


def _attach(
    actor: Actor, owner: Owner, owner_id: int, uploads: Sequence[Upload], internal: bool, key: str
) -> tuple[int, ...]:
    with reading() as session:
        owner.kept(session, actor, owner_id, False)
        if (done := earlier(session, key)) is not None:
            return tuple(done)
    with stored(checked(uploads, owner.field)) as files, transaction(actor) as session:
        owner.kept(session, actor, owner_id, True)
        if earlier(session, key) is not None:
            raise Problems(Problem(owner.field, N_("These files are already attached.")))
        ids = _add(session, actor, owner, owner_id, files, internal=internal)
        remember(session, actor, key, "files.attach", ids)
        return ids


def _row(session: Session, actor: Actor, attachment_id: int) -> Attachment:
    """The file, when the record it belongs to may be seen."""
    mine = [owner for owner in OWNERS if actor.may(owner.read)]
    if not mine:
        raise Refused("files:fetch")
    wanted = select(Attachment).where(Attachment.id == attachment_id, or_(*(owner.seen(actor) for owner in mine)))
    found = session.scalars(wanted).one_or_none()
    if found is None:
        raise NotThere(f"attachment {attachment_id}")
    return found


def _mark(actor: Actor, attachment_id: int, version: int, *, removed: bool) -> int:
    with transaction(actor) as session:
        found = _row(session, actor, attachment_id)
        owner = next(owner for owner in OWNERS if getattr(found, owner.column.key) is not None)
        owner_id = getattr(found, owner.column.key)
        owner.kept(session, actor, owner_id, True)
        row = seen(session, Attachment, attachment_id, version, {"removed": removed})
        if not removed:
            _check_room(session, owner, owner_id, 1)
        row.removed_at = clock.now() if removed else None
        session.flush()
        return row.version
