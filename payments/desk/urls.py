"""Addresses of finance's pages, below /desk/finance/."""

from django.urls import path

from payments.desk import contributions, deliveries, movements

urlpatterns = [
    path("", movements.movements_page, name="desk-finance"),
    path("movements.csv", movements.movements_csv, name="desk-movements-csv"),
    path(
        "contributions/<uuid:public_id>/", contributions.contribution_page, name="desk-contribution"
    ),
    path("contributions/<uuid:public_id>/refund/", contributions.refund, name="desk-refund"),
    path("receipts/<str:number>.pdf", contributions.receipt, name="desk-receipt"),
    path("events/", deliveries.events_page, name="desk-events"),
    path("events/<int:pk>/retry/", deliveries.retry_event, name="desk-event-retry"),
    path("tasks/<int:pk>/retry/", deliveries.retry_task, name="desk-task-retry"),
]
