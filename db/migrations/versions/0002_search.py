"""The word index: FTS5 over case_words on SQLite, a text-search index on PostgreSQL."""

from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: None = None
depends_on: None = None

SQLITE = (
    """CREATE VIRTUAL TABLE case_search USING fts5(
        words, content='case_words', content_rowid='case_id', tokenize="unicode61 remove_diacritics 0")""",
    """CREATE TRIGGER case_words_insert AFTER INSERT ON case_words BEGIN
        INSERT INTO case_search(rowid, words) VALUES (NEW.case_id, NEW.words); END""",
    """CREATE TRIGGER case_words_delete AFTER DELETE ON case_words BEGIN
        INSERT INTO case_search(case_search, rowid, words) VALUES ('delete', OLD.case_id, OLD.words); END""",
    """CREATE TRIGGER case_words_update AFTER UPDATE ON case_words BEGIN
        INSERT INTO case_search(case_search, rowid, words) VALUES ('delete', OLD.case_id, OLD.words);
        INSERT INTO case_search(rowid, words) VALUES (NEW.case_id, NEW.words); END""",
)
POSTGRES = ("CREATE INDEX ix_case_words_search ON case_words USING gin (to_tsvector('simple', words))",)


def upgrade() -> None:
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRES:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("restore the backup taken before the upgrade instead")
