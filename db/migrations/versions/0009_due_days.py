"""When the notice and the answer of a case were due, kept for the rates of charts, and indexes of days charts count on.

Before this nothing was released: there are no cases whose days would have to be filled in.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.add_column("case_file", sa.Column("notice_due_on", sa.Date(), nullable=True))
    op.add_column("case_file", sa.Column("answer_due_on", sa.Date(), nullable=True))
    for day in ("replied_on", "notice_due_on", "answer_due_on"):
        op.create_index(f"ix_case_file_{day}", "case_file", [day], unique=False)
    op.create_index(op.f("ix_case_visit_visited_on"), "case_visit", ["visited_on"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("restore the backup taken before the upgrade instead")
