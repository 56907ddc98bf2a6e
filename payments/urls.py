"""Addresses of the counting room."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
