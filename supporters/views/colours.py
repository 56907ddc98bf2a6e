"""A campaign's colours as a style sheet: pages under a strict policy take no inline style."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from supporters.appeals import contrast

SHEET = """.ko-appeal[data-colours="{name}"] {{ --ko-brand: {0}; --ko-brand-ink: {1}; }}
@media (prefers-color-scheme: dark) {{
  .ko-appeal[data-colours="{name}"] {{ --ko-brand: {2}; --ko-brand-ink: {3}; }}
}}
"""


@cache_control(public=True, max_age=31_536_000, immutable=True)
@require_safe
def colours(request: HttpRequest, name: str) -> HttpResponse:
    """The address says everything, so it can be kept for ever: four colours of six digits."""
    found = [f"#{part}" for part in name.split("-")]
    if len(found) != 4 or not all(contrast.is_colour(colour) for colour in found):
        raise Http404
    return HttpResponse(SHEET.format(*found, name=name), content_type="text/css")
