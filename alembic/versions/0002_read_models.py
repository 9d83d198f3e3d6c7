"""The read models of the engine: records, links, dispositions, reviews and the rest, all folded from the log."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

word = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade():
    op.create_table(
        "records",
        sa.Column("migration", word, primary_key=True),
        sa.Column("object", word, primary_key=True),
        sa.Column("key", word, primary_key=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", word, nullable=False),
        sa.Column("vanished", sa.BigInteger()),
    )
    op.create_table(
        "aliases",
        sa.Column("migration", word, primary_key=True),
        sa.Column("object", word, primary_key=True),
        sa.Column("alias", word, primary_key=True),
        sa.Column("key", word, primary_key=True),
    )
    op.create_table(
        "links",
        sa.Column("migration", word, primary_key=True),
        sa.Column("target", word, primary_key=True),
        sa.Column("entity", word, primary_key=True),
        sa.Column("object", word, primary_key=True),
        sa.Column("key", word, primary_key=True),
        sa.Column("part", word, primary_key=True),
        sa.Column("id", word, nullable=False),
        sa.Column("alive", sa.Boolean(), nullable=False),
        sa.Column("adopted", sa.Boolean(), nullable=False),
        sa.Column("applied", sa.BigInteger(), nullable=False),
        sa.Column("intent", sa.BigInteger(), nullable=False),
        sa.Column("whole_hash", word, nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
    )
    op.create_index("links_by_id", "links", ["migration", "target", "entity", "id"])
    op.create_table(
        "intents",
        sa.Column("migration", word, primary_key=True),
        sa.Column("position", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("target", word, nullable=False),
    )
    op.create_table(
        "dispositions",
        sa.Column("migration", word, primary_key=True),
        sa.Column("target", word, primary_key=True),
        sa.Column("object", word, primary_key=True),
        sa.Column("key", word, primary_key=True),
        sa.Column("disposition", word, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("review", word, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
    )
    op.create_table(
        "reviews",
        sa.Column("migration", word, primary_key=True),
        sa.Column("id", word, primary_key=True),
        sa.Column("kind", word, nullable=False),
        sa.Column("object", word, nullable=False),
        sa.Column("key", word, nullable=False),
        sa.Column("blocking", sa.Boolean(), nullable=False),
        sa.Column("proposed", sa.Text(), nullable=False),
        sa.Column("opened", sa.BigInteger(), nullable=False),
        sa.Column("status", word, nullable=False),
        sa.Column("resolved", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "facts",
        sa.Column("migration", word, primary_key=True),
        sa.Column("name", word, primary_key=True),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
    )


def downgrade():
    for name in ("facts", "reviews", "dispositions", "intents", "links", "aliases", "records"):
        op.drop_table(name)
