"""Addresses of the front of house."""

from django.urls import URLPattern, URLResolver, include, path

from supporters.desk import urls as desk_urls
from supporters.desk import views as desk
from supporters.views import (
    account,
    appeals,
    card_link,
    colours,
    contribute,
    device,
    leaving,
    receipts,
    subscriptions,
    ticker,
)

app_name = "supporters"
subscription: list[URLPattern | URLResolver] = [
    path("change/", subscriptions.change, name="change"),
    path("amount/", subscriptions.change_amount, name="amount"),
    path("cover/", subscriptions.change_cover, name="cover"),
    path("frequency/", subscriptions.change_frequency, name="frequency"),
    path("day/", subscriptions.change_day, name="day"),
    path("card/", subscriptions.new_card, name="card"),
    path("pause/", leaving.pause, name="pause"),
    path("skip/", leaving.skip, name="skip"),
    path("resume/", leaving.resume, name="resume"),
    path("stop/", leaving.stop, name="stop"),
    path("stop/now/", leaving.stop_now, name="stop_now"),
    path("stop/undo/", leaving.undo_stop, name="undo_stop"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("contribute/", contribute.contribute, name="contribute"),
    path("contribute/thanks/<uuid:public_id>/", contribute.thanks, name="thanks"),
    path("appeals/rules.json", appeals.file, name="appeal-rules"),
    path("appeals/fragment/<slug:placement>/", appeals.file, name="appeal-fragment"),
    path("appeals/fragment/<slug:placement>/shadow/", appeals.file, name="appeal-shadow"),
    path("appeals/embed.js", appeals.file, name="appeal-embed"),
    path("appeals/pause/", appeals.pause, name="appeal-pause"),
    path("appeals/device/", device.device, name="appeal-device"),
    path("appeals/device/choose/", device.choose, name="appeal-device-choose"),
    path("appeals/device/clear/", device.clear, name="appeal-device-clear"),
    path("appeals/supporting/", device.supporting, name="appeal-supporting"),
    path("appeals/rest/<str:token>/", device.rest, name="appeal-rest"),
    path("appeals/colours/<slug:name>.css", colours.colours, name="appeal-colours"),
    path("account/", account.home, name="account"),
    path("account/receipts/<str:number>.pdf", receipts.receipt, name="receipt"),
    path("account/subscriptions/<uuid:public_id>/", include(subscription)),
    path("card/given/", card_link.card_given, name="card-given"),
    path("card/<str:signed>/", card_link.card_link, name="card-link"),
    path("appeals/ticker.json", ticker.ticker, name="appeal-ticker"),
    path("desk/", desk.index, name="desk"),
    path("desk/appeals/", include(desk_urls)),
]
