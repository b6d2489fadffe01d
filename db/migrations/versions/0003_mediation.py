"""Mediation: committees, disputes, agreements and what was promised; files may belong to a dispute."""

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: None = None
depends_on: None = None

SQLITE = (
    """CREATE VIRTUAL TABLE dispute_words_search USING fts5(
        words, content='dispute_words', content_rowid='dispute_id', tokenize="unicode61 remove_diacritics 0")""",
    """CREATE TRIGGER dispute_words_insert AFTER INSERT ON dispute_words BEGIN
        INSERT INTO dispute_words_search(rowid, words) VALUES (NEW.dispute_id, NEW.words); END""",
    """CREATE TRIGGER dispute_words_delete AFTER DELETE ON dispute_words BEGIN
        INSERT INTO dispute_words_search(dispute_words_search, rowid, words)
        VALUES ('delete', OLD.dispute_id, OLD.words); END""",
    """CREATE TRIGGER dispute_words_update AFTER UPDATE ON dispute_words BEGIN
        INSERT INTO dispute_words_search(dispute_words_search, rowid, words)
        VALUES ('delete', OLD.dispute_id, OLD.words);
        INSERT INTO dispute_words_search(rowid, words) VALUES (NEW.dispute_id, NEW.words); END""",
)
POSTGRES = ("CREATE INDEX ix_dispute_words_search ON dispute_words USING gin (to_tsvector('simple', words))",)

COUNTS = ("accepted", "succeeded", "written", "oral", "confirmed", "amount", "persons", "difficult", "prevented",
          "refused", "failed")  # fmt: skip
KEY = ("committee_id", "month", "category", "source")
MONTH = {"sqlite": "date({}, 'start of month')", "postgresql": "CAST(date_trunc('month', {}) AS date)"}
# What one dispute adds to the figures: a line in the month it was accepted, and one in the month it ended in vain.
LINES = """CREATE VIEW dispute_figures AS
    SELECT d.id AS dispute_id, d.committee_id, {accepted} AS month, d.category, d.source, 1 AS accepted,
        CASE WHEN a.effective_on IS NULL THEN 0 ELSE 1 END AS succeeded,
        CASE WHEN a.effective_on IS NOT NULL AND a.form = 'written' THEN 1 ELSE 0 END AS written,
        CASE WHEN a.effective_on IS NOT NULL AND a.form = 'oral' THEN 1 ELSE 0 END AS oral,
        CASE WHEN a.effective_on IS NOT NULL AND a.confirmation = 'confirmed' THEN 1 ELSE 0 END AS confirmed,
        CASE WHEN a.effective_on IS NULL THEN 0 ELSE a.amount END AS amount,
        d.head_count AS persons, CASE WHEN d.major THEN 1 ELSE 0 END AS difficult,
        CASE WHEN d.escalation_prevented THEN 1 ELSE 0 END AS prevented, 0 AS refused, 0 AS failed
    FROM dispute d LEFT JOIN agreement a ON a.dispute_id = d.id WHERE d.accepted_on IS NOT NULL
    UNION ALL
    SELECT d.id, d.committee_id, {ended}, d.category, d.source, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        CASE WHEN d.refused_by <> '' THEN 1 ELSE 0 END, CASE WHEN d.refused_by = '' THEN 1 ELSE 0 END
    FROM dispute d WHERE d.ended_on IS NOT NULL AND d.routes_told <> ''"""
# The triggers take a dispute's lines out before a change and add them again after it.
MOVES_A_LINE = ("accepted_on", "ended_on", "committee_id", "category", "source", "head_count", "major",
                "escalation_prevented", "refused_by", "routes_told")  # fmt: skip
TRIGGERS = (
    ("dispute", "id", "AFTER INSERT"),
    ("dispute", "id", f"BEFORE UPDATE OF {', '.join(MOVES_A_LINE)}"),
    ("dispute", "id", f"AFTER UPDATE OF {', '.join(MOVES_A_LINE)}"),
    ("dispute", "id", "BEFORE DELETE"),
    *(
        ("agreement", "dispute_id", f"{when} {op}")
        for op in ("INSERT", "UPDATE", "DELETE")
        for when in ("BEFORE", "AFTER")
    ),
)
PLPGSQL = """CREATE FUNCTION dispute_counted() RETURNS trigger LANGUAGE plpgsql AS $f$
    DECLARE one integer;
    BEGIN
        IF TG_OP = 'DELETE' THEN one = CAST(to_jsonb(OLD) ->> TG_ARGV[0] AS integer);
        ELSE one = CAST(to_jsonb(NEW) ->> TG_ARGV[0] AS integer); END IF;
        IF TG_WHEN = 'BEFORE' THEN {taken} ELSE {added} END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END $f$"""


