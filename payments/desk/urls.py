"""Addresses of finance's pages, below /desk/finance/."""

from django.urls import path

from payments.desk import (
    books,
    contributions,
    deliveries,
    disputes,
    movements,
    payouts,
    refunds,
    renewals,
)

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
    path("renewals/", renewals.renewals_page, name="desk-renewals"),
    path("payouts/", payouts.payouts_page, name="desk-payouts"),
    path("payouts/<str:stripe_id>/", payouts.payout_page, name="desk-payout"),
    path("books/", books.books_page, name="desk-books"),
    path("books/compare/", books.compare_now, name="desk-books-compare"),
    path("books/repair/", books.repair_all, name="desk-books-repair"),
    path("books/<uuid:public_id>/", books.difference_page, name="desk-difference"),
    path("books/<uuid:public_id>/repair/", books.repair, name="desk-difference-repair"),
    path("books/<uuid:public_id>/explain/", books.explain, name="desk-difference-explain"),
    path("books/<uuid:public_id>/take/", books.take, name="desk-difference-take"),
    path("events/", deliveries.events_page, name="desk-events"),
    path("events/<int:pk>/retry/", deliveries.retry_event, name="desk-event-retry"),
    path("tasks/<int:pk>/retry/", deliveries.retry_task, name="desk-task-retry"),
]
