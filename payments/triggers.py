"""SQL that makes tables append-only, on SQLite and PostgreSQL alike."""

from collections.abc import Iterable

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# Those of the first migration; a later table is protected by the migration that makes it.
APPEND_ONLY = (
    "payments_ledgerentry",
    "payments_ledgerline",
    "payments_receipt",
    "payments_receiptdocument",
    "payments_auditentry",
)
POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION payments_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def protect(editor: BaseDatabaseSchemaEditor, tables: Iterable[str] = APPEND_ONLY) -> None:
    """Refuse every UPDATE and DELETE on the tables."""
    for statement in _statements(editor.connection.vendor, tables):
        editor.execute(statement, params=None)


def release(editor: BaseDatabaseSchemaEditor, tables: Iterable[str] = APPEND_ONLY) -> None:
    """Take the protection away, for a migration backwards or an emptied test database."""
    for table in tables:
        for action in ("update", "delete"):
            on = f" ON {table}" if editor.connection.vendor == "postgresql" else ""
            editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{action}{on}")


def _statements(vendor: str, tables: Iterable[str]) -> list[str]:
    if vendor == "postgresql":
        body = "FOR EACH ROW EXECUTE FUNCTION payments_append_only()"
        head = [POSTGRES_FUNCTION]
    else:
        body = "BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        head = []
    return head + [
        f"CREATE TRIGGER {table}_no_{action} BEFORE {action.upper()} ON {table} "
        + body.format(table=table)
        for table in tables
        for action in ("update", "delete")
    ]
