"""The log, its head, its read models' positions, its checkpoints, and the vault."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

word = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")

# One statement at a time, with "--" between.

# A statement trigger also fires for a change that meets no row, and for INSERT .. ON CONFLICT DO UPDATE.
POSTGRESQL = """
CREATE FUNCTION events_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events is append-only: % refused', TG_OP;
END $$
--
CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION events_append_only()
"""

# INSERT OR REPLACE deletes without firing a delete trigger, so a key that exists is refused before the insert;
# the rowid is a key as well.
SQLITE = """
CREATE TRIGGER events_no_update BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'events is append-only: UPDATE refused'); END
--
CREATE TRIGGER events_no_delete BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'events is append-only: DELETE refused'); END
--
CREATE TRIGGER events_no_replace BEFORE INSERT ON events
WHEN EXISTS (SELECT 1 FROM events WHERE migration = NEW.migration AND position = NEW.position)
    OR EXISTS (SELECT 1 FROM events WHERE migration = NEW.migration AND event_id = NEW.event_id)
    OR EXISTS (SELECT 1 FROM events WHERE rowid = NEW.rowid)
BEGIN SELECT RAISE(ABORT, 'events is append-only: this position or id is recorded already'); END
"""


def upgrade():
    create_log()
    create_state()
    create_vault()
    triggers = POSTGRESQL if op.get_context().dialect.name == "postgresql" else SQLITE
    for statement in triggers.split("--"):
        op.execute(statement)


def create_log():
    op.create_table(
        "events",
        sa.Column("migration", word, primary_key=True),
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("event_id", word, nullable=False),
        sa.Column("kind", word, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("object", word),
        sa.Column("key", word),
        sa.Column("cause", sa.BigInteger),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("migration", "event_id", name="events_event_id"),
    )
    op.create_index("events_subject", "events", ["migration", "object", "key", "position"])
    op.create_index("events_kind", "events", ["migration", "kind", "position"])


def create_state():
    op.create_table(
        "heads",
        sa.Column("migration", word, primary_key=True),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("epoch", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "folds",
        sa.Column("migration", word, primary_key=True),
        sa.Column("name", word, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "marks",
        sa.Column("migration", word, primary_key=True),
        sa.Column("name", word, primary_key=True),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )


def create_vault():
    if op.get_context().dialect.name == "postgresql":
        op.execute("CREATE SCHEMA IF NOT EXISTS vault")
    op.create_table(
        "keys",
        sa.Column("migration", word, primary_key=True),
        sa.Column("subject", word, primary_key=True),
        sa.Column("key", sa.LargeBinary),
        sa.Column("created", sa.BigInteger),
        schema="vault",
        if_not_exists=True,  # in SQLite it is a file of its own, and is there before the log (eventstore.store.migrate)
    )
