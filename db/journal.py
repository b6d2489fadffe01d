"""The journal: written by database triggers, chained by a keyed digest, anchored outside the database."""

import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Index, Text, text
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.schema import Table

from db import clock, wall
from db.base import Base
from db.settings import Secrets

GENESIS = "genesis"
MOST_PAIRS = 60
FIELDS = ("at", "actor_id", "actor", "origin", "event", "tbl", "pk", "case_id", "before", "after")


class JournalRow(Base):
    """One change, look, refusal or sign-in. Append-only; times are ISO 8601 text in UTC."""

    __tablename__ = "journal"
    __table_args__ = (
        Index("ix_journal_case_id_seq", "case_id", "seq"),
        Index("ix_journal_tbl_pk", "tbl", "pk"),
    )

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[str] = mapped_column(index=True)
    actor_id: Mapped[int | None] = mapped_column(index=True)
    actor: Mapped[str]
    origin: Mapped[str]
    event: Mapped[str]
    tbl: Mapped[str]
    pk: Mapped[str]
    case_id: Mapped[int | None]
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
    prev: Mapped[str]
    mac: Mapped[str]


JournalRow.__table__.info["journal"] = "it is the journal"  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Writer:
    """Who writes, under which name and from where."""

    actor_id: int | None
    actor: str
    origin: str


_writer: ContextVar[Writer | None] = ContextVar("journal_writer", default=None)
_purging: ContextVar[bool] = ContextVar("journal_purging", default=False)


@contextmanager
def writing(writer: Writer) -> Iterator[None]:
    """Name the writer for every trigger that fires inside the block."""
    token = _writer.set(writer)
    try:
        yield
    finally:
        _writer.reset(token)


@contextmanager
def purging() -> Iterator[None]:
    """Let sealed rows be deleted inside the block (retention only)."""
    token = _purging.set(True)
    try:
        yield
    finally:
        _purging.reset(token)


def seal(key: bytes, prev: str, *parts: object) -> str:
    """The keyed digest of one row and of the row before it."""
    joined = "\x1f".join("" if part is None else str(part) for part in (prev, *parts))
    return hmac.digest(key, joined.encode(), "sha256").hex()


def note(
    session: Session,
    event: str,
    *,
    tbl: str = "",
    pk: object = "",
    case_id: int | None = None,
    detail: dict[str, object] | None = None,
) -> None:
    """Write one journal row that no table change causes: a look, an unmasking, an export, a refusal, a sign-in."""
    after = json.dumps(detail, ensure_ascii=False, default=str) if detail else None
    values = {"event": event, "tbl": tbl, "pk": str(pk), "case_id": case_id, "after": after}
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text(_sqlite_note(":event", ":tbl", ":pk", ":case_id", "NULL", ":after")), values)
    else:
        session.execute(text("SELECT linli_note(:event, :tbl, :pk, CAST(:case_id AS integer), NULL, :after)"), values)


def install(connection: Connection) -> None:
    """(Re)create every trigger from the metadata; run after each migration."""
    statements = _sqlite_statements() if connection.dialect.name == "sqlite" else _postgres_statements()
    for statement in statements:
        connection.exec_driver_sql(statement.replace("%", "%%") if "%" in statement else statement)


def journalled_tables() -> list[Table]:
    """Every table whose changes are journalled; the others say why not in their info."""
    return [table for table in Base.metadata.sorted_tables if "journal" not in table.info]


def _columns(table: Table) -> tuple[list[Column[Any]], list[Column[Any]]]:
    """Columns journalled in clear, and those of which only a keyed digest is kept; secrets are in neither."""
    clear = [c for c in table.columns if c.info.get("journal") is None]
    digest = [c for c in table.columns if c.info.get("journal") == "digest"]
    return clear, digest


def _case_expression(table: Table, row: str) -> str:
    if "case_id" in table.columns:
        return f"{row}.case_id"
    return f"{row}.id" if table.name == "case_file" else "NULL"


def _key_expression(table: Table, row: str) -> str:
    return " || '/' || ".join(f"CAST({row}.{c.name} AS TEXT)" for c in table.primary_key.columns)


# --- SQLite ---------------------------------------------------------------------------------------------------------


def equip_sqlite(connection: Any, keys: Secrets) -> None:
    """Give one SQLite connection the functions its triggers call."""

    def writer(name: str) -> object:
        known = _writer.get()
        if known is None:
            raise RuntimeError("a write without an actor")
        return getattr(known, name)

    def digest(value: object) -> str | None:
        if value is None:
            return None
        raw = value if isinstance(value, bytes) else str(value).encode()
        return "digest:" + hmac.digest(keys.journal, raw, "sha256").hex()[:16]

    connection.create_function("linli_writer", 1, writer)
    connection.create_function("linli_now", 0, lambda: clock.now().isoformat(timespec="microseconds"))
    connection.create_function("linli_seal", -1, lambda *parts: seal(keys.journal, *parts))
    connection.create_function("linli_digest", 1, digest)
    connection.create_function("linli_changed", 2, _changed)
    connection.create_function("linli_purging", 0, lambda: int(_purging.get()))


