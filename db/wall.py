"""The second wall: PostgreSQL itself hides sealed cases, and those a reader stepped aside from, from that reader."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import sha256
from typing import Any

from sqlalchemy import Column, Connection, text
from sqlalchemy.orm import Session
from sqlalchemy.schema import Table

from db import clock
from db.base import Base
from db.rules.permissions import Actor

SYSTEM, ACT = "system", "act"
ROOT = "case_file"
SETTING, HIDDEN = "linli.reader", "linli.hidden"
READER = "linli_reader"

_reader: ContextVar[Actor | None] = ContextVar("reader", default=None)


@contextmanager
def reading_as(actor: Actor | None) -> Iterator[None]:
    """Every reading transaction begun inside the block tells the database that `actor` reads; None is the program."""
    token = _reader.set(actor)
    try:
        yield
    finally:
        _reader.reset(token)


def reader() -> Actor | None:
    """Who reads now: the actor of the innermost door, or None for the program itself."""
    return _reader.get()


def tell_reader(connection: Connection, actor: Actor | None) -> None:
    """Say for this transaction only who reads; one that says nothing sees no row about any case."""
    if actor is None:
        connection.execute(_THE_PROGRAM)
        return
    units = [int(one) for one in actor.unit_path.split("/") if one]
    connection.execute(_A_PERSON, {"person": actor.id or 0, "units": units, "now": clock.now()})


def as_options() -> str:
    """The same for PostgreSQL's own programs, as words of PGOPTIONS."""
    return " ".join(f"-c {name}={value}" for name, value in _EVERYTHING.items())


_EVERYTHING = {SETTING: SYSTEM, HIDDEN: "{}"}
_THE_PROGRAM = text(f"SELECT set_config('{SETTING}', '{SYSTEM}', true), set_config('{HIDDEN}', '{{}}', true)")
_A_PERSON = text("SELECT linli_reads(:person, CAST(:units AS integer[]), :now)")


@contextmanager
def beyond(session: Session) -> Iterator[None]:
    """Read as the program for some lines of a reading session: the office's own counting, where a row less is wrong.

    Each place is named in tests/db/test_wall.py; it shows nothing of a case that the first wall does not let through.
    """
    if session.get_bind().dialect.name == "sqlite":
        yield
        return
    tell_reader(session.connection(), None)
    try:
        yield
    except BaseException:
        session.rollback()  # what was said ends with its transaction
        raise
    tell_reader(session.connection(), session.info.get(READER))


def see_everything(connection: Any, _record: object) -> None:
    """For a database opened to be kept: each of its connections is the system's from its first moment."""
    with connection.cursor() as cursor:
        for name, value in _EVERYTHING.items():
            cursor.execute(f"SET {name} = '{value}'")
    connection.commit()


def walled_tables() -> list[Table]:
    """Every table with a row about a case; the others that point at one say why not in their info."""
    return [table for table in Base.metadata.sorted_tables if _links(table) and "wall" not in table.info]


def _links(table: Table) -> list[str]:
    """The columns that name a case."""
    if table.name == ROOT:
        return ["id"]
    return sorted(key.parent.name for key in table.foreign_keys if key.column.table.name == ROOT)


# --- whether it stands ---


def binds(connection: Connection) -> bool:
    """Whether policies bind whoever is connected: they bind neither a superuser nor a role with BYPASSRLS."""
    role = text("SELECT NOT (rolsuper OR rolbypassrls) FROM pg_roles WHERE rolname = current_user")
    return bool(connection.scalar(role))


def sees_everything(connection: Connection) -> bool:
    """Whether no policy hides a row from what this connection asks next."""
    if connection.dialect.name == "sqlite" or not binds(connection):
        return True
    return bool(connection.scalar(text(f"SELECT current_setting('{HIDDEN}', true) = '{{}}'")))


def is_built(connection: Connection) -> bool:
    """Whether every walled table has the policies of this program, enabled and forced on its owner, too."""
    found = connection.execute(
        text(
            """SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity, count(p.oid)
               FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid
               WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
                 AND (c.relrowsecurity OR p.oid IS NOT NULL) GROUP BY c.oid, c.relname"""
        )
    )
    wanted = {table.name: (True, len(POLICIES)) for table in walled_tables()}
    mark = connection.scalar(
        text("SELECT obj_description(to_regprocedure('linli_reads(integer, integer[], timestamptz)'), 'pg_proc')")
    )
    return {name: (on, count) for name, on, count in found} == wanted and mark == _mark(connection)


# --- building it ---

