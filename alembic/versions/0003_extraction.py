"""What an extraction that goes page by page must know of each record: whether it was seen, whether its end was told."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

word = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade():
    op.add_column("records", sa.Column("seen", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("records", sa.Column("told", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("records", sa.Column("merged", word, nullable=False, server_default=""))
    op.create_index("aliases_by_key", "aliases", ["migration", "object", "key"])
    op.create_index("records_by_number", "records", ["migration", "object", "number"])


def downgrade():
    op.drop_index("records_by_number", "records")
    op.drop_index("aliases_by_key", "aliases")
    for name in ("merged", "told", "seen"):
        op.drop_column("records", name)
