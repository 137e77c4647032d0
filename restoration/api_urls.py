"""Addresses of the API."""

from django.urls import path

from billing.api import LedgerView
from restoration.api import AccountView, RestorationDetailView
from restoration.api_compatible import PhotoRestoreResultView, PhotoRestoreView

app_name = "api"
urlpatterns = [
    path("api-call/photo-restore", PhotoRestoreView.as_view(), name="photo-restore"),
    path(
        "api-call/photo-restore/<str:public_id>",
        PhotoRestoreResultView.as_view(),
        name="photo-restore-result",
    ),
    path("v1/account", AccountView.as_view(), name="account"),
    path("v1/ledger", LedgerView.as_view(), name="ledger"),
    path("v1/restorations/<str:public_id>", RestorationDetailView.as_view(), name="restoration-detail"),
]
