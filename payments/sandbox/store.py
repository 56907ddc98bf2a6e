"""Where the sandbox keeps its objects: dictionaries in memory, written behind to one SQLite file.

Objects are plain dictionaries in Stripe's shape. Fields that begin with an underscore are the
sandbox's own and never leave it. After changing an object, call `put` again.
"""

import json
import random
import sqlite3
import string

from payments.sandbox import errors

ALPHABET = string.ascii_letters + string.digits
MEMORY = ":memory:"
INDEXED = {
    "charge": ("payment_intent", "customer"),
    "payment_intent": ("customer",),
    "refund": ("charge", "payment_intent"),
    "dispute": ("charge", "payment_intent"),
    "invoice": ("customer", "_subscription"),
    "invoice_payment": ("invoice", "_payment_intent"),
    "subscription": ("customer",),
    "payment_method": ("customer",),
    "checkout.session": ("payment_intent", "subscription", "customer"),
    "balance_transaction": ("source", "_payout"),
}
WORK = {
    "unpaid": (
        "balance_transaction",
        lambda obj: obj["_payout"] is None and obj["type"] != "payout",
    ),
}


class Store:
    """All objects by id, by kind in order of creation, by the fields lists filter on.

    `work` holds the few that wait for something, so that nobody looks through all.
    """

    def __init__(self, path=MEMORY, *, seed=None):
        self.random = random.Random(seed)  # noqa: S311
        self.objects = {}
        self.kinds = {}
        self.index = {}
        self.work = {name: {} for name in WORK}
        self._dirty = {}
        self._file = None if path == MEMORY else open_file(path)
        for body in self.kept("object"):
            self._remember(body)

    def new_id(self, prefix, *, length=24):
        while True:
            id = f"{prefix}_" + "".join(self.random.choices(ALPHABET, k=length))
            if id not in self.objects:
                return id

    def put(self, obj):
        """Keep an object, new or changed."""
        self._remember(obj)
        self.keep("object", id=obj["id"], record=obj)
        return obj

    def _remember(self, obj):
        kind, id = obj["object"], obj["id"]
        if id not in self.objects:
            self.kinds.setdefault(kind, []).append(id)
        self.objects[id] = obj
        for field in INDEXED.get(kind, ()):
            value = obj.get(field)
            if value is not None:
                self.index.setdefault((kind, field, value), {})[id] = None
        for name, (worked, belongs) in WORK.items():
            if worked == kind:
                self._list_work(name, obj=obj, belongs=belongs(obj))

    def _list_work(self, name, *, obj, belongs):
        if belongs:
            self.work[name][obj["id"]] = obj
        else:
            self.work[name].pop(obj["id"], None)

    def discard(self, obj):
        """Forget an object altogether."""
        del self.objects[obj["id"]]
        self.kinds[obj["object"]].remove(obj["id"])
        for field in INDEXED.get(obj["object"], ()):
            self.index.get((obj["object"], field, obj.get(field)), {}).pop(obj["id"], None)
        self.drop("object", id=obj["id"])

    def get(self, kind, *, id, param=None):
        """The object of that kind, or Stripe's refusal naming `param`, which means a living one."""
        obj = self.objects.get(id)
        if obj is None or obj["object"] != kind or (param and obj.get("deleted")):
            name = kind.removeprefix("test_helpers.")
            if param is None:
                raise errors.missing(name, id=id)
            raise errors.missing_reference(name, id=id, param=param)
        return obj

    def newest(self, kind, **where):
        """Objects of one kind, newest first, whose fields equal `where`."""
        tests = [(field, value) for field, value in where.items() if value is not None]
        for id in reversed(self._candidates(kind, tests=tests)):
            obj = self.objects[id]
            if all(obj.get(field) == value for field, value in tests):
                yield obj

    def _candidates(self, kind, *, tests):
        fields = INDEXED.get(kind, ())
        for field, value in tests:
            if field in fields:
                return list(self.index.get((kind, field, value), ()))
        return self.kinds.get(kind, [])

    def keep(self, table, *, id, record):
        """Mark a record of any sort for the next `flush`; nothing when only memory is used."""
        if self._file is not None:
            self._dirty[table, str(id)] = record

    def drop(self, table, *, id):
        self.keep(table, id=id, record=None)

    def kept(self, table):
        """What a former process left in one table, in order of first keeping."""
        if self._file is None:
            return []
        query = "SELECT body FROM record WHERE kind = ? ORDER BY seq"
        return [json.loads(body) for (body,) in self._file.execute(query, (table,))]

    def flush(self):
        """Write what changed since the last flush in one transaction."""
        if not self._dirty:
            return
        dirty, self._dirty = self._dirty, {}
        gone = [key for key, record in dirty.items() if record is None]
        rows = [(*key, json.dumps(record)) for key, record in dirty.items() if record is not None]
        with self._file:
            self._file.executemany("DELETE FROM record WHERE kind = ? AND id = ?", gone)
            self._file.executemany(
                "INSERT INTO record (kind, id, body) VALUES (?, ?, ?)"
                " ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body",
                rows,
            )

    def close(self):
        if self._file is not None:
            self.flush()
            self._file.close()


def open_file(path):
    """One SQLite file that survives a killed process."""
    file = sqlite3.connect(path, check_same_thread=False)
    file.execute("PRAGMA journal_mode = WAL")
    file.execute("PRAGMA synchronous = NORMAL")
    file.execute(
        "CREATE TABLE IF NOT EXISTS record (seq INTEGER PRIMARY KEY AUTOINCREMENT,"
        " kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, UNIQUE (kind, id))"
    )
    return file
