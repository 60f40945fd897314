"""``{{ session.user_agent|device_words }}``."""

from django import template

from accounts import devices

register = template.Library()
register.filter("device_words", devices.device_words)
