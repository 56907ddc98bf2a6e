"""States that move only along a table."""

from django.db import models


class Stateful(models.Model):
    """A row with a `status` whose moves stand in the class's TRANSITIONS table."""

    TRANSITIONS: dict[str, frozenset[str]] = {}

    class Meta:
        abstract = True

    status: models.CharField

    def move(self, status: str) -> bool:
        """Take a state if the table allows it; False where it is held already or lies behind.

        Events come twice, late and out of order, so "not now" is a normal answer. The caller
        holds the row's lock and saves.
        """
        if status not in self.TRANSITIONS[self.status]:
            return False
        self.status = status
        return True
