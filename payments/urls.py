"""Addresses of the counting room."""

from django.urls import include, path

from payments import views

app_name = "payments"
urlpatterns = [
    path("stripe/webhook/", views.webhook, name="webhook"),
    path("healthz", views.healthz, name="healthz"),
    path("desk/finance/", include("payments.desk.urls")),
]
