"""Addresses of the account's pages."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("keys/", views.keys, name="keys"),
    path("keys/<str:public_id>/revoke/", views.revoke, name="revoke-key"),
    path("keys/<str:public_id>/cap/", views.cap, name="key-cap"),
    path("settings/", views.settings, name="settings"),
]
