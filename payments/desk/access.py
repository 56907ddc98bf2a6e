"""Who may enter finance's room, and who may see what appeals bring."""

from payments.access import only

__all__ = ["CAMPAIGNS", "FINANCE", "only"]

FINANCE = ("finance",)
CAMPAIGNS = ("campaigns", *FINANCE)
