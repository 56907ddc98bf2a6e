"""Addresses of the front of house."""

from django.urls import URLPattern, URLResolver, include, path

from supporters.desk import views as desk
from supporters.views import account, appeals, colours, contribute, receipts, subscriptions

app_name = "supporters"
subscription: list[URLPattern | URLResolver] = [
    path("amount/", subscriptions.change_amount, name="amount"),
    path("stop/", subscriptions.stop, name="stop"),
    path("stop/undo/", subscriptions.undo_stop, name="undo_stop"),
    path("card/", subscriptions.new_card, name="card"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("contribute/", contribute.contribute, name="contribute"),
    path("contribute/thanks/<uuid:public_id>/", contribute.thanks, name="thanks"),
    path("appeals/pause/", appeals.pause, name="appeal-pause"),
    path("appeals/colours/<slug:name>.css", colours.colours, name="appeal-colours"),
    path("account/", account.home, name="account"),
    path("account/receipts/<str:number>.pdf", receipts.receipt, name="receipt"),
    path("account/subscriptions/<uuid:public_id>/", include(subscription)),
    path("desk/", desk.index, name="desk"),
]
