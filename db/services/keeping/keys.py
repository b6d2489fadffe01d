"""The recovery key: it alone opens the backups, stands in none of them, and is printed once and locked away."""

import base64
import hashlib
import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from db.services.keeping.soundness import KeepingError
from db.services.keeping.state import tell
from db.settings import Settings

FILE = "backup.key"
RANDOM_BYTES, CHECK_BYTES = 18, 2
MISTYPED = "that is no recovery key: it has eight groups of four letters and digits; look for a slip of the pen"


def backup_key(settings: Settings) -> bytes:
    """The installation's key, made on first use in a file only its owner may read."""
    path = settings.folder / FILE
    if not path.exists():
        save_key(settings, secrets.token_bytes(RANDOM_BYTES))
    return read_key(path.read_text(encoding="ascii"))


def save_key(settings: Settings, key: bytes) -> None:
    """Make `key` the one that seals from now on."""
    part = settings.folder / f"{FILE}.part"
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as out:
        out.write(printed(key) + "\n")
        out.flush()
        os.fsync(out.fileno())
    part.replace(settings.folder / FILE)


def key_on_paper(settings: Settings) -> list[str]:
    """The key and what to do with it; that it was printed is remembered."""
    key = backup_key(settings)
    tell(settings, "key", mark=mark_of(key))
    return [
        f"Recovery key (marked {mark_of(key)}):",
        f"    {printed(key)}",
        "It opens every backup of this office, with all names in them. Write it on paper, lock it away in two places,",
        "and never keep it where the backups lie. Without it a backup opens only on this computer.",
    ]


def has_key(settings: Settings) -> bool:
    """Whether this data folder has a key already."""
    return Path(settings.folder / FILE).exists()


def printed(key: bytes) -> str:
    """Eight groups of four for paper; the last letters tell a slip of the pen."""
    text = base64.b32encode(key + _check(key)).decode()
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def read_key(text: str) -> bytes:
    """The key somebody typed, with or without hyphens, 0 for O and 1 for I; raises KeepingError."""
    plain = "".join(c for c in text.upper() if c.isalnum()).replace("0", "O").replace("1", "I")
    try:
        raw = base64.b32decode(plain)
    except ValueError:
        raise KeepingError(MISTYPED) from None
    key, check = raw[:RANDOM_BYTES], raw[RANDOM_BYTES:]
    if len(raw) != RANDOM_BYTES + CHECK_BYTES or check != _check(key):
        raise KeepingError(MISTYPED)
    return key


def derived(key: bytes, salt: bytes, purpose: bytes, length: int) -> bytes:
    """Bytes for one purpose."""
    return HKDF(SHA256(), length, salt, b"linli backup " + purpose).derive(key)


def mark_of(key: bytes) -> str:
    """Four bytes in hexadecimal that name a key and tell nothing about it."""
    return derived(key, b"", b"mark", 4).hex()


def _check(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()[:CHECK_BYTES]