def _changed(one: str, other: str) -> str:
    """What `one` says where `other` says something else, as JSON."""
    left, right = json.loads(one), json.loads(other)
    return json.dumps({k: v for k, v in left.items() if right.get(k) != v}, ensure_ascii=False)


def _sqlite_note(event: str, tbl: str, pk: str, case_id: str, before: str, after: str) -> str:
    return f"""INSERT INTO journal ({", ".join(FIELDS)}, prev, mac)
        SELECT t, i, a, o, e, tb, p, c, b, n, prev, linli_seal(prev, t, i, a, o, e, tb, p, c, b, n) FROM (
          SELECT linli_now() t, linli_writer('actor_id') i, linli_writer('actor') a, linli_writer('origin') o,
                 {event} e, {tbl} tb, {pk} p, {case_id} c, {before} b, {after} n,
                 coalesce((SELECT mac FROM journal ORDER BY seq DESC LIMIT 1), '{GENESIS}') prev)"""  # noqa: S608 - built from metadata


def _json_object(pairs: list[str]) -> str:
    """One JSON object of all of them; a function of an older SQLite, which reads this file too, takes 127 arguments."""
    parts = [f"json_object({', '.join(pairs[at : at + MOST_PAIRS])})" for at in range(0, len(pairs), MOST_PAIRS)]
    # Only plain values stand in it, so that the braces trimmed are its own.
    joined = " || ',' || ".join(f"ltrim(rtrim({part}, '}}'), '{{')" for part in parts)
    return parts[0] if len(parts) == 1 else f"'{{' || {joined} || '}}'"


def _sqlite_statements() -> Iterator[str]:
    yield "DROP TRIGGER IF EXISTS journal_no_update"
    yield "DROP TRIGGER IF EXISTS journal_no_delete"
    yield """CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal
        BEGIN SELECT raise(ABORT, 'the journal is append-only'); END"""
    yield """CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal WHEN NOT linli_purging()
        BEGIN SELECT raise(ABORT, 'the journal is append-only'); END"""
    for table in journalled_tables():
        clear, digest = _columns(table)

        def as_json(row: str, clear: list[Any] = clear, digest: list[Any] = digest) -> str:
            pairs = [f"'{c.name}', {row}.{c.name}" for c in clear]
            pairs += [f"'{c.name}', linli_digest({row}.{c.name})" for c in digest]
            return _json_object(pairs)

        old, new = as_json("OLD"), as_json("NEW")
        bodies = {
            "insert": ("NEW", "NULL", new, ""),
            "update": (
                "NEW",
                f"linli_changed({old}, {new})",
                f"linli_changed({new}, {old})",
                f" WHEN {old} <> {new}",
            ),
            "delete": ("OLD", old, "NULL", ""),
        }
        for op, (row, before, after, when) in bodies.items():
            name = f"journal_{table.name}_{op}"
            yield f"DROP TRIGGER IF EXISTS {name}"
            yield (
                f"CREATE TRIGGER {name} AFTER {op.upper()} ON {table.name}{when} BEGIN "
                + _sqlite_note(
                    f"'{op}'",
                    f"'{table.name}'",
                    _key_expression(table, row),
                    _case_expression(table, row),
                    before,
                    after,
                )
                + "; END"
            )


# --- PostgreSQL -----------------------------------------------------------------------------------------------------


def tell_postgres(connection: Connection, writer: Writer, key: bytes) -> None:
    """Name the writer, the moment and the key for the triggers of this transaction only."""
    inner = bytes(b ^ 0x36 for b in key.ljust(64, b"\0"))
    outer = bytes(b ^ 0x5C for b in key.ljust(64, b"\0"))
    set_clock = clock.now().isoformat(timespec="microseconds")
    values = {
        "linli.actor_id": "" if writer.actor_id is None else str(writer.actor_id),
        "linli.actor": writer.actor,
        "linli.origin": writer.origin,
        "linli.at": set_clock,
        "linli.inner": inner.hex(),
        "linli.outer": outer.hex(),
        "linli.purging": "on" if _purging.get() else "",
        wall.SETTING: wall.ACT,
        wall.HIDDEN: "{}",
    }
    calls = ", ".join(f"set_config('{name}', :v{i}, true)" for i, name in enumerate(values))
    connection.execute(text(f"SELECT {calls}"), {f"v{i}": v for i, v in enumerate(values.values())})


