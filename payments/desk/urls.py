"""Addresses of finance's pages, below /desk/finance/."""

from django.urls import path

from payments.desk import contributions, deliveries, disputes, movements, refunds

urlpatterns = [
    path("", movements.movements_page, name="desk-finance"),
    path("movements.csv", movements.movements_csv, name="desk-movements-csv"),
    path(
        "contributions/<uuid:public_id>/", contributions.contribution_page, name="desk-contribution"
    ),
    path("contributions/<uuid:public_id>/refund/", contributions.refund, name="desk-refund"),
    path("receipts/<str:number>.pdf", contributions.receipt, name="desk-receipt"),
    path("notes/<str:number>.pdf", contributions.refund_note, name="desk-refund-note"),
    path("refunds/<uuid:public_id>/approve/", refunds.approve, name="desk-refund-approve"),
    path("refunds/<uuid:public_id>/decline/", refunds.decline, name="desk-refund-decline"),
    path("disputes/", disputes.disputes_page, name="desk-disputes"),
    path("disputes/<uuid:public_id>/", disputes.dispute_page, name="desk-dispute"),
    path("disputes/<uuid:public_id>/answer/", disputes.answer, name="desk-dispute-answer"),
    path("disputes/<uuid:public_id>/accept/", disputes.accept, name="desk-dispute-accept"),
    path("disputes/<uuid:public_id>/evidence.zip", disputes.pack, name="desk-dispute-pack"),
    path("warnings/<int:pk>/refund/", disputes.refund_warned, name="desk-warning-refund"),
    path("warnings/<int:pk>/keep/", disputes.keep_warned, name="desk-warning-keep"),
    path("events/", deliveries.events_page, name="desk-events"),
    path("events/<int:pk>/retry/", deliveries.retry_event, name="desk-event-retry"),
    path("tasks/<int:pk>/retry/", deliveries.retry_task, name="desk-task-retry"),
]
