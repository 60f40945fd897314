"""Who may prefer and shut out whom, and who looks after groups."""

import rules

from accounts.models import Role
from accounts.rules import belongs_to_company, has_role, is_client, is_worker

looks_after = has_role(Role.MANAGER, Role.DISPATCHER)

rules.add_rule("vetting.mark_worker", looks_after)
rules.add_rule("vetting.mark_company", is_worker)
rules.add_rule("vetting.see_marks", is_client | is_worker)
rules.add_rule("vetting.see_groups", is_client | is_worker)
rules.add_rule("vetting.see_group", belongs_to_company | is_worker)
rules.add_rule("vetting.create_group", looks_after)
rules.add_rule("vetting.manage_group", looks_after & belongs_to_company)
rules.add_rule("vetting.join_group", is_worker)
rules.add_rule("vetting.see_requirements", is_client)
rules.add_rule("vetting.see_requirement_set", belongs_to_company)
rules.add_rule("vetting.create_requirements", looks_after)
rules.add_rule("vetting.manage_requirements", looks_after & belongs_to_company)
