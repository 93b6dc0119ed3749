"""The events, what refuses to change them, and what stands of them."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

REFUSED = "an event is never changed or taken away: record a correction"
# What stands: every event nobody corrected, in the place of the first event of its line of corrections.
IN_FORCE = """
CREATE VIEW in_force AS
WITH RECURSIVE lines (number, stands_at) AS (
    SELECT number, number FROM events WHERE corrects IS NULL
    UNION ALL
    SELECT events.number, lines.stands_at FROM events JOIN lines ON events.corrects = lines.number
)
SELECT events.*, lines.stands_at
FROM events JOIN lines ON lines.number = events.number
WHERE NOT EXISTS (SELECT 1 FROM events later WHERE later.corrects = events.number)
"""


def upgrade() -> None:
    """Make the table, its guards and the view. Nothing is ever taken back, so there is no way down."""
    identity = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "events",
        sa.Column("number", identity, sa.Identity(always=True), primary_key=True),
        sa.Column("token", sa.String(64), nullable=False, unique=True),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("recorded_on", sa.Date, nullable=False),
        sa.Column("role", sa.String(80), nullable=False),
        sa.Column("locality", sa.String(64)),
        sa.Column("meeting_on", sa.Date),
        sa.Column("feed", sa.String(64), nullable=False),
        sa.Column("entry_key", sa.String(16), nullable=False),
        sa.Column("place_id", sa.String(64)),
        sa.Column("fields", sa.Text, nullable=False),
        sa.Column("corrects", identity, sa.ForeignKey("events.number")),
        sa.Column("seen", sa.BigInteger),
        sqlite_autoincrement=True,
    )
    op.create_index("events_of_entry", "events", ["feed", "entry_key", "number"])
    op.create_index("events_of_meeting", "events", ["locality", "meeting_on"])
    op.create_index("events_corrected", "events", ["corrects"])
    for statement in _guards(op.get_bind().dialect.name):
        op.execute(statement)
    op.execute(IN_FORCE)


def _guards(dialect: str) -> list[str]:
    if dialect == "sqlite":
        changes = [
            f"CREATE TRIGGER events_never_{what.lower()} BEFORE {what} ON events BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
            for what in ("UPDATE", "DELETE")
        ]
        # REPLACE takes a row away without a word to the trigger above.
        again = "EXISTS (SELECT 1 FROM events WHERE token = NEW.token OR number = NEW.number)"
        return [*changes, "CREATE TRIGGER events_never_replaced BEFORE INSERT ON events "
                f"WHEN {again} BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"]  # fmt: skip
    return [
        "CREATE FUNCTION events_never_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $$",
        "CREATE TRIGGER events_never_change BEFORE UPDATE OR DELETE ON events "
        "FOR EACH ROW EXECUTE FUNCTION events_never_change()",
        "CREATE TRIGGER events_never_emptied BEFORE TRUNCATE ON events "
        "FOR EACH STATEMENT EXECUTE FUNCTION events_never_change()",
    ]
