"""How long records are kept, what was reviewed and removed, and residents' requests about their data."""

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    raise NotImplementedError("restore the backup taken before the upgrade instead")
