"""The trail itself."""

from macaw.kernel.tables import evidence, recomputable

_PROOF = "it proves every change that money and names hang on"

evidence("audit_log", kept="10 years", because=_PROOF)
evidence("audit_events", kept="10 years", because="who logged in, saw a secret or took data away must be answerable")
evidence("audit_seals", kept="as long as the entries it covers", because="without it they prove nothing")
recomputable("audit_context", kept="for the length of one transaction", because="the next gesture writes its own")
