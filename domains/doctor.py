"""What must be true of names."""

from collections.abc import Iterable

from domains.models import Domain
from macaw.kernel.doctor import check
from macaw.kernel.sql import after_first_dot


@check("the ending of every name is the text after its first dot")
def tld() -> Iterable[str]:
    false = Domain.objects.exclude(tld=after_first_dot("domain_name"))
    for key, name, ending in false.values_list("pk", "domain_name", "tld").iterator():
        yield f"domains {key}: {name} is kept under {ending!r}"
