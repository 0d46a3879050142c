"""What Alembic runs the revisions with: the connection and the transaction of `bot.store.migrate`."""

from alembic import context

from bot.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite can hardly alter a table: Alembic then builds a new one and copies.
    render_as_batch=True,
)
context.run_migrations()
