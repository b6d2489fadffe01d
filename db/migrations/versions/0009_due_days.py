"""When the notice and the answer of a case were due, kept for the rates of charts; an index charts are counted from.

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


def downgrade() -> None:
    raise NotImplementedError("restore the backup taken before the upgrade instead")