def lines_of(dispute: str, whose: str) -> str:
    """The lines of one dispute, for its committee or for all of them (0)."""
    sums = ", ".join(f"SUM({name}) AS {name}" for name in COUNTS)
    return f"""SELECT MIN({whose}) AS committee_id, month, category, source, {sums}
        FROM dispute_figures WHERE dispute_id = {dispute} GROUP BY month, category, source"""  # noqa: S608 - names of our own


def taken(dispute: str) -> str:
    """Statements that take the lines of a dispute out of the counts."""
    less = ", ".join(f"{name} = dispute_count.{name} - line.{name}" for name in COUNTS)
    same = " AND ".join(f"dispute_count.{name} = line.{name}" for name in KEY)
    return " ".join(
        f"UPDATE dispute_count SET {less} FROM ({lines_of(dispute, whose)}) line WHERE {same};"  # noqa: S608 - the same
        for whose in ("committee_id", "0")
    )


def added(dispute: str) -> str:
    """Statements that add them."""
    more = ", ".join(f"{name} = dispute_count.{name} + excluded.{name}" for name in COUNTS)
    return " ".join(
        f"""INSERT INTO dispute_count ({", ".join((*KEY, *COUNTS))}) {lines_of(dispute, whose)}
        ON CONFLICT ({", ".join(KEY)}) DO UPDATE SET {more};"""
        for whose in ("committee_id", "0")
    )


def counted(dialect: str) -> list[str]:
    """The view and the triggers that keep the counts."""
    months = {name: MONTH[dialect].format(f"d.{name}_on") for name in ("accepted", "ended")}
    made = [LINES.format(**months)]
    if dialect == "postgresql":
        made.append(PLPGSQL.format(taken=taken("one"), added=added("one")))
    for table, dispute, moment in TRIGGERS:
        name = f"{table}_count_{'_'.join(moment.lower().split()[:2])}"
        row = f"{'OLD' if moment.endswith('DELETE') else 'NEW'}.{dispute}"
        body = taken(row) if moment.startswith("BEFORE") else added(row)
        made.append(
            f"CREATE TRIGGER {name} {moment} ON {table} BEGIN {body} END"
            if dialect == "sqlite"
            else f"CREATE TRIGGER {name} {moment} ON {table} FOR EACH ROW EXECUTE FUNCTION dispute_counted('{dispute}')"
        )
    return made


