"""The choice between the light and the dark look, kept in a cookie of the browser."""

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from marketplace.navigation import THEME_COOKIE, THEMES

A_YEAR = 365 * 24 * 3600


class AppearanceForm(forms.Form):
    """An empty theme follows the system."""

    theme = forms.ChoiceField(choices=[("", "")] + [(t, t) for t in THEMES], required=False)
    next = forms.CharField(max_length=2000, required=False)


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Store the choice and go back to the page it was made on."""
    form = AppearanceForm(request.POST)
    answer = form.cleaned_data if form.is_valid() else {}
    target = answer.get("next") or "/"
    if not url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        target = "/"
    response = HttpResponseRedirect(target)
    if not answer.get("theme"):
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
    else:
        response.set_cookie(
            THEME_COOKIE,
            answer["theme"],
            max_age=A_YEAR,
            samesite="Lax",
            secure=request.is_secure(),
        )
    return response
