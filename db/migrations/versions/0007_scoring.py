"""Scoring: assessments, rubrics, sheets, publications, appeals, cards, and the registers of work."""

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.create_table(
        "assessment",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
        sa.UniqueConstraint("code", "year", name=op.f("uq_assessment_code_year")),
    )
    op.create_table(
        "assessed_unit",
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("total", sa.String(), nullable=False),
        sa.Column("tenths", sa.Integer(), nullable=True),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_assessed_unit_assessment_id_assessment")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_assessed_unit_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessed_unit")),
        sa.UniqueConstraint("assessment_id", "unit_id", name=op.f("uq_assessed_unit_assessment_id_unit_id")),
    )
    op.create_index("ix_assessed_unit_unit_id", "assessed_unit", ["unit_id"], unique=False)
    op.create_table(
        "score_rubric",
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_score_rubric_assessment_id_assessment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_rubric")),
        sa.UniqueConstraint("assessment_id", "edition", name=op.f("uq_score_rubric_assessment_id_edition")),
    )
    op.create_table(
        "score_card",
        sa.Column("assessed_unit_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("signed_by_id", sa.Integer(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessed_unit_id"], ["assessed_unit.id"], name=op.f("fk_score_card_assessed_unit_id_assessed_unit")
        ),
        sa.ForeignKeyConstraint(["signed_by_id"], ["person.id"], name=op.f("fk_score_card_signed_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_card")),
    )
    op.create_index(op.f("ix_score_card_assessed_unit_id"), "score_card", ["assessed_unit_id"], unique=False)
    op.create_table(
        "score_figure",
        sa.Column("assessed_unit_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=True),
        sa.Column("now", sa.Integer(), nullable=True),
        sa.Column("ineffective", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessed_unit_id"], ["assessed_unit.id"], name=op.f("fk_score_figure_assessed_unit_id_assessed_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_figure")),
        sa.UniqueConstraint("assessed_unit_id", "month", name=op.f("uq_score_figure_assessed_unit_id_month")),
    )
    op.create_table(
        "score_publication",
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("rubric_id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_score_publication_assessment_id_assessment")
        ),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["person.id"], name=op.f("fk_score_publication_published_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["score_publication.id"], name=op.f("fk_score_publication_replaces_id_score_publication")
        ),
        sa.ForeignKeyConstraint(
            ["rubric_id"], ["score_rubric.id"], name=op.f("fk_score_publication_rubric_id_score_rubric")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_publication")),
        sa.UniqueConstraint(
            "assessment_id", "scope", "edition", name=op.f("uq_score_publication_assessment_id_scope_edition")
        ),
    )
    op.create_table(
        "score_sheet",
        sa.Column("assessed_unit_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("score", sa.String(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_by_id", sa.Integer(), nullable=True),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessed_unit_id"], ["assessed_unit.id"], name=op.f("fk_score_sheet_assessed_unit_id_assessed_unit")
        ),
        sa.ForeignKeyConstraint(["finished_by_id"], ["person.id"], name=op.f("fk_score_sheet_finished_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_sheet")),
        sa.UniqueConstraint("assessed_unit_id", "period", name=op.f("uq_score_sheet_assessed_unit_id_period")),
    )
    op.create_table(
        "work",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("papers", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["written_by_id"], ["person.id"], name=op.f("fk_work_written_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work")),
    )
    op.create_index("ix_work_kind_on_day", "work", ["kind", "on_day"], unique=False)
    op.create_table(
        "score_entry",
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("not_applicable", sa.Boolean(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("computed", sa.String(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_score_entry_author_id_person")),
        sa.ForeignKeyConstraint(["sheet_id"], ["score_sheet.id"], name=op.f("fk_score_entry_sheet_id_score_sheet")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_entry")),
    )
    op.create_index("ix_score_entry_sheet_id_item", "score_entry", ["sheet_id", "item"], unique=False)
    op.create_index(
        "uq_score_entry_computed",
        "score_entry",
        ["sheet_id", "computed"],
        unique=True,
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "score_result",
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("tenths", sa.Integer(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("card", sa.String(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["score_publication.id"], name=op.f("fk_score_result_publication_id_score_publication")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_score_result_unit_id_unit")),
        sa.PrimaryKeyConstraint("publication_id", "unit_id", name=op.f("pk_score_result")),
    )
    op.create_table(
        "work_unit",
        sa.Column("work_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("handed_in_on", sa.Date(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_work_unit_unit_id_unit")),
        sa.ForeignKeyConstraint(["work_id"], ["work.id"], name=op.f("fk_work_unit_work_id_work")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_unit")),
        sa.UniqueConstraint("work_id", "unit_id", name=op.f("uq_work_unit_work_id_unit_id")),
    )
    op.create_index("ix_work_unit_unit_id", "work_unit", ["unit_id"], unique=False)
    op.create_table(
        "score_appeal",
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ruling", sa.Text(), nullable=False),
        sa.Column("ruled_by_id", sa.Integer(), nullable=True),
        sa.Column("ruled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_score_appeal_asked_by_id_person")),
        sa.ForeignKeyConstraint(["entry_id"], ["score_entry.id"], name=op.f("fk_score_appeal_entry_id_score_entry")),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["score_publication.id"], name=op.f("fk_score_appeal_publication_id_score_publication")
        ),
        sa.ForeignKeyConstraint(["ruled_by_id"], ["person.id"], name=op.f("fk_score_appeal_ruled_by_id_person")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_score_appeal_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_appeal")),
    )
    op.create_index(op.f("ix_score_appeal_publication_id"), "score_appeal", ["publication_id"], unique=False)
    op.create_index(op.f("ix_score_appeal_unit_id"), "score_appeal", ["unit_id"], unique=False)
    for column, table in (("score_entry_id", "score_entry"), ("score_appeal_id", "score_appeal"), ("work_id", "work")):
        owner = sa.ForeignKey(f"{table}.id", name=f"fk_attachment_{column}_{table}")
        op.add_column("attachment", sa.Column(column, sa.Integer(), owner, nullable=True), inline_references=True)
        op.create_index(f"ix_attachment_{column}", "attachment", [column], unique=False)


def downgrade() -> None:
    raise NotImplementedError("restore the backup taken before the upgrade instead")
