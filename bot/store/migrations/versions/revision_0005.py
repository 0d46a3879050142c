"""Works of which nobody said what sort they are; cards that are over are found by their age.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

from bot.store.migrations.versions.revision_0001 import WORK_TYPES

revision = "0005"
down_revision = "0004"

AFTER = (*WORK_TYPES[:3], "document", *WORK_TYPES[3:])


def upgrade() -> None:
    """Let the type of a work be `document`; make the index."""
    with op.batch_alter_table("work") as work:
        work.alter_column(
            "type", type_=_one_of(AFTER), existing_type=_one_of(WORK_TYPES), existing_nullable=False
        )
    over = sa.text("state <> 'posted'")
    op.create_index(None, "card", ["at"], sqlite_where=over, postgresql_where=over)


def _one_of(values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name="type", native_enum=False, create_constraint=True, length=32)
