"""The staff's desk: what waits, runs and failed behind the pages, and the buttons to do something about it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

import customers.queries
from customers.login.roles import staff_only
from customers.mailing import notices
from customers.mailing.forms import TestMailForm
from customers.mailing.models import Notice
from customers.requests import PersonRequest
from macaw.kernel import limits
from macaw.kernel.errors import Invalid, Missing, Stale
from macaw.kernel.http import render_part, wants_part
from macaw.kernel.jobs import long, queue
from macaw.kernel.jobs.models import Duty, Heartbeat, Job, Leased, LeasedQuerySet
from macaw.kernel.writing import writing
from macaw.work import JOBS, QUEUES

SHOWN_FAILURES, SHOWN_JOBS, SHOWN_WORKERS = 5, 20, 50
PAGE = 50
ACTS = {"pause": long.pause, "resume": long.resume, "cancel": long.cancel}
LISTS = {
    "failed": gettext_lazy("Given up"),
    "waiting": gettext_lazy("Waiting"),
    "running": gettext_lazy("Running"),
    "later": gettext_lazy("Later"),
}


@require_safe
@staff_only
def desk(request: PersonRequest) -> HttpResponse:
    """Two queries a queue, and one each for duties, jobs and workers, however many rows there are."""
    return _answer(request)


@require_safe
@staff_only
def desk_queue(request: PersonRequest, name: str) -> HttpResponse:
    """The rows of one queue, fifty a page. Two queries."""
    model = _model(name)
    shown = request.GET.get("show", "failed")
    if shown not in LISTS:
        raise Missing
    page = Paginator(_rows(model, shown), PAGE).get_page(request.GET.get("page"))
    here = f"{reverse('desk_queue', args=[name])}?show={shown}&page="
    facts = {
        "name": name,
        "shown": shown,
        "lists": LISTS,
        "page": page,
        "previous": f"{here}{page.number - 1}" if page.has_previous() else "",
        "next": f"{here}{page.number + 1}" if page.has_next() else "",
    }
    return render(request, "desk/queue.html", facts)


@require_POST
@staff_only
def desk_retry(request: PersonRequest, name: str) -> HttpResponse:
    """One failed row (`row`), or all of the queue."""
    failed = _model(name).objects.failed()
    if "row" in request.POST:
        failed = failed.filter(pk=_key(_model(name), request.POST["row"]))
    with writing(request.user.actor, "queue.revived", request_id=request.id):
        count = queue.revive(failed)
    messages.success(
        request, ngettext("%(count)d will be tried again.", "%(count)d will be tried again.", count) % {"count": count}
    )
    return _answer(request, reverse("desk_queue", args=[name]) if "stay" in request.POST else reverse("desk"))


@require_POST
@staff_only
def desk_job(request: PersonRequest, pk: int) -> HttpResponse:
    """Pause, resume or cancel a long job."""
    act = request.POST.get("act", "")
    if act not in ACTS:
        raise Invalid
    with writing(request.user.actor, f"job.{act}_asked", request_id=request.id):
        found = ACTS[act](pk)
    if not found:
        raise Stale(_("The job is no longer in a state in which that can be done."))
    return _answer(request, reverse("desk"))


@require_POST
@staff_only
def desk_start(request: PersonRequest) -> HttpResponse:
    """Start a long job, unless one of its kind is under way."""
    kind = next((kind for kind in JOBS if kind.name == request.POST.get("kind")), None)
    if kind is None:
        raise Invalid
    with writing(request.user.actor, "job.started", request_id=request.id):
        if Job.objects.filter(kind=kind.name, state__in=long.OPEN).exists():
            raise Stale(_("Such a job is under way already."))
        long.start(kind, created_by=str(request.user.actor))
    return _answer(request, reverse("desk"))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def desk_test_mail(request: PersonRequest) -> HttpResponse:
    """Send a mail that says it is a test; then show its notice, which says what became of it."""
    form = TestMailForm(request.POST if request.method == "POST" else None, initial={"recipient": request.user.email})
    if not form.is_valid():
        return render(request, "desk/test_mail.html", {"form": form}, status=422 if form.is_bound else 200)
    limits.spend("test_mail", request)
    with writing(request.user.actor, "mail.tested", request_id=request.id):
        notice = notices.decide(
            kind=Notice.Kind.TEST,
            recipient=form.cleaned_data["recipient"],
            user=request.user,
            context={"sender": request.user.name},
        )
    return HttpResponseRedirect(reverse("notice", args=[notice.uuid]), status=303)


def _answer(request: PersonRequest, back: str = "") -> HttpResponse:
    """The desk as it is now: its part for htmx, a redirect after a plain POST."""
    if back and not wants_part(request):
        return HttpResponseRedirect(back, status=303)
    return render_part(request, "desk/desk.html", "now", _facts())


def _facts() -> dict[str, Any]:
    queues = [{"name": name, **model.objects.all().numbers()} for name, model in QUEUES.items()]
    jobs = list(Job.objects.order_by("-pk")[:SHOWN_JOBS])
    workers: list[Any] = list(Heartbeat.objects.with_pulse()[:SHOWN_WORKERS])
    under_way = {job.kind for job in jobs if job.state in long.OPEN}
    return {
        "queues": queues,
        "failures": {
            name: model.objects.failed().order_by("-failed_at")[:SHOWN_FAILURES] for name, model in QUEUES.items()
        },
        "failed": sum(found["failed"] for found in queues),
        "jobs": jobs,
        "kinds": [kind for kind in JOBS if kind.name not in under_way],
        "duties": Duty.objects.order_by("name"),
        "workers": workers,
        "unlinked": customers.queries.unlinked().count(),
        "alive": sum(worker.beating for worker in workers),
    }


def _model(name: str) -> type[Leased]:
    if name not in QUEUES:
        raise Missing
    return QUEUES[name]


def _key(model: type[Leased], raw: str) -> Any:
    try:
        return model._meta.pk.to_python(raw)
    except ValidationError:
        raise Missing from None


def _rows(model: type[Leased], shown: str) -> LeasedQuerySet[Leased]:
    rows = model.objects.all()
    found = {"failed": rows.failed, "waiting": rows.due, "running": rows.held, "later": rows.later}[shown]()
    return found.order_by("-failed_at" if shown == "failed" else "due_at", "pk")
