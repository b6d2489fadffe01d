"""A stream sealed in chunks with AES-256-GCM: a chunk changed, moved, left out or cut off is noticed."""

import io
import os
import secrets
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from db.services.keeping.keys import derived, mark_of
from db.services.keeping.soundness import KeepingError

MAGIC = b"LINLI-BACKUP-2\n"
CHUNK, TAG, SALT, MARK = 1 << 20, 16, 16, 8
WRONG_KEY = "this backup opens with the recovery key marked {needed}, and the one at hand is marked {mark}"
DAMAGED = "damaged: its content is not what was sealed"


class Sealer(io.RawIOBase):
    """Takes bytes and writes them sealed; `finish` writes the last chunk, without which nothing opens."""

    def __init__(self, out: IO[bytes], key: bytes) -> None:
        """`out` is written to, never closed."""
        super().__init__()
        salt = secrets.token_bytes(SALT)
        self._header = MAGIC + mark_of(key).encode() + salt
        self._cipher = AESGCM(derived(key, salt, b"file", 32))
        self._out, self._held, self._number = out, bytearray(), 0
        out.write(self._header)

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, data: object) -> int:
        """Hold back what is not a whole chunk yet; a chunk is written only when more follows it."""
        view = bytes(data)  # type: ignore[call-overload]
        self._held += view
        while len(self._held) > CHUNK:
            self._put(bytes(self._held[:CHUNK]), last=False)
            del self._held[:CHUNK]
        return len(view)

    def finish(self) -> None:
        """The last chunk, marked as such."""
        self._put(bytes(self._held), last=True)

    def _put(self, chunk: bytes, *, last: bool) -> None:
        self._out.write(self._cipher.encrypt(_nonce(self._number, last=last), chunk, self._header))
        self._number += 1


class Opener(io.RawIOBase):
    """Reads what a Sealer wrote; raises KeepingError for another key and for every change."""

    def __init__(self, source: IO[bytes], key: bytes) -> None:
        """`source` stands behind MAGIC already."""
        super().__init__()
        mark, salt = source.read(MARK), source.read(SALT)
        if mark.decode("ascii", "replace") != mark_of(key):
            raise KeepingError(WRONG_KEY.format(needed=mark.decode("ascii", "replace"), mark=mark_of(key)))
        self._header = MAGIC + mark + salt
        self._cipher = AESGCM(derived(key, salt, b"file", 32))
        self._source, self._number, self._plain = source, 0, b""
        self._next = source.read(CHUNK + TAG)

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: object) -> int:
        """Fill a buffer; 0 at the end."""
        view = memoryview(buffer)  # type: ignore[arg-type]
        while not self._plain and self._next:
            sealed, self._next = self._next, self._source.read(CHUNK + TAG)
            try:
                nonce = _nonce(self._number, last=not self._next)
                self._plain = self._cipher.decrypt(nonce, sealed, self._header)
            except InvalidTag:
                raise KeepingError(DAMAGED) from None
            self._number += 1
        taken = min(len(view), len(self._plain))
        view[:taken] = self._plain[:taken]
        self._plain = self._plain[taken:]
        return taken


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def mark_in(path: str | os.PathLike[str]) -> str:
    """Which key a backup wants; "" for one made before backups were sealed."""
    with open(path, "rb") as file:
        sealed = file.read(len(MAGIC)) == MAGIC
        return file.read(MARK).decode("ascii", "replace") if sealed else ""
