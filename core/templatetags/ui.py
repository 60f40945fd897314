"""The components as template tags; each draws ``templates/components/<tag>.html``.

Every text given to a component is escaped there. Parameters that take lists accept dicts and
objects alike. What each one takes stands in the comment at the top of its template, and all of
them are shown at ``/styleguide/``.
"""

from django import template

from core.components import forms, lists, small, text, wraps

register = template.Library()
for part in (small, forms, lists, text, wraps):
    register.tags.update(part.register.tags)