# What is sealed and not the reader's, and what the reader stepped aside from, once for the transaction: a policy that
# asked these tables row by row would stand behind itself, and could not be asked by several workers of one query.
_READS = """
CREATE OR REPLACE FUNCTION linli_reads(person integer, units integer[], at_ timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $f$
DECLARE hidden_ text;
BEGIN
  PERFORM set_config('linli.reader', 'system', true), set_config('linli.hidden', '{{}}', true);
  SELECT '{{' || coalesce(string_agg(id::text, ','), '') || '}}' INTO hidden_ FROM (
    SELECT c.id FROM case_file c WHERE c.sealed AND NOT (
      (c.accused_unit_id IS NULL OR c.accused_unit_id <> ALL (units))
      AND (c.id IN (SELECT a.case_id FROM case_access a WHERE a.person_id = person)
        OR c.id IN (SELECT e.case_id FROM emergency_reading e
                    WHERE e.person_id = person AND e.until > at_ AND e.case_id IS NOT NULL)))
    UNION SELECT r.case_id FROM case_recusal r WHERE r.person_id = person) AS not_theirs;
  PERFORM set_config('linli.hidden', hidden_, true), set_config('linli.reader', person::text, true);
END $f$"""
_FREE = f"(SELECT coalesce(current_setting('{SETTING}', true), '') IN ('{SYSTEM}', '{ACT}'))"
# One hash for each table of a query, which several workers may ask where it is read from a function. Nothing said is a
# list of one NULL: no id is known not to be in it.
_LIST = f"coalesce(nullif(current_setting('{HIDDEN}', true), ''), '{{NULL}}')::integer[]"
_HIDDEN = f"(SELECT hidden FROM unnest({_LIST}) AS hidden)"  # noqa: S608 - our own words
# An operator that might leak sees no row before its policy, so that a search by words would use no index. The words
# stand without one: hits are told of cases, which have theirs, and no words of a sealed case outlive the act.
_NO_WORDS = (
    """
CREATE OR REPLACE FUNCTION linli_no_words() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $f$
BEGIN
  DELETE FROM case_words w USING case_file c
    WHERE c.id = w.case_id AND c.sealed AND c.id = (to_jsonb(NEW) ->> TG_ARGV[0])::integer;
  RETURN NULL;
END $f$""",
    "DROP TRIGGER IF EXISTS linli_no_words ON case_words",
    """CREATE CONSTRAINT TRIGGER linli_no_words AFTER INSERT OR UPDATE ON case_words DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION linli_no_words('case_id')""",
    "DROP TRIGGER IF EXISTS linli_no_words ON case_file",
    """CREATE CONSTRAINT TRIGGER linli_no_words AFTER INSERT OR UPDATE ON case_file DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW WHEN (NEW.sealed) EXECUTE FUNCTION linli_no_words('id')""",
)
POLICIES = ("linli_read", "linli_insert", "linli_update", "linli_delete")


def install(connection: Connection) -> None:
    """Build the wall from the metadata where it does not stand as this program would build it; run after migrations."""
    if connection.dialect.name == "sqlite" or is_built(connection):
        return
    for statement in _statements(connection):
        connection.exec_driver_sql(statement.replace("%", "%%"))
    connection.exec_driver_sql(
        f"COMMENT ON FUNCTION linli_reads(integer, integer[], timestamptz) IS '{_mark(connection)}'"
    )


def _mark(connection: Connection) -> str:
    return sha256("\n".join(_statements(connection)).encode()).hexdigest()


def _statements(connection: Connection) -> Iterator[str]:
    schema = connection.scalar(text("SELECT quote_ident(current_schema())"))
    yield from (statement.format(schema=schema) for statement in (_READS, *_NO_WORDS))
    for table in walled_tables():
        shown = " AND ".join(_shown(table.columns[name]) for name in _links(table))
        for policy in POLICIES:
            yield f"DROP POLICY IF EXISTS {policy} ON {table.name}"
        yield f"CREATE POLICY linli_read ON {table.name} FOR SELECT USING ({shown})"
        yield f"CREATE POLICY linli_insert ON {table.name} FOR INSERT WITH CHECK ({_FREE})"
        yield f"CREATE POLICY linli_update ON {table.name} FOR UPDATE USING ({_FREE})"
        yield f"CREATE POLICY linli_delete ON {table.name} FOR DELETE USING ({_FREE})"
        yield f"ALTER TABLE {table.name} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"


def _shown(link: Column[Any]) -> str:
    shown = f"{link.name} NOT IN {_HIDDEN}"
    return f"({link.name} IS NULL OR {shown})" if link.nullable else shown
