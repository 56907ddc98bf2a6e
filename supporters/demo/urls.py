"""Addresses of the demo newspaper and of its stage door; mounted only in the demonstration."""

from django.urls import path

from supporters.demo import views
from supporters.demo.feed import Paper

app_name = "demo"
urlpatterns = [
    path("", views.front, name="front"),
    path("sections/<slug:name>/", views.section, name="section"),
    path("articles/<slug:slug>/", views.article, name="article"),
    path("feed.xml", Paper(), name="feed"),
    path("demo/", views.door, name="door"),
    path("demo/enter/<slug:key>/", views.enter, name="enter"),
    path("demo/clock/<slug:step>/", views.move_clock, name="clock"),
    path("demo/mail/", views.mail, name="mail"),
    path("demo/mail/<slug:key>/", views.letter, name="letter"),
    path("demo/mail/<slug:key>/page/", views.letter_page, name="letter-page"),
    path("demo/mail/<slug:key>/<int:number>/", views.attachment, name="attachment"),
]
