"""Row-level security on PostgreSQL, the second wall behind the permissions."""

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    raise NotImplementedError("restore the backup taken before the upgrade instead")
