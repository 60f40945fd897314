"""Every address of the site; each app's pages are nouns under the thing they show."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from marketplace import views

urlpatterns = [
    path("", views.home, name="home"),
    path("", include("accounts.urls")),
    path("", include("assignments.urls")),
    path("", include("messaging.urls")),
    path("", include("scorecards.urls")),
    path("", include("payments.urls")),
    path("", include("escalations.urls")),
    path("", include("conduct.urls")),
    path("", include("notifications.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
if settings.DEBUG or settings.DEMO:
    urlpatterns += [path("styleguide/", views.style_guide, name="styleguide")]
