"""Addresses of the counting room."""

from django.urls import include, path

from payments import views
from payments.desk import sources

app_name = "payments"
urlpatterns = [
    path("stripe/webhook/", views.webhook, name="webhook"),
    path("healthz", views.healthz, name="healthz"),
    path("healthz/money", views.alarms, name="alarms"),
    path("desk/finance/", include("payments.desk.urls")),
    path("desk/reports/appeals/", sources.sources_page, name="sources"),
    path("desk/reports/appeals.csv", sources.sources_csv, name="sources-csv"),
]
