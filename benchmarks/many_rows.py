"""A large newsroom's rows, multiplied from one of each inside the database."""

from django.db import connection, models

NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) "


def multiply(template: models.Model, count: int, **overrides: str) -> None:
    """Insert `count` copies of a row; `overrides` are SQL for columns, with `n.i` as the number."""
    fields = [f for f in template._meta.concrete_fields if not f.primary_key or "id" in overrides]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(overrides.get(field.column, f't."{field.column}"') for field in fields)
    table = template._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({columns}) {NUMBERS.format(count=count)}"
            f"SELECT {values} FROM n CROSS JOIN {table} t WHERE t.id = {template.pk}"
        )


def uuid() -> str:
    """SQL for a fresh UUID as Django stores it."""
    return "gen_random_uuid()" if _postgres() else "lower(hex(randomblob(16)))"


def hashed(prefix: str) -> str:
    """SQL for an id like Stripe's, in no order of time."""
    shuffled = (
        "md5(n.i::text)" if _postgres() else "printf('%08x', (n.i * 2654435761) % 4294967296)"
    )
    return f"'{prefix}' || {shuffled}"


def text(prefix: str) -> str:
    """SQL for a text that ends in the number."""
    return f"'{prefix}' || n.i"


def analyse() -> None:
    """Let the planner know what is there."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _postgres() -> bool:
    return connection.vendor == "postgresql"
