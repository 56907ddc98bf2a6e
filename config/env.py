"""Reads the environment once, and names everything that is missing in one message."""

import os
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent


class Environment:
    """The process's variables. Demo values count only while `demo` is true."""

    def __init__(self, variables: dict[str, str]) -> None:
        self.variables = variables
        self.demo = self.flag("DEMO")
        self.missing: list[str] = []

    def flag(self, name: str) -> bool:
        """True for 1, true, yes, on."""
        return self.variables.get(name, "").strip().lower() in {"1", "true", "yes", "on"}

    def text(self, name: str, default: str = "") -> str:
        """A variable that may be left out."""
        return self.variables.get(name, "").strip() or default

    def required(self, name: str, *, demo: str, hint: str) -> str:
        """A variable that production cannot do without; the demo has a value of its own."""
        value = self.variables.get(name, "").strip()
        if not value and self.demo:
            return demo
        if not value:
            self.missing.append(f"{name}: {hint}")
        return value

    def names(self, name: str, default: str = "") -> list[str]:
        """A comma-separated list."""
        return [part.strip() for part in self.text(name, default).split(",") if part.strip()]

    def sums(self, name: str, default: str, *, hint: str) -> dict[str, int]:
        """Whole units by currency: `eur=250,usd=300`."""
        found = {}
        for part in self.names(name, default):
            currency, _, units = part.partition("=")
            if not (currency.isalpha() and units.isascii() and units.isdigit()):
                raise ImproperlyConfigured(f"{name} cannot be read at {part!r}: {hint}")
            found[currency.lower()] = int(units)
        return found

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        """One of a few words; another one stops the start."""
        value = self.text(name, default)
        if value not in allowed:
            self.missing.append(f"{name}: one of {', '.join(allowed)}, not {value!r}")
        return value

    def path(self, name: str, default: str) -> Path:
        """A folder, taken relative to the checkout."""
        return (BASE_DIR / self.text(name, default)).resolve()

    def refuse_if_incomplete(self) -> None:
        """Stop the start with every missing variable and what to put there."""
        if self.missing:
            lines = "\n  ".join(self.missing)
            raise ImproperlyConfigured(
                f"Keepopen cannot start; these variables are not set:\n  {lines}\n"
                "(DEMO=1 starts the demonstration with values of its own.)"
            )


def database(url: str) -> dict[str, object]:
    """Django's database settings from DATABASE_URL, with what each engine needs to be safe."""
    settings = environ.Env.db_url_config(url)
    if settings["ENGINE"].endswith("sqlite3"):
        settings["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON;"
            ),
        }
    else:
        settings |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
        # A statement that comes again and again is parsed and planned once on each connection.
        options = {"prepare_threshold": 3} | settings.get("OPTIONS", {})
        if options["prepare_threshold"] == "never":
            options["prepare_threshold"] = None
        settings["OPTIONS"] = options
    return settings


env = Environment(dict(os.environ))
