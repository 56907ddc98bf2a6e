"""Addresses of the front of house."""

from django.urls import URLPattern, URLResolver, path

from supporters.views import account

app_name = "supporters"
urlpatterns: list[URLPattern | URLResolver] = [
    path("account/", account.home, name="account"),
]
