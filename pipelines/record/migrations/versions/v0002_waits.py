"""Which texts of an event wait for the data steward: recorded, and shown to nobody before a build had them released."""

import sqlalchemy as sa
from alembic import op

from pipelines.record.migrations.versions.v0001_events import IN_FORCE

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, and make the view anew: a database may have settled its columns when it was made."""
    op.execute("DROP VIEW in_force")
    op.add_column("events", sa.Column("waits", sa.String(400)))
    op.execute(IN_FORCE)
