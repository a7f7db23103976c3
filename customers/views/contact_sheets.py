"""Contacts from and to a spreadsheet."""

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from customers import sheets
from customers.requests import CustomerRequest
from customers.rights import Act, needs
from customers.services import contact_sheets as service
from customers.services.contact_sheets import Plan
from customers.sheets import Sheet
from macaw.kernel import clock
from macaw.kernel.errors import Stale
from macaw.kernel.limits import spend


@require_safe
@needs(Act.LOOK)
def contacts_export(request: CustomerRequest) -> StreamingHttpResponse:
    """All contacts, read while they are sent; one query."""
    spend("export", request)
    name = f"contacts-{clock.today():%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(
        service.written(request.customer), content_type="text/csv; charset=utf-8", headers=headers
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Act.CHANGE_CONTACTS)
def contacts_import(request: CustomerRequest) -> HttpResponse:
    """A file is shown as what it would do, and done when the same file is sent on with `plan`. One query to show."""
    if request.method != "POST":
        return render(request, "customers/contacts_import.html", _facts())
    try:
        text, sheet = _sent(request)
    except ValidationError as fault:
        return _refused(request, " ".join(fault.messages))
    if "plan" not in request.POST:
        return _shown(request, text, service.plan(request.customer, sheet))
    try:
        taken = service.take_in(
            actor=request.user.actor, customer=request.customer, sheet=sheet, shown=request.POST["plan"],
            request_id=request.id,
        )  # fmt: skip
    except Stale:
        return _shown(request, text, service.plan(request.customer, sheet), moved=True)
    messages.success(request, _done(taken))
    return HttpResponseRedirect(reverse("contacts"), status=303)


def _sent(request: CustomerRequest) -> tuple[str, Sheet]:
    """The text and what it holds: of the file, or as the page with the plan sent it on."""
    content = request.POST.get("text", "").encode()
    if not content:
        file = request.FILES.get("file")
        if file is None:
            raise ValidationError(_("Choose a file first."))
        content = file.read(sheets.LARGEST + 1)
    sheet = sheets.read(content, service.HEADERS)
    return content.decode("utf-8-sig"), sheet


def _shown(request: CustomerRequest, text: str, planned: Plan, *, moved: bool = False) -> HttpResponse:
    facts = _facts() | {"text": text, "plan": planned, "moved": moved}
    status = HTTPStatus.CONFLICT if moved else HTTPStatus.OK
    return render(request, "customers/contacts_import.html", facts, status=status)


def _refused(request: CustomerRequest, fault: str) -> HttpResponse:
    facts = _facts() | {"fault": fault}
    return render(request, "customers/contacts_import.html", facts, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _facts() -> dict[str, object]:
    return {"columns": service.COLUMNS, "most": sheets.MOST, "largest": sheets.LARGEST // 1000}


def _done(taken: Plan) -> str:
    added, changed = taken.counts["new"], taken.counts["changed"]
    return " ".join(
        [
            ngettext("%(count)d contact added.", "%(count)d contacts added.", added) % {"count": added},
            ngettext("%(count)d changed.", "%(count)d changed.", changed) % {"count": changed},
        ]
    )
