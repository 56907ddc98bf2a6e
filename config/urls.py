"""Every address of an installation."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import include, path

# Staff sign in where everybody does; Django's own form would ask for a password.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("", include("payments.urls")),
    path("", include("supporters.urls")),
    path("account/", include("supporters.sign_in_urls")),
    path("admin/", admin.site.urls),
]
if settings.DEMO:
    urlpatterns += [path("", include("supporters.demo.urls"))]
