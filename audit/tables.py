"""The trail itself."""

from macaw.kernel.tables import evidence

evidence("audit_log", kept="10 years", because="it proves every change that money and names hang on")
