"""One file that holds a backup: a manifest, the database, uploaded files and own templates; never the keys."""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

from db.services.keeping.soundness import KeepingError

SUFFIX = ".linli-backup"
FORMAT = 1
MANIFEST = "manifest.json"
# The folders of the data folder that a backup takes along: uploaded files and the office's own templates.
FOLDERS = ("files", "templates")
DATABASES = {"sqlite": "linli.db", "postgresql": "linli.dump"}
CHUNK = 1 << 20


@dataclass(frozen=True)
class Manifest:
    """What a backup says about itself."""

    engine: str
    made_at: str
    seq: int
    mac: str
    encrypted: bool
    counts: dict[str, int]
    sha256: str
    files: int
    format: int = FORMAT


def pack(target: Path, manifest: Manifest, database: Path, data: Path, files: Sequence[Path]) -> None:
    """Write the archive under a passing name, read its database back, and only then give it its name."""
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        with tarfile.open(fileobj=out, mode="w") as tar:
            text = json.dumps(asdict(manifest), indent=2).encode()
            head = tarfile.TarInfo(MANIFEST)
            head.size, head.mode = len(text), 0o600
            tar.addfile(head, io.BytesIO(text))
            tar.add(database, DATABASES[manifest.engine], filter=_nameless)
            for path in files:
                tar.add(path, path.relative_to(data).as_posix(), filter=_nameless)
        out.flush()
        os.fsync(out.fileno())
    with tarfile.open(part) as tar:
        stored = tar.extractfile(DATABASES[manifest.engine])
        if stored is None or _digest(stored) != manifest.sha256:
            raise KeepingError(f"{part} does not hold what was written to it")
    part.replace(target)


def unpack(source: Path, folder: Path) -> Manifest:
    """Take an archive apart in an empty folder and compare its digest; raises KeepingError."""
    try:
        with tarfile.open(source) as tar:
            members = tar.getmembers()
            strange = [m.name for m in members if not _belongs(m)]
            if strange:
                raise KeepingError(f"{source.name} holds something that is no part of a backup: {strange[0]}")
            tar.extractall(folder, members=members, filter="data")
        values = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if values.get("format") != FORMAT:
            raise KeepingError(f"{source.name} was made by another version of this program")
        manifest = Manifest(**values)
        database = folder / DATABASES[manifest.engine]
        with database.open("rb") as file:
            if _digest(file) != manifest.sha256:
                raise KeepingError(f"{source.name} is damaged: its database is not the one that was saved")
    except (OSError, tarfile.TarError, ValueError, TypeError, KeyError) as error:
        raise KeepingError(f"{source.name} is not a backup that can be read: {error}") from None
    if len(kept_files(folder)) != manifest.files:
        raise KeepingError(f"{source.name} lacks some of its files")
    return manifest


def kept_files(data: Path) -> list[Path]:
    """Every file of the folders a backup takes along, in order; none that is being written."""
    folders = [data / name for name in FOLDERS if (data / name).is_dir()]
    found = (path for folder in folders for path in folder.rglob("*"))
    return sorted(path for path in found if path.is_file() and not path.name.startswith("."))


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return _digest(file)


def _digest(file: object) -> str:
    known = hashlib.sha256()
    while chunk := file.read(CHUNK):  # type: ignore[attr-defined]
        known.update(chunk)
    return known.hexdigest()


def _belongs(member: tarfile.TarInfo) -> bool:
    path = PurePosixPath(member.name)
    inside = path.parts[:1] in {(name,) for name in FOLDERS} and ".." not in path.parts
    return member.isfile() and (member.name in {MANIFEST, *DATABASES.values()} or inside)


def _nameless(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member
