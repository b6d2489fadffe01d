"""Residents' identities: encrypted at rest, found again by keyed digests, shown masked."""

import hmac
import secrets
import unicodedata

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from db.engine import Database
from db.rules.pinyin import initials

_FORMAT = b"\x01"
_NONCE = 12
TAIL = 4


class Damaged(Exception):
    """A stored identity does not belong to its place or was altered."""


def encrypt(database: Database, place: str, value: str) -> bytes | None:
    """AES-GCM with `place` ("table.column") as associated data; empty text becomes None."""
    if not value:
        return None
    nonce = secrets.token_bytes(_NONCE)
    return _FORMAT + nonce + AESGCM(database.keys.identity).encrypt(nonce, value.encode(), place.encode())


def decrypt(database: Database, place: str, stored: bytes | None) -> str:
    """The text again; raises Damaged when it was altered or moved here from another column."""
    if stored is None:
        return ""
    if stored[:1] != _FORMAT:
        raise Damaged(place)
    nonce, sealed = stored[1 : 1 + _NONCE], stored[1 + _NONCE :]
    try:
        return AESGCM(database.keys.identity).decrypt(nonce, sealed, place.encode()).decode()
    except InvalidTag:
        raise Damaged(place) from None


def normal(value: str) -> str:
    """Full width to half width, lower case, no spaces or dashes: what two spellings of one thing share."""
    folded = unicodedata.normalize("NFKC", value).lower()
    return "".join(c for c in folded if not c.isspace() and c not in "-－—()（）.·")


def key_for(database: Database, kind: str, value: str) -> str:
    """A keyed digest for exact matches only ("" for empty); `kind` keeps names and contacts apart."""
    plain = normal(value)
    if not plain:
        return ""
    return hmac.digest(database.keys.index, f"{kind}:{plain}".encode(), "sha256").hex()[:32]


def tail_of(contact: str) -> str:
    """The last four digits of a telephone number, "" for what is none."""
    digits = "".join(char for char in normal(contact) if char.isdecimal())
    return digits[-TAIL:] if len(digits) > TAIL + 2 else ""


def party_keys(database: Database, name: str, contact: str) -> dict[str, str]:
    """The keyed digests a party is found by: `name_key`, `tail_key` and `initials_key`."""
    return {
        "name_key": key_for(database, "name", name),
        "tail_key": key_for(database, "tail", tail_of(contact)),
        "initials_key": key_for(database, "initials", initials(name)),
    }


def mask_name(name: str) -> str:
    """The first character, then one star each: 张三丰 → 张**."""
    name = name.strip()
    return name[:1] + "*" * max(1, min(len(name) - 1, 3)) if name else ""


def mask_contact(contact: str) -> str:
    """Three first and two last characters of a long number, otherwise only the first."""
    contact = contact.strip()
    if not contact:
        return ""
    return f"{contact[:3]}{'*' * (len(contact) - 5)}{contact[-2:]}" if len(contact) >= 8 else contact[:1] + "***"
