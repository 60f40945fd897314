"""The landing page, and the home page of each kind of user."""

from django.http import HttpRequest, HttpResponse

from marketplace import landing


def home(request: HttpRequest) -> HttpResponse:
    return landing.show(request)
