"""Every address of the site."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from restoration.media import media

admin.site.site_header = admin.site.site_title = f"Heirloom · {settings.MODE}"

urlpatterns = [
    path(
        "api/schema/",
        SpectacularAPIView.as_view(authentication_classes=[], permission_classes=[]),
        name="schema",
    ),
    path(
        "api/docs/",
        SpectacularSwaggerSplitView.as_view(authentication_classes=[], permission_classes=[]),
        name="swagger",
    ),
    path("api/", include("restoration.api_urls")),
    path("media/<str:public_id>", media, name="media"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
