"""The pages of allauth that are reachable here; its password and sign-up pages are not.

allauth looks some of its pages up by name, hence two names that only lead elsewhere.
"""

from allauth.account import views
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

urlpatterns: list[URLPattern | URLResolver] = [
    path("login/", views.login, name="account_login"),
    path("login/code/", views.confirm_login_code, name="account_confirm_login_code"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("2fa/", include("allauth.mfa.urls")),
    path(
        "login/again/",
        RedirectView.as_view(pattern_name="account_login"),
        name="account_request_login_code",
    ),
    path("join/", RedirectView.as_view(url="/contribute/"), name="account_signup"),
]
