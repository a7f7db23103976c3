"""Every address of the product, in one list."""

from django.contrib import admin
from django.urls import include, path

from customers import desk as people
from customers.login.confirmation import confirm
from customers.login.leaving import end_sessions, log_out
from customers.login.personas import personas
from macaw import desk, health, metrics, views

urlpatterns = [
    path("", views.home, name="home"),
    path("help/", views.help_page, name="help"),
    path("", include("customers.urls")),
    path("notices/", include("customers.mailing.urls")),
    path("", include("customers.urls")),
    path("settings/", views.settings, name="settings"),
    path("settings/sessions/", end_sessions, name="end_sessions"),
    path("secure/confirm/", confirm, name="confirm"),
    path("jump/", views.jump, name="jump"),
    path("desk/", desk.desk, name="desk"),
    path("desk/test-mail/", desk.desk_test_mail, name="desk_test_mail"),
    path("desk/people/", people.desk_people, name="desk_people"),
    path("desk/people/<int:pk>/", people.desk_person, name="desk_person"),
    path("desk/people/<int:pk>/link/", people.desk_link, name="desk_link"),
    path("desk/people/<int:pk>/customer/", people.desk_open, name="desk_open"),
    path("desk/customers/", people.desk_customers, name="desk_customers"),
    path("desk/customers/<int:pk>/visit/", people.desk_visit, name="desk_visit"),
    path("desk/visit/end/", people.desk_visit_end, name="desk_visit_end"),
    path("desk/queues/<slug:name>/", desk.desk_queue, name="desk_queue"),
    path("desk/queues/<slug:name>/retry/", desk.desk_retry, name="desk_retry"),
    path("desk/jobs/", desk.desk_start, name="desk_start"),
    path("desk/jobs/<int:pk>/", desk.desk_job, name="desk_job"),
    path("demo/", personas, name="demo"),
    path("logout/", log_out, name="log_out"),
    path("signed-out/", views.signed_out, name="signed_out"),
    path("_states/", views.states, name="states"),
    path("csp-report", views.csp_report, name="csp_report"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("admin/", admin.site.urls),
]
handler400 = "macaw.errors.bad_request"
handler403 = "macaw.errors.forbidden"
handler404 = "macaw.errors.not_found"
handler500 = "macaw.errors.server_error"
