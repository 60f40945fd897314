"""Makes and fills the three tables that belong to the minimal site alone."""

from tests.bench.limits import site

if __name__ == "__main__":
    from django.db import connection

    assert site.application
    from tests.bench.limits.models import Account, Entry, History

    with connection.schema_editor() as editor:
        for model in (History, Account, Entry):
            editor.create_model(model)
    Account.objects.bulk_create(Account(balance=1_000_000) for _ in range(1000))
