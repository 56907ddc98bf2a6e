"""The account's settings: fees, dunning, payouts; changeable while it runs."""

from payments.sandbox import errors

DEFAULTS = {
    "fee_percent_hundredths": 150,
    "fee_fixed": 25,
    "dunning_days": [3, 5, 7],
    "dunning_end": "cancel",
    "upcoming_days": 7,
    "draft_seconds": 3600,
    "available_days": 2,
    "debit_days": 3,
    "debits_book_early": False,
    "return_days": 21,
    "balance_seconds": 4,
    "payouts": True,
    # Whether the bank account is debited where the balance is negative: a payout below zero.
    "debit_negative_balances": False,
    "refunds_need_funds": True,
    "webhooks_first": False,
    # Currencies without a bank account of their own: {"usd": {"currency": "eur", "rate": "0.92"}}.
    "settles_in": {},
}


class Settings:
    """Values by name, as attributes."""

    def __init__(self, store, *, changes):
        self.store = store
        self.values = {**DEFAULTS, **next(iter(store.kept("settings")), {})}
        if changes:
            self.change(changes)

    def __getattr__(self, name):
        try:
            return self.values[name]
        except KeyError:
            raise AttributeError(name) from None

    def change(self, changes):
        for name, value in changes.items():
            if name not in DEFAULTS or not isinstance(value, type(DEFAULTS[name])):
                raise errors.invalid(f"Unknown setting or wrong type: {name}", param=name)
        self.values.update(changes)
        self.store.keep("settings", id="settings", record=self.values)
