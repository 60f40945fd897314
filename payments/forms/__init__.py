"""What the money pages take from people: a company's forms, and a worker's."""

from payments.forms.company import (
    AddFundsForm,
    PayForm,
    PayingForm,
    SeveralForm,
    StatementForm,
    TakeBackForm,
    WantedFunds,
)
from payments.forms.worker import (
    BankAccountForm,
    EnrolForm,
    PayoutForm,
    PayoutPlanForm,
    TaxDetailsForm,
)

__all__ = [
    "AddFundsForm",
    "BankAccountForm",
    "EnrolForm",
    "PayForm",
    "PayingForm",
    "PayoutForm",
    "PayoutPlanForm",
    "SeveralForm",
    "StatementForm",
    "TakeBackForm",
    "TaxDetailsForm",
    "WantedFunds",
]
