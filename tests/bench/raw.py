"""What a good engineer would write by hand for the same answers: SQLite statements, the same rows, no framework.

Writes go through the same schema with its triggers, so the same journal rows and index entries are written, in one
transaction with synchronous=FULL. Nothing is checked and nothing is encrypted here: those are Linli's to pay for.
"""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlcipher3 import dbapi2

from db import clock, journal
from db.engine import PRAGMAS, Database
from db.identity import key_for
from db.journal import Writer
from db.rules.permissions import Actor, Role
from db.rules.words import words_of
from db.services.cases import Choice, Tab
from db.services.search import fts_query
from tests.factories import Office

PAGE = 50
COUNTED = 10_000
SEEN = """(NOT c.sealed OR c.id IN (SELECT case_id FROM case_access WHERE person_id = :me))
    AND c.id NOT IN (SELECT case_id FROM case_recusal WHERE person_id = :me)"""
REACH = """(c.handler_id = :me OR c.registered_by_id = :me OR c.id IN (SELECT case_id FROM case_access WHERE
    person_id = :me) OR EXISTS (SELECT 1 FROM case_unit s WHERE s.case_id = c.id AND s.unit_id = :unit
    AND s.state <> 'returned'))"""
TABS = {
    Tab.TO_PROPOSE: "c.state = 'registered'",
    Tab.TO_CONFIRM: "c.state = 'signed'",
    Tab.TO_REPLY: """NOT c.anonymous AND (c.state = 'confirmed' OR (c.state = 'handling' AND c.id IN
        (SELECT case_id FROM case_extension WHERE approved IS 1 AND told_on IS NULL)))""",
    Tab.TO_VISIT: """c.state = 'replied' AND (c.handler_id IS NULL OR c.handler_id <> :me)
        AND (c.answered_by_id IS NULL OR c.answered_by_id <> :me)""",
    Tab.TO_REVIEW: "c.state IN ('review', 'rereview')",
    Tab.TO_CLOSE: "(c.state = 'visited' OR (c.state = 'confirmed' AND c.anonymous))",
    Tab.MINE: "c.open = 1 AND c.handler_id = :me",
    Tab.MY_UNIT: """c.open = 1 AND EXISTS (SELECT 1 FROM case_unit s WHERE s.case_id = c.id AND s.unit_id = :unit
        AND s.state <> 'returned')""",
    Tab.DUE_SOON: "c.open = 1 AND c.next_due_on BETWEEN :today AND :soon",
    Tab.OVERDUE: "c.open = 1 AND c.next_due_on < :today",
    Tab.OPEN: "c.open = 1",
    Tab.ALL: "1",
}
LISTED = """SELECT c.id, c.version, c.number, c.state, c.received_at, c.next_due_on, c.provisional, c.grade, c.category,
    c.subject, c.place, r.name_mask, r.contact_mask, c.lead_unit_id, u.name, c.handler_id, h.name, c.note, c.open,
    c.sealed, c.anonymous, c.bounces
    FROM (SELECT c.id FROM case_file c WHERE {where} ORDER BY {order} LIMIT :most OFFSET :skip) p
    JOIN case_file c ON c.id = p.id
    LEFT JOIN case_party r ON r.id = (SELECT min(id) FROM case_party WHERE case_id = c.id)
    LEFT JOIN unit u ON u.id = c.lead_unit_id LEFT JOIN person h ON h.id = c.handler_id ORDER BY {order}"""
