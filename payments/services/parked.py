"""Facts that the product must not act upon, each with the reason that the inbox shows."""


class Foreign(Exception):
    """It belongs to something else on the same Stripe account."""


class Unsettled(Exception):
    """It is ours, but a part of it is not there yet: to be tried again."""
