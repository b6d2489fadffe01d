"""Imports, saved lists, acts to undo, merges, stand-ins, conferences, suggestions, ledgers and layouts; the bin."""

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.create_table(
        "ledger",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger")),
        sa.UniqueConstraint("code", name=op.f("uq_ledger_code")),
    )
    op.create_table(
        "case_import",
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("encoding", sa.String(), nullable=False),
        sa.Column("stored", sa.String(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_back_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_case_import_asked_by_id_person")),
        sa.ForeignKeyConstraint(
            ["taken_back_by_id"], ["person.id"], name=op.f("fk_case_import_taken_back_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_import")),
    )
    op.create_table(
        "import_mapping",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("register", sa.String(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["saved_by_id"], ["person.id"], name=op.f("fk_import_mapping_saved_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_mapping")),
    )
    op.create_table(
        "layout",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("register", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["saved_by_id"], ["person.id"], name=op.f("fk_layout_saved_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_layout")),
    )
    op.create_table(
        "saved_list",
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("screen", sa.String(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_saved_list_owner_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_list")),
    )
    op.create_index(op.f("ix_saved_list_owner_id"), "saved_list", ["owner_id"], unique=False)
    op.create_table(
        "stand_in",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("stand_in_id", sa.Integer(), nullable=False),
        sa.Column("begins", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_stand_in_made_by_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_stand_in_person_id_person")),
        sa.ForeignKeyConstraint(["stand_in_id"], ["person.id"], name=op.f("fk_stand_in_stand_in_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stand_in")),
    )
    op.create_index(op.f("ix_stand_in_person_id"), "stand_in", ["person_id"], unique=False)
    op.create_index("ix_stand_in_stand_in_id_ends", "stand_in", ["stand_in_id", "ends"], unique=False)
    op.create_table(
        "suggestion_model",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("trained_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trained_by_id", sa.Integer(), nullable=True),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("measured", sa.Text(), nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("weights", sa.LargeBinary(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["trained_by_id"], ["person.id"], name=op.f("fk_suggestion_model_trained_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion_model")),
    )
    op.create_index("ix_suggestion_model_kind_trained_at", "suggestion_model", ["kind", "trained_at"], unique=False)
    op.create_table(
        "undoable_act",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Text(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_undoable_act_person_id_person")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["person.id"], name=op.f("fk_undoable_act_undone_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_undoable_act")),
    )
    op.create_index("ix_undoable_act_person_id_at", "undoable_act", ["person_id", "at"], unique=False)
    op.create_table(
        "case_conference",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("convened_by_id", sa.Integer(), nullable=False),
        sa.Column("recorder_id", sa.Integer(), nullable=True),
        sa.Column("units", sa.Text(), nullable=False),
        sa.Column("others", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("statements", sa.Text(), nullable=False),
        sa.Column("agreed", sa.Text(), nullable=False),
        sa.Column("lead_unit_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_conference_case_id_case_file")),
        sa.ForeignKeyConstraint(
            ["convened_by_id"], ["person.id"], name=op.f("fk_case_conference_convened_by_id_person")
        ),
        sa.ForeignKeyConstraint(["lead_unit_id"], ["unit.id"], name=op.f("fk_case_conference_lead_unit_id_unit")),
        sa.ForeignKeyConstraint(["recorder_id"], ["person.id"], name=op.f("fk_case_conference_recorder_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_conference")),
    )
    op.create_index(op.f("ix_case_conference_case_id"), "case_conference", ["case_id"], unique=False)
    op.create_table(
        "case_import_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("case_version", sa.Integer(), nullable=True),
        sa.Column("repeat_of_id", sa.Integer(), nullable=True),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("heading", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["case_import.id"], name=op.f("fk_case_import_row_import_id_case_import")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_import_row")),
        info={"journal": "what case_import did, case by case, stands there"},
    )
    op.create_index("ix_case_import_row_case_id", "case_import_row", ["case_id"], unique=False)
    op.create_index(
        "ix_case_import_row_import_id_verdict_row", "case_import_row", ["import_id", "verdict", "row"], unique=False
    )
    op.create_table(
        "case_likely",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_likely_case_id_case_file")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_case_likely_decided_by_id_person")),
        sa.ForeignKeyConstraint(["other_id"], ["case_file.id"], name=op.f("fk_case_likely_other_id_case_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_likely")),
        sa.UniqueConstraint("case_id", "other_id", name=op.f("uq_case_likely_case_id_other_id")),
    )
    op.create_index(op.f("ix_case_likely_other_id"), "case_likely", ["other_id"], unique=False)
    op.create_index("ix_case_likely_state_id", "case_likely", ["state", "id"], unique=False)
    op.create_table(
        "case_merge",
        sa.Column("kept_id", sa.Integer(), nullable=False),
        sa.Column("gone_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("merged_by_id", sa.Integer(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["gone_id"], ["case_file.id"], name=op.f("fk_case_merge_gone_id_case_file")),
        sa.ForeignKeyConstraint(["kept_id"], ["case_file.id"], name=op.f("fk_case_merge_kept_id_case_file")),
        sa.ForeignKeyConstraint(["merged_by_id"], ["person.id"], name=op.f("fk_case_merge_merged_by_id_person")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["person.id"], name=op.f("fk_case_merge_undone_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_merge")),
    )
    op.create_index(op.f("ix_case_merge_gone_id"), "case_merge", ["gone_id"], unique=False)
    op.create_index(op.f("ix_case_merge_kept_id"), "case_merge", ["kept_id"], unique=False)
    op.create_table(
        "list_pin",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["saved_list.id"], name=op.f("fk_list_pin_list_id_saved_list")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_list_pin_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "list_id", name=op.f("pk_list_pin")),
    )
    op.create_table(
        "list_share",
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["saved_list.id"], name=op.f("fk_list_share_list_id_saved_list")),
        sa.PrimaryKeyConstraint("list_id", "role", name=op.f("pk_list_share")),
    )
    op.add_column("case_file", sa.Column("gone", sa.String(), nullable=False, server_default=sa.text("''")))
    op.add_column("case_file", sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True))
    # Written out, because SQLite takes a foreign key only together with its column.
    for column, table in (("gone_by_id", "person"), ("merged_into_id", "case_file")):
        key = f"CONSTRAINT fk_case_file_{column}_{table} REFERENCES {table} (id)"
        op.execute(f"ALTER TABLE case_file ADD COLUMN {column} INTEGER {key}")
    op.create_index(
        "ix_case_file_gone",
        "case_file",
        ["gone_at"],
        unique=False,
        sqlite_where=sa.text("gone <> ''"),
        postgresql_where=sa.text("gone <> ''"),
    )
    op.create_index("ix_case_file_merged_into_id", "case_file", ["merged_into_id"], unique=False)
    op.add_column("case_words", sa.Column("digest", sa.String(), nullable=False, server_default=sa.text("''")))
    op.create_index(op.f("ix_case_words_digest"), "case_words", ["digest"], unique=False)
    op.add_column("case_party", sa.Column("tail_key", sa.String(), nullable=False, server_default=sa.text("''")))
    op.add_column("case_party", sa.Column("initials_key", sa.String(), nullable=False, server_default=sa.text("''")))
    op.create_index("ix_case_party_initials_key", "case_party", ["initials_key"], unique=False)
    op.create_index("ix_case_party_tail_key", "case_party", ["tail_key"], unique=False)
    op.add_column("dispute_party", sa.Column("name_key", sa.String(), nullable=False, server_default=sa.text("''")))
    op.add_column("dispute_party", sa.Column("tail_key", sa.String(), nullable=False, server_default=sa.text("''")))
    op.add_column("dispute_party", sa.Column("initials_key", sa.String(), nullable=False, server_default=sa.text("''")))
    op.create_index(op.f("ix_dispute_party_initials_key"), "dispute_party", ["initials_key"], unique=False)
    op.create_index(op.f("ix_dispute_party_name_key"), "dispute_party", ["name_key"], unique=False)
    op.create_index(op.f("ix_dispute_party_tail_key"), "dispute_party", ["tail_key"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("restore the backup taken before the upgrade instead")