FIRST = 5
_MATCHED = "c.id IN (SELECT rowid FROM case_search WHERE case_search MATCH :words)"
FOUND = (
    f"SELECT count(*) FROM (SELECT 1 FROM case_file c WHERE {SEEN} AND {_MATCHED} LIMIT {COUNTED + 1})",  # noqa: S608 - fixed parts
    f"""SELECT c.id, c.number, c.subject, c.text, c.place, c.state, u.name FROM (SELECT id FROM case_file c
    WHERE {SEEN} AND {_MATCHED} ORDER BY c.received_at DESC, c.id DESC LIMIT :most) p JOIN case_file c ON c.id = p.id
    LEFT JOIN unit u ON u.id = c.lead_unit_id ORDER BY c.received_at DESC, c.id DESC""",  # noqa: S608 - fixed parts
    """SELECT d.id, d.number, d.subject, d.facts, d.state FROM dispute d WHERE d.id IN (SELECT rowid FROM
    dispute_words_search WHERE dispute_words_search MATCH :words) ORDER BY d.received_on DESC, d.id DESC LIMIT 10001""",
    f"""SELECT c.id, c.number, r.name_mask FROM case_file c JOIN case_party r ON r.case_id = c.id
    WHERE r.name_key = :key AND {SEEN} ORDER BY c.id DESC LIMIT 20""",  # noqa: S608 - fixed parts
    "SELECT dispute_id FROM dispute_party WHERE name_key = :key",
    "SELECT id, name, name_en FROM unit WHERE active",
    "SELECT id, name FROM person",
)
BESIDE = (
    "SELECT role, name_mask, contact_mask FROM case_party WHERE case_id = ? ORDER BY id",
    """SELECT s.unit_id, u.name, s.role, s.state, s.sent_on, s.due_on, s.object_by, s.answered_on, s.signed_on, s.answer
    FROM case_unit s JOIN unit u ON u.id = s.unit_id WHERE s.case_id = ? AND s.state <> 'returned' ORDER BY s.id""",
    """SELECT e.*, p.name, u.name FROM case_entry e LEFT JOIN person p ON p.id = e.person_id
    LEFT JOIN unit u ON u.id = e.unit_id WHERE e.case_id = ? ORDER BY e.id DESC LIMIT 200""",
    "SELECT count(*) FROM case_entry WHERE case_id = ?",
    """SELECT a.*, p.name FROM attachment a LEFT JOIN person p ON p.id = a.uploaded_by_id
    WHERE a.case_id = ? AND a.removed_at IS NULL ORDER BY a.id""",
    """SELECT l.kind, c.id, c.number, c.state, c.received_at, c.subject FROM case_link l JOIN case_file c
    ON c.id IN (l.case_id, l.other_id) WHERE ?1 IN (l.case_id, l.other_id) AND c.id <> ?1""",
    "SELECT v.*, p.name FROM case_visit v LEFT JOIN person p ON p.id = v.person_id WHERE v.case_id = ? ORDER BY v.id",
    "SELECT * FROM case_review WHERE case_id = ? ORDER BY id",
    "SELECT * FROM case_extension WHERE case_id = ? ORDER BY id DESC LIMIT 1",
    "SELECT p.name FROM case_access a JOIN person p ON p.id = a.person_id WHERE a.case_id = ?",
)


