"""What communities decide: who sees the answers there.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

VISIBILITIES = ("private", "room")


def upgrade() -> None:
    """Make the table. A community without a row has decided nothing."""
    answers = sa.Enum(*VISIBILITIES, name="answers", native_enum=False, create_constraint=True, length=32)
    op.create_table(
        "community",
        sa.Column("platform", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("answers", answers, nullable=False),
    )
