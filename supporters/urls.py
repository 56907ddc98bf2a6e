"""Addresses of the front of house."""

from django.urls import URLPattern, URLResolver, path

from supporters.views import account, appeals, contribute

app_name = "supporters"
urlpatterns: list[URLPattern | URLResolver] = [
    path("contribute/", contribute.contribute, name="contribute"),
    path("contribute/thanks/<uuid:public_id>/", contribute.thanks, name="thanks"),
    path("appeals/pause/", appeals.pause, name="appeal-pause"),
    path("account/", account.home, name="account"),
]
