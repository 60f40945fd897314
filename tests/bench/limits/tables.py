"""Makes and fills the three tables that belong to the minimal site alone."""

from tests.bench.limits import site

if __name__ == "__main__":
    from django.db import connection

    with connection.schema_editor() as editor:
        for model in (site.History, site.Account, site.Entry):
            editor.create_model(model)
    site.Account.objects.bulk_create(site.Account(balance=1_000_000) for _ in range(1000))
