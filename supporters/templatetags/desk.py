"""What the desk's frame needs on every page."""

from django import template
from django.template import Context

from supporters.desk.rooms import Room, rooms_of

register = template.Library()


@register.simple_tag(takes_context=True)
def desk_rooms(context: Context) -> list[Room]:
    """The rooms that whoever reads the page may enter."""
    return rooms_of(context["request"].user)
