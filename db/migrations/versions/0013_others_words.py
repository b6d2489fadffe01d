"""What was masked in other people's words for somebody who asked."""

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.create_table(
        "data_request_passage",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("tbl", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("masked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("masked_by_id", sa.Integer(), nullable=False),
        sa.Column("withheld", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["data_request.id"], name=op.f("fk_data_request_passage_request_id_data_request")
        ),
        sa.ForeignKeyConstraint(
            ["masked_by_id"], ["person.id"], name=op.f("fk_data_request_passage_masked_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_request_passage")),
    )
    op.create_index("ix_data_request_passage_request_id", "data_request_passage", ["request_id"])
    op.create_index("ix_data_request_passage_masked_at", "data_request_passage", ["masked_at"])


def downgrade() -> None:
    raise NotImplementedError("restore the backup taken before the upgrade instead")
