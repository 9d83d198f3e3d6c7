"""Creates that were in doubt, until a sweep has covered them."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

word = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade():
    op.create_table(
        "doubts",
        sa.Column("migration", word, primary_key=True),
        sa.Column("intent", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("target", word, nullable=False),
        sa.Column("entity", word, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
    )


def downgrade():
    op.drop_table("doubts")
