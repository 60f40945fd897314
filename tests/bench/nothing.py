"""A task of Celery that does nothing: the fastest that a worker can be."""

from celery import shared_task


@shared_task(name="notifications.deliver_nothing")
def nothing() -> None:
    pass