def upgrade() -> None:
    op.create_table(
        "committee",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("set_up_on", sa.Date(), nullable=True),
        sa.Column("term_from", sa.Date(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_committee_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_committee")),
        sa.UniqueConstraint("name", name=op.f("uq_committee_name")),
    )
    op.create_index(op.f("ix_committee_unit_id"), "committee", ["unit_id"], unique=False)

    op.create_table(
        "dispute_search",
        sa.Column("committee_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("prevented", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["committee_id"], ["committee.id"], name=op.f("fk_dispute_search_committee_id_committee")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_search")),
    )
    op.create_index(op.f("ix_dispute_search_committee_id"), "dispute_search", ["committee_id"], unique=False)

    op.create_table(
        "mediator",
        sa.Column("committee_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sex", sa.String(), nullable=False),
        sa.Column("position", sa.String(), nullable=False),
        sa.Column("full_time", sa.Boolean(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["committee_id"], ["committee.id"], name=op.f("fk_mediator_committee_id_committee")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mediator_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mediator")),
        sa.UniqueConstraint("committee_id", "name", name=op.f("uq_mediator_committee_id_name")),
    )
    op.create_index("ix_mediator_person_id", "mediator", ["person_id"], unique=False)

    op.create_table(
        "dispute",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("running", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("committee_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("child", sa.Boolean(), nullable=False),
        sa.Column("major", sa.Boolean(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("head_count", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("registered_by_id", sa.Integer(), nullable=True),
        sa.Column("privacy_notice_id", sa.Integer(), nullable=True),
        sa.Column("limit_set_id", sa.Integer(), nullable=False),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("extended_days", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("next_due_on", sa.Date(), nullable=True),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.Column("refused_by", sa.String(), nullable=False),
        sa.Column("routes_told", sa.String(), nullable=False),
        sa.Column("routes_told_on", sa.Date(), nullable=True),
        sa.Column("escalation", sa.Boolean(), nullable=False),
        sa.Column("escalation_measure", sa.Text(), nullable=False),
        sa.Column("police_reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalation_prevented", sa.Boolean(), nullable=False),
        sa.Column("visitor_id", sa.Integer(), nullable=True),
        sa.Column("file_note", sa.Text(), nullable=False),
        sa.Column("retention", sa.String(), nullable=False),
        sa.Column("standard", sa.Boolean(), nullable=True),
        sa.Column("archived_on", sa.Date(), nullable=True),
        sa.Column("archived_by_id", sa.Integer(), nullable=True),
        sa.Column("signed_incomplete", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["archived_by_id"], ["person.id"], name=op.f("fk_dispute_archived_by_id_person")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_dispute_case_id_case_file")),
        sa.ForeignKeyConstraint(["committee_id"], ["committee.id"], name=op.f("fk_dispute_committee_id_committee")),
        sa.ForeignKeyConstraint(["limit_set_id"], ["limit_set.id"], name=op.f("fk_dispute_limit_set_id_limit_set")),
        sa.ForeignKeyConstraint(
            ["privacy_notice_id"], ["privacy_notice.id"], name=op.f("fk_dispute_privacy_notice_id_privacy_notice")
        ),
        sa.ForeignKeyConstraint(["registered_by_id"], ["person.id"], name=op.f("fk_dispute_registered_by_id_person")),
        sa.ForeignKeyConstraint(["visitor_id"], ["person.id"], name=op.f("fk_dispute_visitor_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
        sa.UniqueConstraint("number", name=op.f("uq_dispute_number")),
        sa.UniqueConstraint("year", "running", name=op.f("uq_dispute_year_running")),
    )
    op.create_index("ix_dispute_accepted_on", "dispute", ["accepted_on"], unique=False)
    op.create_index("ix_dispute_case_id", "dispute", ["case_id"], unique=False)
    op.create_index(
        "ix_dispute_category_state_received_on",
        "dispute",
        ["category", "state", "received_on", "source", "child"],
        unique=False,
    )
    op.create_index(
        "ix_dispute_committee_id_open_received_on",
        "dispute",
        ["committee_id", "open", "received_on", "child", "state"],
        unique=False,
    )
    op.create_index("ix_dispute_ended_on", "dispute", ["ended_on"], unique=False)
    op.create_index(
        "ix_dispute_open_next_due_on",
        "dispute",
        ["next_due_on", "state", "committee_id", "child", "received_on", "visitor_id"],
        unique=False,
        sqlite_where=sa.text("open = 1"),
        postgresql_where=sa.text("open"),
    )
    op.create_index(
        "ix_dispute_received_on_id",
        "dispute",
        ["received_on", "id", "state", "source", "committee_id", "child", "open"],
        unique=False,
    )
    op.create_index(op.f("ix_dispute_registered_by_id"), "dispute", ["registered_by_id"], unique=False)
    op.create_index("ix_dispute_visitor_id", "dispute", ["visitor_id"], unique=False)

    # Before anything points at it: SQLite builds the table anew.
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("dispute_id", sa.Integer(), nullable=True))
        batch_op.alter_column("case_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_index(batch_op.f("ix_attachment_dispute_id"), ["dispute_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_attachment_dispute_id_dispute"), "dispute", ["dispute_id"], ["id"])

    op.create_table(
        "mediator_training",
        sa.Column("mediator_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("organiser", sa.String(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["mediator_id"], ["mediator.id"], name=op.f("fk_mediator_training_mediator_id_mediator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mediator_training")),
    )
    op.create_index(op.f("ix_mediator_training_mediator_id"), "mediator_training", ["mediator_id"], unique=False)

    op.create_table(
        "agreement",
        sa.Column("dispute_id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("party_asks_written", sa.Boolean(), nullable=False),
        sa.Column("performed_at_once", sa.Boolean(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("performance", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reached_on", sa.Date(), nullable=True),
        sa.Column("mediator_signed_on", sa.Date(), nullable=True),
        sa.Column("sealed_on", sa.Date(), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("recorder", sa.String(), nullable=False),
        sa.Column("excluded_matter", sa.String(), nullable=False),
        sa.Column("confirm_by", sa.Date(), nullable=True),
        sa.Column("confirmation", sa.String(), nullable=False),
        sa.Column("requested_on", sa.Date(), nullable=True),
        sa.Column("requested_jointly", sa.Boolean(), nullable=False),
        sa.Column("court", sa.String(), nullable=False),
        sa.Column("court_number", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"], name=op.f("fk_agreement_dispute_id_dispute")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("dispute_id", name=op.f("uq_agreement_dispute_id")),
    )
    op.create_index(op.f("ix_agreement_effective_on"), "agreement", ["effective_on"], unique=False)

    op.create_table(
        "dispute_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dispute_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("from_state", sa.String(), nullable=False),
        sa.Column("to_state", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"], name=op.f("fk_dispute_entry_dispute_id_dispute")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_dispute_entry_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_entry")),
    )
    op.create_index("ix_dispute_entry_dispute_id_id", "dispute_entry", ["dispute_id", "id"], unique=False)

    op.create_table(
        "dispute_extension",
        sa.Column("dispute_id", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("consented_on", sa.Date(), nullable=False),
        sa.Column("consented_how", sa.String(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"], name=op.f("fk_dispute_extension_dispute_id_dispute")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["person.id"], name=op.f("fk_dispute_extension_recorded_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_extension")),
    )
    op.create_index(op.f("ix_dispute_extension_dispute_id"), "dispute_extension", ["dispute_id"], unique=False)

    op.create_table(
        "dispute_party",
        sa.Column("dispute_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("contact", sa.LargeBinary(), nullable=True),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("guardian", sa.LargeBinary(), nullable=True),
        sa.Column("agent", sa.LargeBinary(), nullable=True),
        sa.Column("agent_contact", sa.LargeBinary(), nullable=True),
        sa.Column("name_mask", sa.String(), nullable=False),
        sa.Column("contact_mask", sa.String(), nullable=False),
        sa.Column("agent_mask", sa.String(), nullable=False),
        sa.Column("sex", sa.String(), nullable=False),
        sa.Column("age", sa.Integer(), nullable=True),
        sa.Column("occupation", sa.String(), nullable=False),
        sa.Column("child", sa.Boolean(), nullable=False),
        sa.Column("agent_powers", sa.Text(), nullable=False),
        sa.Column("agent_until", sa.Date(), nullable=True),
        sa.Column("identity_seen_on", sa.Date(), nullable=True),
        sa.Column("identity_seen_by_id", sa.Integer(), nullable=True),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("told_how", sa.String(), nullable=False),
        sa.Column("consent", sa.String(), nullable=False),
        sa.Column("consent_on", sa.Date(), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("signed_by_agent", sa.Boolean(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"], name=op.f("fk_dispute_party_dispute_id_dispute")),
        sa.ForeignKeyConstraint(
            ["identity_seen_by_id"], ["person.id"], name=op.f("fk_dispute_party_identity_seen_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_party")),
    )
    op.create_index(op.f("ix_dispute_party_dispute_id"), "dispute_party", ["dispute_id"], unique=False)

    op.create_table(
        "dispute_session",
        sa.Column("dispute_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("present", sa.String(), nullable=False),
        sa.Column("invited", sa.Text(), nullable=False),
        sa.Column("open_to_others", sa.Boolean(), nullable=False),
        sa.Column("notices", sa.Text(), nullable=False),
        sa.Column("statements", sa.Text(), nullable=False),
        sa.Column("checked", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("recorder", sa.String(), nullable=False),
        sa.Column("mediators", sa.String(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"], name=op.f("fk_dispute_session_dispute_id_dispute")),
        sa.ForeignKeyConstraint(["written_by_id"], ["person.id"], name=op.f("fk_dispute_session_written_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_session")),
    )
    op.create_index(op.f("ix_dispute_session_dispute_id"), "dispute_session", ["dispute_id"], unique=False)

    op.create_table(
        "dispute_visit",
        sa.Column("dispute_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("visited_on", sa.Date(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("performance", sa.String(), nullable=False),
        sa.Column("satisfaction", sa.String(), nullable=False),
        sa.Column("court_case", sa.Boolean(), nullable=False),
        sa.Column("recurrence", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"], name=op.f("fk_dispute_visit_dispute_id_dispute")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_dispute_visit_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_visit")),
    )
    op.create_index(op.f("ix_dispute_visit_dispute_id"), "dispute_visit", ["dispute_id"], unique=False)

    op.create_table(
        "dispute_mediator",
        sa.Column("dispute_id", sa.Integer(), nullable=False),
        sa.Column("mediator_id", sa.Integer(), nullable=False),
        sa.Column("lead", sa.Boolean(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_kind", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"], name=op.f("fk_dispute_mediator_dispute_id_dispute")),
        sa.ForeignKeyConstraint(
            ["mediator_id"], ["mediator.id"], name=op.f("fk_dispute_mediator_mediator_id_mediator")
        ),
        sa.ForeignKeyConstraint(
            ["party_id"], ["dispute_party.id"], name=op.f("fk_dispute_mediator_party_id_dispute_party")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_mediator")),
    )
    op.create_index(
        "ix_dispute_mediator_mediator_id",
        "dispute_mediator",
        ["mediator_id", "ended_on", "end_kind", "dispute_id"],
        unique=False,
    )
    op.create_index(
        "uq_dispute_mediator_standing",
        "dispute_mediator",
        ["dispute_id", "mediator_id"],
        unique=True,
        sqlite_where=sa.text("ended_on IS NULL"),
        postgresql_where=sa.text("ended_on IS NULL"),
    )

    op.create_table(
        "dispute_paper",
        sa.Column("dispute_id", sa.Integer(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("attachment_id", sa.Integer(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachment.id"], name=op.f("fk_dispute_paper_attachment_id_attachment")
        ),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"], name=op.f("fk_dispute_paper_dispute_id_dispute")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_paper")),
    )
    op.create_index(op.f("ix_dispute_paper_dispute_id"), "dispute_paper", ["dispute_id"], unique=False)

    op.create_table(
        "obligation",
        sa.Column("dispute_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("debtor_id", sa.Integer(), nullable=False),
        sa.Column("creditor_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("manner", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("series", sa.Integer(), nullable=False),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("fulfilled_on", sa.Date(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["creditor_id"], ["dispute_party.id"], name=op.f("fk_obligation_creditor_id_dispute_party")
        ),
        sa.ForeignKeyConstraint(
            ["debtor_id"], ["dispute_party.id"], name=op.f("fk_obligation_debtor_id_dispute_party")
        ),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"], name=op.f("fk_obligation_dispute_id_dispute")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_obligation")),
    )
    op.create_index(op.f("ix_obligation_dispute_id"), "obligation", ["dispute_id"], unique=False)
    op.create_index("ix_obligation_standing_due_on", "obligation", ["standing", "due_on"], unique=False)

    op.create_table(
        "performance",
        sa.Column("obligation_id", sa.Integer(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("attachment_id", sa.Integer(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachment.id"], name=op.f("fk_performance_attachment_id_attachment")
        ),
        sa.ForeignKeyConstraint(
            ["obligation_id"], ["obligation.id"], name=op.f("fk_performance_obligation_id_obligation")
        ),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_performance_recorded_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_performance")),
    )
    op.create_index(op.f("ix_performance_obligation_id"), "performance", ["obligation_id"], unique=False)

    op.create_table(
        "dispute_words",
        sa.Column("dispute_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"], name=op.f("fk_dispute_words_dispute_id_dispute")),
        sa.PrimaryKeyConstraint("dispute_id", name=op.f("pk_dispute_words")),
    )
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRES:
        op.execute(statement)

    op.create_table(
        "dispute_count",
        sa.Column("committee_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        *(sa.Column(name, sa.BigInteger() if name == "amount" else sa.Integer(), nullable=False) for name in COUNTS),
        sa.PrimaryKeyConstraint("committee_id", "month", "category", "source", name=op.f("pk_dispute_count")),
    )
    for statement in counted(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("restore the backup taken before the upgrade instead")
