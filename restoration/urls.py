"""Addresses of the pages."""

from django.urls import path

from restoration import credit_views, documentation, views

app_name = "restoration"
urlpatterns = [
    path("", views.landing, name="landing"),
    path("dashboard/", views.dashboard, name="dashboard"),
    path("restorations/", views.history, name="history"),
    path("restorations/new/", views.submit, name="submit"),
    path("restorations/<str:public_id>/", views.detail, name="detail"),
    path("restorations/<str:public_id>/status/", views.status, name="status"),
    path("restorations/<str:public_id>/cancel/", views.cancel, name="cancel"),
    path("restorations/<str:public_id>/delete/", views.delete, name="delete"),
    path("credits/", credit_views.credits_page, name="credits"),
    path("docs/", documentation.docs, name="docs"),
]
