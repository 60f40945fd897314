"""How allauth meets this project."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """The stock adapter; sign-up happens on the client's and the worker's own pages."""
