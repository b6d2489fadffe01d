"""Settings of one installation: environment first, then one file, then defaults; a bad value stops the start."""

import base64
import json
import os
import secrets
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from db.rules.permissions import Role

PREFIX = "LINLI_"
SECRET_NAMES = ("journal", "identity", "index", "cookie")
LEAST_BYTES = 12  # different ones among 32 made by chance: fewer than once in 10^15 keys


class SettingsError(Exception):
    """A setting is missing, unknown or out of range; the text is one line for the administrator."""


def setting(default: object, text: str, *, low: int | None = None, high: int | None = None) -> Any:
    """A field with its help text and, for numbers, its allowed range (both ends included)."""
    return field(default=default, metadata={"help": text, "low": low, "high": high})


@dataclass(frozen=True)
class Settings:
    """Every setting, its default and its meaning; `docs/settings.md` lists the same."""

    data_dir: str = setting("data", "folder for the database, uploaded files, secrets and backups")
    database_url: str = setting("", "empty: SQLite in the data folder; or postgresql+psycopg://user@host/name")
    timezone: str = setting("Asia/Shanghai", "time zone in which days and closing times are counted")
    language: str = setting("", "language before anybody chose one: en, zh, or empty for the browser's")
    public_url: str = setting("", "address people type, when it differs from host and port (https://...)")
    idle_minutes: int = setting(30, "minutes without a click after which a session ends", low=5, high=240)
    absolute_hours: int = setting(12, "hours after which a session ends whatever happens", low=1, high=24)
    password_cost: int = setting(12, "bcrypt cost of new passwords (log2 of the rounds)", low=10, high=16)
    attempts_per_name: int = setting(5, "failed sign-ins of one name before each further try waits", low=3, high=20)
    attempts_per_address: int = setting(
        20, "failed sign-ins from one address before each further try waits", low=5, high=200
    )
    attempt_window_minutes: int = setting(15, "minutes after which failed sign-ins are forgotten", low=5, high=240)
    second_factor_roles: str = setting(
        "administrator,director,mediator", "roles that need a second factor, with commas; empty asks nobody"
    )
    without_second_factor: str = setting(
        "", "why administrators need no second factor; leaving them out asks for this reason in writing"
    )
    without_tls: str = setting("", "why people reach the office by http://; such a public_url asks for this in writing")
    upload_megabytes: int = setting(20, "largest file that may be attached, in megabytes", low=1, high=200)
    import_megabytes: int = setting(50, "largest file whose rows may be brought in, in megabytes", low=1, high=200)
    encrypt_database: bool = setting(False, "encrypt the whole SQLite file (set before the first start)")
    anchor_dir: str = setting("", "second place for the journal's anchors, best on another disk")
    backup_hours: int = setting(1, "hours between backups by themselves; 0: none", low=0, high=24)
    backup_dir: str = setting("", "second place each backup is copied to, best in another building")
    backups_hourly: int = setting(24, "hours of which one backup is kept", low=1, high=168)
    backups_daily: int = setting(14, "days of which one backup is kept", low=1, high=366)
    backups_weekly: int = setting(8, "weeks of which one backup is kept", low=0, high=104)
    backups_monthly: int = setting(
        12, "months of which one backup is kept; what was deleted is in them so long", low=0, high=60
    )
    journal_months: int = setting(36, "months the journal is kept", low=6, high=600)

    @property
    def folder(self) -> Path:
        """The data folder, absolute."""
        return Path(self.data_dir).expanduser().resolve()

    @property
    def url(self) -> str:
        """The database address in force."""
        return self.database_url or f"sqlite:///{(self.folder / 'linli.db').as_posix()}"

    def asks_second_factor(self, roles: Collection[str]) -> bool:
        """Whether one of these roles does not go on without a second factor."""
        return not {name.strip() for name in self.second_factor_roles.split(",")}.isdisjoint(roles)

    @property
    def https(self) -> bool:
        """Whether people reach the office through TLS, so that cookies may be marked Secure."""
        return self.public_url.startswith("https://")


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the environment (LINLI_...) over the settings file (LINLI_SETTINGS or linli.toml); raises SettingsError."""
    environ = os.environ if environ is None else environ
    known = {f.name: f for f in fields(Settings)}
    raw: dict[str, object] = _read_file(environ)
    for name, value in environ.items():
        if name.startswith(PREFIX) and name != f"{PREFIX}SETTINGS":
            raw[name.removeprefix(PREFIX).lower()] = value
    unknown = sorted(set(raw) - set(known))
    if unknown:
        raise SettingsError(f"unknown setting: {', '.join(unknown)}")
    return _checked(Settings(**{name: _typed(name, value, known[name]) for name, value in raw.items()}))  # type: ignore[arg-type]


def _read_file(environ: Mapping[str, str]) -> dict[str, object]:
    path = Path(environ.get(f"{PREFIX}SETTINGS", "linli.toml"))
    if not path.exists():
        if f"{PREFIX}SETTINGS" in environ:
            raise SettingsError(f"settings file not found: {path}")
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"settings file {path} can't be read: {error}") from None


def _typed(name: str, value: object, meant: object) -> object:
    default = meant.default  # type: ignore[attr-defined]
    if isinstance(default, bool):
        words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
        if isinstance(value, bool):
            return value
        if str(value).lower() not in words:
            raise SettingsError(f"{name} must be true or false, not {value!r}")
        return words[str(value).lower()]
    if isinstance(default, int):
        try:
            number = int(str(value))
        except ValueError:
            raise SettingsError(f"{name} must be a whole number, not {value!r}") from None
        low, high = meant.metadata["low"], meant.metadata["high"]  # type: ignore[attr-defined]
        if not low <= number <= high:
            raise SettingsError(f"{name} must be between {low} and {high}, not {number}")
        return number
    return str(value)


def _checked(settings: Settings) -> Settings:
    try:
        ZoneInfo(settings.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        raise SettingsError(f"timezone is unknown: {settings.timezone!r}") from None
    if not settings.url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise SettingsError("database_url must start with sqlite:/// or postgresql+psycopg://")
    if settings.language not in ("", "en", "zh"):
        raise SettingsError(f"language must be en, zh or empty, not {settings.language!r}")
    if settings.public_url and not settings.public_url.startswith(("http://", "https://")):
        raise SettingsError("public_url must start with http:// or https://")
    named = {name.strip() for name in settings.second_factor_roles.split(",")} - {""}
    if unknown := sorted(named - set(Role)):
        raise SettingsError(f"second_factor_roles names no role: {', '.join(unknown)}")
    if settings.encrypt_database and settings.database_url.startswith("postgresql"):
        raise SettingsError("encrypt_database is for SQLite; PostgreSQL is encrypted on its own disk")
    return settings


@dataclass(frozen=True)
class Secrets:
    """Keys made on first start, 32 random bytes each; never in the database, a backup or the repository."""

    journal: bytes
    identity: bytes
    index: bytes
    cookie: bytes


def secrets_of(settings: Settings) -> Secrets:
    """The installation's keys, made on first use in a file only its owner may read; raises SettingsError."""
    path = settings.folder / "secrets.json"
    if not path.exists():
        settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = {name: base64.b64encode(secrets.token_bytes(32)).decode() for name in SECRET_NAMES}
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            json.dump(fresh, out)
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise SettingsError(f"{path} may be read by others; set its mode to 0600")
    try:
        stored = json.loads(path.read_text())
        keys = {name: base64.b64decode(stored[name], validate=True) for name in SECRET_NAMES}
    except (ValueError, KeyError) as error:
        raise SettingsError(f"{path} is damaged: {error}") from None
    if any(len(key) < 32 for key in keys.values()):
        raise SettingsError(f"{path} holds a key that is too short")
    if any(len(set(key)) < LEAST_BYTES for key in keys.values()) or len(set(keys.values())) < len(keys):
        raise SettingsError(f"{path} holds a key that was made by hand or is there twice; keys are made by chance")
    return Secrets(**keys)
