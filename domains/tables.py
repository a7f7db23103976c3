"""Names and what registries know of them: kept as long as a registry or a court may ask."""

from macaw.kernel.tables import audited, cache

_HISTORY = "who held a name, and how it ended, is asked for years after"

audited("domains", kept="10 years after it ended", because=_HISTORY)
audited("domain_contacts", kept="as long as the domain", because=_HISTORY)
audited("nameservers", kept="as long as the domain uses it", because="an outage is explained by what was set before")
audited("glue_addresses", kept="as long as the nameserver", because="an outage is explained by what was set before")
audited("tld_data", kept="as long as the domain", because="it is what the owner declared to the registry")

cache("domains.tld", source="domains.domain_name", proof="CHECK domains_tld; doctor: tld")
cache("domains.auth_code_fingerprint", source="domains.auth_code", proof="doctor: sealed")
