"""Text that people wrote."""

from django import template
from django.utils.safestring import SafeString

from core.markdown import render

register = template.Library()


@register.simple_tag
def markdown(text: str) -> SafeString:
    """Markdown as safe HTML; put it into an element of class ``prose``."""
    return render(text)