_POSTGRES_FUNCTIONS = """
CREATE OR REPLACE FUNCTION linli_hmac(message bytea) RETURNS text LANGUAGE sql STABLE AS $f$
  SELECT encode(sha256(decode(current_setting('linli.outer'), 'hex')
         || sha256(decode(current_setting('linli.inner'), 'hex') || message)), 'hex')
$f$;
CREATE OR REPLACE FUNCTION linli_digest(value bytea) RETURNS text LANGUAGE sql STABLE AS $f$
  SELECT CASE WHEN value IS NULL THEN NULL ELSE 'digest:' || substr(linli_hmac(value), 1, 16) END
$f$;
CREATE OR REPLACE FUNCTION linli_digest(value text) RETURNS text LANGUAGE sql STABLE AS $f$
  SELECT linli_digest(convert_to(value, 'UTF8'))
$f$;
CREATE OR REPLACE FUNCTION linli_digest(value integer) RETURNS text LANGUAGE sql STABLE AS $f$
  SELECT linli_digest(value::text)
$f$;
CREATE OR REPLACE FUNCTION linli_changed(one jsonb, other jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $f$
  SELECT coalesce(jsonb_object_agg(key, value), '{}'::jsonb)::text FROM jsonb_each(one)
  WHERE other -> key IS DISTINCT FROM value
$f$;
CREATE OR REPLACE FUNCTION linli_note(
  event_ text, tbl_ text, pk_ text, case_ integer, before_ text, after_ text) RETURNS void LANGUAGE plpgsql AS $f$
DECLARE prev_ text; who text := current_setting('linli.actor', true); at_ text; id_ text;
BEGIN
  IF who IS NULL OR who = '' THEN RAISE EXCEPTION 'a write without an actor'; END IF;
  at_ := current_setting('linli.at'); id_ := current_setting('linli.actor_id');
  SELECT mac INTO prev_ FROM journal ORDER BY seq DESC LIMIT 1;
  prev_ := coalesce(prev_, 'genesis');
  INSERT INTO journal (at, actor_id, actor, origin, event, tbl, pk, case_id, before, after, prev, mac)
  VALUES (at_, nullif(id_, '')::integer, who, current_setting('linli.origin'), event_, tbl_, pk_, case_,
    before_, after_, prev_, linli_hmac(convert_to(prev_ || chr(31) || at_ || chr(31) || id_ || chr(31) || who || chr(31)
      || current_setting('linli.origin') || chr(31) || event_ || chr(31) || tbl_ || chr(31) || pk_ || chr(31)
      || coalesce(case_::text, '') || chr(31) || coalesce(before_, '') || chr(31) || coalesce(after_, ''), 'UTF8')));
END $f$;
CREATE OR REPLACE FUNCTION linli_append_only() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
  IF TG_OP = 'DELETE' AND current_setting('linli.purging', true) = 'on' THEN RETURN OLD; END IF;
  RAISE EXCEPTION 'the journal is append-only';
END $f$;
DROP TRIGGER IF EXISTS journal_append_only ON journal;
CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE ON journal
  FOR EACH ROW EXECUTE FUNCTION linli_append_only();
"""


def _postgres_statements() -> Iterator[str]:
    yield _POSTGRES_FUNCTIONS
    for table in journalled_tables():
        _, digest = _columns(table)
        hidden = [c.name for c in table.columns if c.info.get("journal") is not None]
        drop = f" - ARRAY[{', '.join(repr(n) for n in hidden)}]::text[]" if hidden else ""

        def as_json(row: str, digest: list[Any] = digest, drop: str = drop) -> str:
            pairs = ", ".join(f"'{c.name}', linli_digest({row}.{c.name})" for c in digest)
            return f"(to_jsonb({row}){drop})" + (f" || jsonb_build_object({pairs})" if pairs else "")

        name = f"journal_{table.name}"
        yield f"""
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $f$
DECLARE was jsonb; becomes jsonb;
BEGIN
  IF TG_OP = 'INSERT' THEN becomes := {as_json("NEW")};
    PERFORM linli_note('insert', '{table.name}', {_key_expression(table, "NEW")},
      {_case_expression(table, "NEW")}, NULL, becomes::text);
  ELSIF TG_OP = 'UPDATE' THEN was := {as_json("OLD")}; becomes := {as_json("NEW")};
    IF was IS DISTINCT FROM becomes THEN
      PERFORM linli_note('update', '{table.name}', {_key_expression(table, "NEW")},
        {_case_expression(table, "NEW")}, linli_changed(was, becomes), linli_changed(becomes, was));
    END IF;
  ELSE was := {as_json("OLD")};
    PERFORM linli_note('delete', '{table.name}', {_key_expression(table, "OLD")},
      {_case_expression(table, "OLD")}, was::text, NULL);
  END IF;
  RETURN NULL;
END $f$;
DROP TRIGGER IF EXISTS {name} ON {table.name};
CREATE TRIGGER {name} AFTER INSERT OR UPDATE OR DELETE ON {table.name}
  FOR EACH ROW EXECUTE FUNCTION {name}();"""
