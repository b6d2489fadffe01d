"""The second wall on PostgreSQL, which is built from the metadata after each migration (db/wall.py).

No column changes. From this revision on a program that does not tell the database who reads finds no case, and may
write none: an older one must not start here.
"""

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Nothing of its own."""


def downgrade() -> None:
    raise NotImplementedError("restore the backup taken before the upgrade instead")
