"""The landing page, and the home page of each kind of user."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def home(request: HttpRequest) -> HttpResponse:
    return render(request, "marketplace/landing.html")
