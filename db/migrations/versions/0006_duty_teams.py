"""Needs ask for a team and a unit; English names of special periods, marks and sources; why places stayed open."""

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: None = None
depends_on: None = None

EMPTY = sa.text("''")


def upgrade() -> None:
    op.add_column("duty", sa.Column("source_en", sa.String(), nullable=False, server_default=EMPTY))
    op.add_column("duty_shift", sa.Column("mark_en", sa.String(), nullable=False, server_default=EMPTY))
    op.add_column("duty_period", sa.Column("name_en", sa.String(), nullable=False, server_default=EMPTY))
    op.add_column("duty_need", sa.Column("team", sa.String(), nullable=False, server_default=EMPTY))
    op.add_column("rota", sa.Column("open_reason", sa.Text(), nullable=False, server_default=EMPTY))
    for table in ("duty_need", "duty_member"):
        unit = sa.ForeignKey("unit.id", name=f"fk_{table}_unit_id_unit")
        op.add_column(table, sa.Column("unit_id", sa.Integer(), unit, nullable=True), inline_references=True)


def downgrade() -> None:
    raise NotImplementedError("restore the backup taken before the upgrade instead")
