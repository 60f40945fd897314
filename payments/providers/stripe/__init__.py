"""Real money through Stripe: ``PAYMENT_PROVIDER=stripe``.

Needs the official client (``requirements-stripe.txt``) and its settings (docs/operating.md).
Companies pay on Stripe's own Checkout page, to which a link leads, so that no card number and no
foreign script ever comes near this site. Workers are connected accounts: Stripe's own pages ask
them for identity and bank account, and we keep its tokens.
"""

from payments.providers.stripe.connect import Connect
from payments.providers.stripe.paying import Paying
from payments.providers.stripe.telling import Telling


class Stripe(Paying, Connect, Telling):
    name = "stripe"
