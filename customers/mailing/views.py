"""The inbox behind the bell: what we wrote, to whom, and whether it went out as mail."""

import re
from uuid import UUID

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from customers.mailing import inbox
from customers.mailing.models import Notice, NoticeQuerySet
from customers.requests import PersonRequest
from macaw.kernel.errors import Missing
from macaw.kernel.http import render_part, wants_part

PAGE = 50
LISTS = {"all": _("All"), "unread": _("Unread")}


@require_http_methods(["GET", "HEAD", "POST"])
def notices(request: PersonRequest) -> HttpResponse:
    """Newest first, fifty a page; two queries. A POST marks one as read, or that one and all older ones."""
    shown = request.GET.get("show", "all")
    if shown not in LISTS:
        raise Missing
    mine = Notice.objects.visible_to(request.user, request.visit)
    marked = _mark(request, mine) if request.method == "POST" else None
    if marked and not wants_part(request):
        return HttpResponseRedirect(request.get_full_path(), status=303)
    rows = mine.unread() if shown == "unread" else mine
    page = Paginator(rows.order_by("-pk"), PAGE).get_page(request.GET.get("page"))
    here = f"{request.path}?show={shown}&page="
    facts = {
        "lists": LISTS,
        "shown": shown,
        "marked": marked,
        "page": page,
        "here": f"{here}{page.number}",
        "previous": f"{here}{page.number - 1}" if page.has_previous() else "",
        "next": f"{here}{page.number + 1}" if page.has_next() else "",
    }
    return _with_counts(request, render_part(request, "customers/notices.html", "inbox", facts))


@require_http_methods(["GET", "HEAD", "POST"])
def notice(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """One of them; one query. A look changes nothing: the page posts once it is shown, or a person presses the button."""
    mine = Notice.objects.visible_to(request.user, request.visit).filter(uuid=uuid)
    found = mine.select_related("customer").first()
    if found is None:
        raise Missing
    if request.method == "POST":
        inbox.mark_read(mine, actor=request.user.actor, request_id=request.id)
        if not wants_part(request):
            return HttpResponseRedirect(request.path, status=303)
        found.refresh_from_db(fields=["read_at"])
    facts = {"notice": found, "pieces": _pieces(found.body_text)}
    return _with_counts(request, render_part(request, "customers/notice.html", "state", facts))


def _mark(request: PersonRequest, mine: NoticeQuerySet) -> Notice:
    """Mark the notice that was named. What came in since the page was made is newer than all on it, and stays unread."""
    try:
        one = mine.get(uuid=UUID(request.POST.get("notice", "")))
    except (ValueError, Notice.DoesNotExist):
        raise Missing from None
    meant = mine.filter(pk__lte=one.pk) if "older" in request.POST else mine.filter(pk=one.pk)
    inbox.mark_read(meant, actor=request.user.actor, request_id=request.id)
    return one


def _with_counts(request: PersonRequest, response: HttpResponse) -> HttpResponse:
    """After a change by htmx, the frame's own counts follow the part that was asked for."""
    if request.method == "POST":
        response.write(render_to_string("components/counts.html", request=request))
    return response


def _pieces(text: str) -> list[str]:
    """Plain text and addresses of ours in turn: only those become links, whatever a name or a person put into the text."""
    return re.split(rf"({re.escape(settings.MACAW_BASE_URL)}/\S*)", text)
