"""Every address of the site."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from core.dev_mail import dev_mail
from restoration.media import media

admin.site.site_header = admin.site.site_title = f"Heirloom · {settings.MODE}"

# The login page of allauth, and with it its rate limits; the admin has none of its own.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

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
    path("billing/", include("billing.urls")),
    path("admin/", admin.site.urls),
    path("", include("accounts.urls")),
    path("", include("restoration.urls")),
]
if not settings.PRODUCTION:
    urlpatterns.append(path("dev/mail/", dev_mail, name="dev-mail"))

handler400 = "core.error_views.bad_request"
handler403 = "core.error_views.permission_denied"
handler404 = "core.error_views.not_found"
handler500 = "core.error_views.server_error"
