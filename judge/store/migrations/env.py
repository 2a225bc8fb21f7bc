"""Runs the migrations on the connection that `judge.store.migrate` opened."""

from alembic import context

from judge.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()
