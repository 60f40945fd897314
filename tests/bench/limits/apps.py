from django.apps import AppConfig


class LimitsConfig(AppConfig):
    name = "tests.bench.limits"
    label = "limits"
