"""Pages that are the same for everybody: kept by any cache, sent without a cookie."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_cache_control

SECONDS = 60
Answer = Callable[..., HttpResponse]


def shared(view: Answer) -> Answer:
    """Print a page in the newspaper's own language and let caches keep it for a minute."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        with translation.override(settings.LANGUAGE_CODE):
            response = view(request, *args, **kwargs)
        response.headers["Content-Language"] = settings.LANGUAGE_CODE
        patch_cache_control(response, public=True, max_age=SECONDS)
        return response

    return answer


def without_vary(get_response: Answer) -> Answer:
    """Outermost middleware: Django's own mark every page as differing by language.

    A page in one language for everybody does not, and caches would keep a copy for each browser.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if "public" in response.headers.get("Cache-Control", "") and not response.cookies:
            del response.headers["Vary"]
            if request.path.startswith("/appeals/"):
                response.headers["Vary"] = "Origin"
        return response

    return middleware
