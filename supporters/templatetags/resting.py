"""`{% rest_link supporter %}`: the "stop asking me" link that stands in every receipt."""

from django import template

from supporters import proof
from supporters.models import User

register = template.Library()


@register.simple_tag
def rest_link(supporter: User | None) -> str:
    """The full address; empty where nobody is known."""
    return proof.rest_link(supporter) if supporter else ""
