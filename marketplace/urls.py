"""Every address of the site; each app's pages are nouns under the thing they show."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from marketplace import appearance, health, styleguide, views
from marketplace.finding import views as finding

urlpatterns = [
    path("", views.home, name="home"),
    path("appearance/", appearance.choose, name="appearance"),
    path("workers/", finding.workers, name="find_workers"),
    path("workers/compare/", finding.compare, name="compare_workers"),
    path("", include("accounts.urls")),
    path("", include("vetting.urls")),
    path("", include("assignments.urls")),
    path("", include("messaging.urls")),
    path("", include("scorecards.urls")),
    path("", include("payments.urls")),
    path("", include("escalations.urls")),
    path("", include("conduct.urls")),
    path("", include("notifications.urls")),
    path(
        "accounts/signup/",
        RedirectView.as_view(pattern_name="accounts:join", query_string=True),
        name="account_signup",
    ),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("metrics", health.metrics, name="metrics"),
]
if settings.DEBUG or settings.DEMO:
    urlpatterns += [path("styleguide/", styleguide.show, name="styleguide")]
