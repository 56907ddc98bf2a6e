"""How allauth signs people in here: by an e-mailed code, without passwords."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """Keeps allauth's behaviour; the place for ours."""
