"""What Prometheus reads: requests as every web process counted them, queues and workers as the database has them now."""

import hmac
import os
from collections.abc import Callable, Iterator

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from macaw import work
from macaw.kernel import clock
from macaw.kernel.errors import Missing, NotAllowed
from macaw.kernel.jobs.models import Heartbeat

NO_VIEW = "none"  # static files, and addresses that do not exist

answered = Histogram(
    "macaw_request_seconds",
    "Time to answer, by view.",
    ["method", "view", "status"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)


class MetricsMiddleware:
    """Times each request, whatever becomes of it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = clock.seconds()
        response = self.get_response(request)
        view = request.resolver_match.view_name if request.resolver_match else NO_VIEW
        known = request.method if request.method in {"GET", "HEAD", "POST"} else "other"  # a client may invent them
        answered.labels(known, view, str(response.status_code)).observe(clock.seconds() - started)
        return response


class Work(Collector):
    """The queues and the workers, counted when asked: any process of any machine gives the same answer."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        depth = GaugeMetricFamily("macaw_queue_due", "Rows that are due and held by nobody.", labels=["queue"])
        lag = GaugeMetricFamily("macaw_queue_lag_seconds", "How long the oldest due row has waited.", labels=["queue"])
        held = GaugeMetricFamily("macaw_queue_held", "Rows that a worker works on.", labels=["queue"])
        failed = GaugeMetricFamily(
            "macaw_queue_failed", "Rows that were given up and wait for staff.", labels=["queue"]
        )
        for name, model in work.QUEUES.items():
            rows = model.objects
            oldest = rows.due().order_by("due_at").values_list("due_at", flat=True).first()
            depth.add_metric([name], rows.due().count())
            lag.add_metric([name], max(0.0, (clock.now() - oldest).total_seconds()) if oldest else 0.0)
            held.add_metric([name], rows.held().count())
            failed.add_metric([name], rows.failed().count())
        yield from (depth, lag, held, failed)
        yield GaugeMetricFamily("macaw_workers", "Workers that live.", value=Heartbeat.objects.alive().count())


def _registry() -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(Work())
    if os.environ.get(
        "PROMETHEUS_MULTIPROC_DIR"
    ):  # set by gunicorn.conf.py: the client library asks for it by this name
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library leaves it untyped
    else:
        registry.register(answered)
    return registry


@require_safe
@login_not_required
def metrics(request: HttpRequest) -> HttpResponse:
    if not settings.MACAW_METRICS_TOKEN:
        raise Missing
    given = request.headers.get("Authorization", "").encode()
    if not hmac.compare_digest(given, f"Bearer {settings.MACAW_METRICS_TOKEN}".encode()):
        raise NotAllowed
    return HttpResponse(
        generate_latest(_registry()), content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"}
    )
