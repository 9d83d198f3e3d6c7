"""Runs the migrations: on the connection that `eventstore.store.migrate` hands over, or on the store that
CUTOVER_STORE names when the command `alembic` is used by hand."""

import os

import engine.tables  # noqa: F401 - the read models register their tables with the metadata
from alembic import context
from eventstore.store import open_engine, writing
from eventstore.tables import metadata


def run(connection):
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_schemas=True,
        include_name=lambda name, kind, _: kind != "schema" or name in (None, "vault"),
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
elif context.is_offline_mode():
    raise SystemExit("migrations run on a live store: set CUTOVER_STORE and leave out --sql")
else:
    with writing(open_engine(os.environ["CUTOVER_STORE"])) as connection:
        run(connection)
