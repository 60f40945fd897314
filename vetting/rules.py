"""Who may prefer and shut out whom."""

import rules

from accounts.models import Role
from accounts.rules import has_role, is_client, is_worker

rules.add_rule("vetting.mark_worker", has_role(Role.MANAGER, Role.DISPATCHER))
rules.add_rule("vetting.mark_company", is_worker)
rules.add_rule("vetting.see_marks", is_client | is_worker)
