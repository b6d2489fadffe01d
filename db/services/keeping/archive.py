"""One sealed file that holds a backup: manifest, database, uploaded files, own templates and the office's keys."""

import contextlib
import gzip
import hashlib
import io
import json
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from db.services.keeping.sealing import MAGIC, Opener, Sealer
from db.services.keeping.soundness import KeepingError

SUFFIX = ".linli-backup"
FORMAT = 2
FORMATS = (1, FORMAT)
MANIFEST = "manifest.json"
# Without them identities can't be read; they lie in the sealed archive so that one printed key brings all back.
SECRETS = "secrets.json"
# The folders of the data folder that a backup takes along: uploaded files and the office's own templates.
FOLDERS = ("files", "templates")
DATABASES = {"sqlite": "linli.db", "postgresql": "linli.dump"}
CHUNK = 1 << 20
LEVEL = 1  # most of the gain for a fifth of the time


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


def pack(target: Path, manifest: Manifest, database: Path, data: Path, files: Sequence[Path], key: bytes) -> None:
    """Write the archive under a passing name, read all of it back, and only then give it its name."""
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            sealer = Sealer(out, key)
            with (
                gzip.GzipFile("", "wb", LEVEL, sealer, 0) as packed,
                tarfile.open(fileobj=packed, mode="w|") as tar,
            ):
                text = json.dumps(asdict(manifest), indent=2).encode()
                head = tarfile.TarInfo(MANIFEST)
                head.size, head.mode = len(text), 0o600
                tar.addfile(head, io.BytesIO(text))
                tar.add(database, DATABASES[manifest.engine], filter=_nameless)
                tar.add(data / SECRETS, SECRETS, filter=_nameless)
                for path in files:
                    tar.add(path, path.relative_to(data).as_posix(), filter=_nameless)
            sealer.finish()
            out.flush()
            os.fsync(out.fileno())
        if read_through(part, key) != manifest:
            raise KeepingError(f"{part} does not hold what was written to it")
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def read_through(source: Path, key: bytes) -> Manifest:
    """Read every byte of an archive, compare digest and count, and answer its manifest; raises KeepingError."""
    text, digest, files = b"", "", 0
    with _members(source, key) as (tar, members):
        for member in members:
            stored = tar.extractfile(member)
            if stored is None:
                continue
            if member.name == MANIFEST:
                text = stored.read()
            elif member.name in DATABASES.values():
                digest = _digest(stored)
            elif member.name != SECRETS:
                files += 1
    return _manifest(source, text, digest, files)


def unpack(source: Path, folder: Path, key: bytes) -> Manifest:
    """Take an archive apart in an empty folder and compare its digest; raises KeepingError."""
    with _members(source, key) as (tar, members):
        for member in members:
            _put(tar, member, folder)
    try:
        text = (folder / MANIFEST).read_bytes()
        database = next(path for name in DATABASES.values() if (path := folder / name).exists())
    except (OSError, StopIteration):
        raise KeepingError(f"{source.name} lacks some of its files") from None
    return _manifest(source, text, digest_of(database), len(kept_files(folder)))


def _put(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """Write one file by hand: what takes an archive apart safely came with Python 3.11.4, and Debian 12 has 3.11.2."""
    target, stored = folder / member.name, tar.extractfile(member)
    if stored is None or not target.resolve().is_relative_to(folder.resolve()):
        raise KeepingError(f"it holds something that is no part of a backup: {member.name}")
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        shutil.copyfileobj(stored, out, CHUNK)


@contextlib.contextmanager
def _members(source: Path, key: bytes) -> Iterator[tuple[tarfile.TarFile, Iterator[tarfile.TarInfo]]]:
    """An archive opened as a stream, with its members one by one, read to its last byte; raises KeepingError."""
    try:
        with contextlib.ExitStack() as stack:
            file: IO[bytes] = stack.enter_context(source.open("rb"))
            if file.read(len(MAGIC)) == MAGIC:
                opened = io.BufferedReader(Opener(file, key), CHUNK)
                file = stack.enter_context(gzip.GzipFile(fileobj=opened, mode="rb"))  # type: ignore[arg-type]
            else:
                file.seek(0)  # made before backups were sealed
            tar = stack.enter_context(tarfile.open(fileobj=file, mode="r|"))
            yield tar, _belonging(source, tar)
            while file.read(CHUNK):
                pass
    except KeepingError as error:
        raise KeepingError(f"{source.name}: {error}") from None
    except (OSError, EOFError, zlib.error, tarfile.TarError) as error:
        raise KeepingError(f"{source.name} is not a backup that can be read: {error}") from None


def _belonging(source: Path, tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    for member in tar:
        if not _belongs(member):
            raise KeepingError(f"it holds something that is no part of a backup: {member.name}")
        yield member


def _manifest(source: Path, text: bytes, digest: str, files: int) -> Manifest:
    try:
        values = json.loads(text)
        if values.get("format") not in FORMATS:
            raise KeepingError(f"{source.name} was made by another version of this program")
        manifest = Manifest(**values)
    except (ValueError, TypeError, AttributeError) as error:
        raise KeepingError(f"{source.name} is not a backup that can be read: {error}") from None
    if digest != manifest.sha256:
        raise KeepingError(f"{source.name} is damaged: its database is not the one that was saved")
    if files != manifest.files:
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
    return member.isfile() and (member.name in {MANIFEST, SECRETS, *DATABASES.values()} or inside)


def _nameless(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member
