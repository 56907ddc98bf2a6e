"""Every address of an installation."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("payments.urls")),
    path("", include("supporters.urls")),
    path("admin/", admin.site.urls),
]
