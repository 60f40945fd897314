"""Celery's part: finish what no page finished, and start what goes by itself."""

from celery import shared_task
from django.utils import timezone

from payments import checking, enrolling, funding, payouts, refunds, statements


@shared_task(name="payments.sweep_fundings")
def sweep_fundings(**kwargs: object) -> int:
    """Ask the providers about fundings on their way, and apply what they told us."""
    return funding.sweep(at=timezone.now())


@shared_task(name="payments.sweep_refunds")
def sweep_refunds(**kwargs: object) -> int:
    """Ask the providers about refunds on their way, or sent a few days ago."""
    at = timezone.now()
    refunds.stop_watching(at=at)
    return refunds.sweep(at=at)


@shared_task(name="payments.sweep_payouts")
def sweep_payouts(**kwargs: object) -> int:
    """Ask the providers about payouts on their way, and apply what they told us."""
    at = timezone.now()
    payouts.stop_watching(at=at)
    return payouts.sweep(at=at)


@shared_task(name="payments.sweep_payout_accounts")
def sweep_payout_accounts(**kwargs: object) -> int:
    """Ask the provider about workers' accounts that were begun or have changed."""
    return enrolling.sweep(at=timezone.now())


@shared_task(name="payments.sweep_automatic_payouts")
def sweep_automatic_payouts(**kwargs: object) -> int:
    """Start the payouts that workers' plans ask for."""
    return payouts.sweep_automatic(at=timezone.now())


@shared_task(name="payments.sweep_statements")
def sweep_statements(**kwargs: object) -> int:
    """Make the statements of the week or month that has ended."""
    return statements.sweep(at=timezone.now())


@shared_task(name="payments.sweep_auto_pay")
def sweep_auto_pay(**kwargs: object) -> int:
    """Pay what is due, for the companies that want it paid by itself."""
    return statements.sweep_auto_pay(at=timezone.now())


@shared_task(name="payments.check_books")
def check_books(**kwargs: object) -> int:
    """Check every invariant of the books, every night; returns the number of findings."""
    return checking.check_books(at=timezone.now()).count