class Raw:
    """One connection with the pragmas and the journal's functions of every other."""

    def __init__(self, database: Database, office: Office) -> None:
        self._connection: Any = dbapi2.connect(str(database.settings.folder / "linli.db"), isolation_level=None)
        for name, value in PRAGMAS.items():
            self._connection.execute(f"PRAGMA {name} = {value}")
        journal.equip_sqlite(self._connection, database.keys)
        self._database, self._office, self._timezone = database, office, database.settings.timezone
        self._rules = self._connection.execute("SELECT max(id) FROM limit_set").fetchone()[0]
        self._steps = 0

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

    def list_of(self, actor: Actor, choice: Choice) -> Callable[[], tuple[int, list[int]]]:
        """A function that answers one page: the count up to the cap and the ids, all columns fetched."""
        today = clock.today(self._timezone)
        named: dict[str, object] = {
            "me": actor.id, "unit": actor.unit_id, "today": today.isoformat(), "soon": _third_working_day(today),
            "most": PAGE, "skip": (choice.page - 1) * PAGE,
        }  # fmt: skip
        parts = [SEEN, TABS[choice.tab]]
        if Role.HANDLER in actor.roles:
            parts.append(REACH)
        for name in ("state", "category", "grade"):
            if getattr(choice, name):
                parts.append(f"c.{name} = :{name}")
                named[name] = getattr(choice, name)
        if choice.text:
            parts.append("c.id IN (SELECT rowid FROM case_search WHERE case_search MATCH :words)")
            named["words"] = fts_query(choice.text)
        where = " AND ".join(parts)
        by_due = choice.order[0] == "due"
        order = "c.next_due_on, c.id" if by_due else "c.received_at DESC, c.id DESC"
        page = LISTED.format(where=f"c.open = 1 AND {where}" if by_due else where, order=order)
        counted = f"SELECT count(*) FROM (SELECT c.id FROM case_file c WHERE {where} LIMIT {COUNTED + 1})"  # noqa: S608 - fixed parts

        def answer() -> tuple[int, list[int]]:
            self._connection.execute("BEGIN")
            total = self._connection.execute(counted, named).fetchone()[0]
            rows = self._connection.execute(page, named).fetchall()
            self._connection.execute("COMMIT")
            return min(total, COUNTED + 1), [row[0] for row in rows]

        return answer

    def find(self, actor: Actor, text: str) -> Callable[[], tuple[int, list[int]]]:
        """A function that answers a search over everything for somebody who sees all: the count and the first ids of
        the cases, the same of disputes, who brought them by name, and every unit and handler to compare with."""
        key = {"key": key_for(self._database, "name", text)}
        named = {"me": actor.id, "words": fts_query(text), "most": FIRST} | key

        def answer() -> tuple[int, list[int]]:
            self._connection.execute("BEGIN")
            found = [self._connection.execute(query, named).fetchall() for query in FOUND]
            self._connection.execute("COMMIT")
            return found[0][0][0], [row[0] for row in found[1]]

        return answer

    def view(self, case_id: int) -> list[list[tuple[object, ...]]]:
        """Everything the case page shows, row by row."""
        self._connection.execute("BEGIN")
        case = f"SELECT * FROM case_file c WHERE c.id = :id AND {SEEN}"  # noqa: S608 - fixed parts
        found = [self._connection.execute(case, {"id": case_id, "me": self._office.director.id}).fetchall()]
        found += [self._connection.execute(query, (case_id,)).fetchall() for query in BESIDE]
        self._connection.execute("COMMIT")
        return found

    def version_of(self, case_id: int) -> int:
        """The version that stands."""
        return int(self._connection.execute("SELECT version FROM case_file WHERE id = ?", (case_id,)).fetchone()[0])

    def register(self, key: str) -> None:
        """The rows of a registration."""
        clerk, moment = self._office.clerk, _now()
        with journal.writing(Writer(clerk.id, clerk.name, clerk.origin)):
            run = self._connection.execute
            run("BEGIN IMMEDIATE")
            year = clock.today(self._timezone).year
            running = run(
                "UPDATE running_number SET last = last + 1 WHERE series = 'case' AND year = ? RETURNING last", (year,)
            ).fetchone()[0]
            number, today = f"{year}-{running:06d}", clock.today(self._timezone)
            case_id = run(
                """INSERT INTO case_file (version, number, year, running, state, open, sealed, channel, source, kind,
                procedure, other_procedure, grade, category, subject, text, request, place, place_key, since, note,
                anonymous, child, head_count, new_facts, exhausted, query_code, received_at, registered_at,
                registered_by_id, bounces, ruled, outcome, facts, legal_basis, answer, satisfaction, solved,
                extended_days, limit_set_id, promise_due_on, statute_due_on, next_due_on, provisional)
                VALUES (1, ?, ?, ?, 'registered', 1, 0, 'visit', 'resident', 'request', 'ordinary', '', 'general',
                'construction', '东门路路灯不亮', '东门路12号附近路灯不亮，已有三天，多次反映未解决，影响出行。',
                '希望尽快处理', '东门路12号', '东门路12号', '', '', 0, 0, 1, 0, 0, x'00', ?, ?, ?, 0, 0, '', '', '', '',
                '', '', 0, ?, ?, ?, ?, 1) RETURNING id""",
                (number, year, running, moment, moment, clerk.id, self._rules, today + timedelta(7),
                 today + timedelta(15), today + timedelta(7)),
            ).fetchone()[0]  # fmt: skip
            run(
                """INSERT INTO case_party (version, case_id, role, name, contact, name_mask, contact_mask, name_key,
                contact_key) VALUES (1, ?, 'resident', x'00', x'00', '李**', '154******01', 'k', 'k')""",
                (case_id,),
            )
            self._entry(case_id, clerk, "register", "", "registered", "{}")
            words = words_of(number, "东门路路灯不亮", "东门路12号附近路灯不亮，已有三天，多次反映未解决，影响出行。")
            run("INSERT INTO case_words (case_id, words) VALUES (?, ?)", (case_id, words))
            self._remember(key, clerk, "intake.register", {"case_id": case_id})
            run("DELETE FROM draft WHERE person_id = ? AND key = ?", (clerk.id, key))
            run("COMMIT")

    def propose(self, case_id: int, key: str) -> None:
        """The rows of a proposal."""
        deputy = self._office.deputy
        with journal.writing(Writer(deputy.id, deputy.name, deputy.origin)):
            run = self._connection.execute
            run("BEGIN IMMEDIATE")
            version, state = run("SELECT version, state FROM case_file WHERE id = ?", (case_id,)).fetchone()
            detail = json.dumps(
                {"unit": self._office.unit_a, "unit_name": "城建所", "co_names": []}, ensure_ascii=False
            )
            self._entry(case_id, deputy, "propose", state, "proposed", detail)
            run(
                "UPDATE case_file SET state = 'proposed', version = ? WHERE id = ? AND version = ?",
                (version + 1, case_id, version),
            )
            self._remember(key, deputy, "case.propose", {"case_id": case_id, "version": version + 1})
            run("COMMIT")

    def _entry(self, case_id: int, actor: Actor, step: str, was: str, becomes: str, detail: str) -> None:
        self._connection.execute(
            """INSERT INTO case_entry (case_id, at, person_id, unit_id, step, from_state, to_state, public, text,
            detail) VALUES (?, ?, ?, ?, ?, ?, ?, 0, '', ?)""",
            (case_id, _now(), actor.id, actor.unit_id, step, was, becomes, detail),
        )

    def _remember(self, key: str, actor: Actor, act: str, result: dict[str, object]) -> None:
        self._connection.execute(
            "INSERT INTO submission (key, person_id, act, result, at) VALUES (?, ?, ?, ?, ?)",
            (key, actor.id, act, json.dumps(result), _now()),
        )


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def _third_working_day(day: date) -> str:
    """Three days on that are no weekend; near enough for a benchmark that compares answers with no holiday near."""
    left = 3
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return day.isoformat()
