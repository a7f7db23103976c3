"""People and their customers: kept while they deal with us, and then as long as tax and registry rules ask."""

from macaw.kernel.tables import audited, cache, hidden, left_out, recomputable

_ACCOUNTS = "invoices and payments of ten years must name their customer"
_RIGHTS = "who might do what, and when, must be answerable"

audited("customers", kept="10 years after closing", because=_ACCOUNTS)
audited("contacts", kept="2 years after its last domain ended", because="registrars must answer for the owner's data")
audited("memberships", kept="until it is ended; its history stays in the audit trail", because=_RIGHTS)
audited("invitations", kept="as long as the customer", because="who let whom in must be answerable")
audited("visits", kept="as long as the customer", because="a customer may ask who of the staff looked, and why")
audited("users", kept="10 years after the last login", because="a name in the audit trail must never be given again")
audited("users_groups", kept="as long as the user", because=_RIGHTS)
audited("users_user_permissions", kept="as long as the user", because=_RIGHTS)
recomputable("sessions", kept="12 hours after its last use", because="a lost session costs one new login")
recomputable("confirmations", kept="ten minutes", because="a lost one is asked for again")

cache("customers.account_balance", source="the ledger", proof="nothing yet: the ledger arrives with billing")
cache("customers.held_amount", source="open holds", proof="nothing yet: holds arrive with billing")

hidden("users.password", because="it is unusable, or the hash of a break-glass password")
left_out("users.last_login", because="each login is an event of its own")
