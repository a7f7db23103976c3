"""The one settings file. What differs between installations comes from the environment; see docs/operations.md."""

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ

from macaw import environment, logs, sqlite
from macaw.environment import (
    header_name,
    is_loopback,
    number,
    one_of,
    origin,
    peers,
    read,
    refuse,
    roles_by_group,
    switch,
)

BASE_DIR = Path(__file__).resolve().parent.parent
environment.load(BASE_DIR)

# What this installation is

DEBUG = False
MACAW_DEMO = read("MACAW_DEMO", switch, default=False)
MACAW_DATA_DIR = read("MACAW_DATA_DIR", Path, default=BASE_DIR / "var")
MACAW_BASE_URL = read("MACAW_BASE_URL", origin, default="http://127.0.0.1:8000" if MACAW_DEMO else "")
MACAW_AUTH_MODE = read("MACAW_AUTH_MODE", one_of("header", "demo"), default="demo" if MACAW_DEMO else "header")
MACAW_REGISTRAR_URL = read("MACAW_REGISTRAR_URL", str, default="")
MACAW_REGISTRAR_LIVE = read("MACAW_REGISTRAR_LIVE", switch, default=False)
MACAW_SUPPORT_EMAIL = read("MACAW_SUPPORT_EMAIL", str, default="")
_base = urlsplit(MACAW_BASE_URL)
_making_secrets = sys.argv[1:2] == ["secrets"]  # the one command that runs before there is anything to read

if not MACAW_BASE_URL and not _making_secrets:
    refuse(
        "MACAW_BASE_URL is missing: the address customers use, such as https://names.example.com (or set MACAW_DEMO=1)."
    )
if (MACAW_AUTH_MODE == "demo") != MACAW_DEMO:
    refuse(
        "MACAW_AUTH_MODE=demo needs MACAW_DEMO=1, and the reverse: one alone would open or close the door by mistake."
    )
if MACAW_DEMO and not is_loopback(_base.hostname):
    refuse(f"MACAW_DEMO=1 lets anybody in, so MACAW_BASE_URL may only be a loopback address, not {_base.hostname}.")
if MACAW_DEMO and (MACAW_REGISTRAR_LIVE or not is_loopback(urlsplit(MACAW_REGISTRAR_URL).hostname)):
    refuse(
        "MACAW_DEMO=1 may not meet a live registrar: unset MACAW_REGISTRAR_LIVE and point MACAW_REGISTRAR_URL at loopback."
    )
if not MACAW_DEMO and _base.scheme != "https" and not is_loopback(_base.hostname):
    refuse("MACAW_BASE_URL must begin with https:// where customers are served.")

# Secrets

SHORTEST_KEY = 50
SECRET_KEY = read("SECRET_KEY", str, default="")
MACAW_KEYRING_FILE = read("MACAW_KEYRING_FILE", Path, default=None)
MACAW_AUDIT_KEY_FILE = read("MACAW_AUDIT_KEY_FILE", Path, default=None)
MACAW_METRICS_TOKEN = read("MACAW_METRICS_TOKEN", str, default="")
if MACAW_DEMO:
    SECRET_KEY = SECRET_KEY or environment.demo_secret(MACAW_DATA_DIR / "demo-secret-key")
    MACAW_KEYRING_FILE = MACAW_KEYRING_FILE or MACAW_DATA_DIR / "demo-keyring.json"
    MACAW_AUDIT_KEY_FILE = MACAW_AUDIT_KEY_FILE or MACAW_DATA_DIR / "demo-audit-key.json"
if len(SECRET_KEY) < SHORTEST_KEY and not _making_secrets:
    refuse("SECRET_KEY is missing or shorter than 50 characters; `python manage.py secrets /etc/macaw` makes one.")
if MACAW_KEYRING_FILE is None and not _making_secrets:
    refuse(
        "MACAW_KEYRING_FILE is missing: the keys of the auth codes; `python manage.py secrets /etc/macaw` makes them."
    )
if MACAW_AUDIT_KEY_FILE is None and not _making_secrets:
    refuse(
        "MACAW_AUDIT_KEY_FILE is missing: the key that seals the audit trail; `python manage.py secrets /etc/macaw` makes it."
    )

# Login: who may say who somebody is

SHORTEST_AUTH_SECRET, MOST_AUTH_SECRETS = 32, 2  # two while it is changed
MACAW_AUTH_PORTAL_URL = read("MACAW_AUTH_PORTAL_URL", origin, default="")
MACAW_AUTH_PEERS: environment.Peers = read("MACAW_AUTH_PEERS", peers, default=())
MACAW_AUTH_SECRETS = tuple(read("MACAW_AUTH_SECRET", str, default="").split())
MACAW_AUTH_HEADER_PREFIX = read("MACAW_AUTH_HEADER_PREFIX", header_name, default="Remote")
MACAW_AUTH_GROUPS: dict[str, str] = read(
    "MACAW_AUTH_GROUPS", roles_by_group("support", "finance", "operator", "admin"), default={}
)
MACAW_AUTH_REQUIRED_GROUP = read("MACAW_AUTH_REQUIRED_GROUP", str, default="")
_portal = urlsplit(MACAW_AUTH_PORTAL_URL)

if MACAW_AUTH_MODE == "header" and not _making_secrets:
    if not MACAW_AUTH_PORTAL_URL:
        refuse("MACAW_AUTH_PORTAL_URL is missing: where people sign in, such as https://login.example.com.")
    if _portal.scheme != "https" and not is_loopback(_portal.hostname):
        refuse("MACAW_AUTH_PORTAL_URL must begin with https://: passwords go there.")
    if not MACAW_AUTH_PEERS:
        refuse("MACAW_AUTH_PEERS is missing: the proxy that may say who somebody is, unix or its address.")
    if not 1 <= len(MACAW_AUTH_SECRETS) <= MOST_AUTH_SECRETS or any(
        len(secret) < SHORTEST_AUTH_SECRET or not secret.isascii() for secret in MACAW_AUTH_SECRETS
    ):
        refuse(
            "MACAW_AUTH_SECRET_FILE must hold what the proxy proves itself with, 32 plain characters or more, "
            "and while it is changed a second one; `python manage.py secrets /etc/macaw` makes one."
        )
    if not all(group.isprintable() for group in (*MACAW_AUTH_GROUPS, MACAW_AUTH_REQUIRED_GROUP)) or (
        "," in MACAW_AUTH_REQUIRED_GROUP
    ):
        refuse("MACAW_AUTH_GROUPS and MACAW_AUTH_REQUIRED_GROUP take names of groups without commas.")

# Apps and requests

MACHINE_PATHS = {"/healthz", "/readyz", "/metrics"}  # asked by machines past the proxy; they know of no person

INSTALLED_APPS = [
    "macaw.apps.MacawConfig",
    "macaw.apps.AdminConfig",
    "macaw.kernel.jobs",
    "macaw.kernel.limits",
    "audit",
    "customers",
    "customers.mailing",
    "billing",
    "domains",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "template_partials",
]
AUTH_USER_MODEL = "customers.User"
MIDDLEWARE = [
    "macaw.metrics.MetricsMiddleware",
    "macaw.health.ProbeMiddleware",
    "macaw.kernel.requests.RequestMiddleware",
    "macaw.kernel.headers.HeadersMiddleware",
    "customers.login.gate.GateMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "macaw.middleware.ToastMiddleware",
    "customers.login.middleware.LoginMiddleware",
    "macaw.middleware.VisitMiddleware",
    "macaw.middleware.ErrorMiddleware",
]
ROOT_URLCONF = "macaw.urls"
WSGI_APPLICATION = "macaw.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "macaw.templatetags.macaw",
                "django.templatetags.i18n",
                "django.templatetags.static",
                "template_partials.templatetags.partials",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "macaw.shell.context",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
LOGIN_URL = "demo" if MACAW_DEMO else "signed_out"
LOGOUT_REDIRECT_URL = "demo" if MACAW_DEMO else f"{MACAW_AUTH_PORTAL_URL}/logout?rd={MACAW_BASE_URL}/signed-out/"
AUTHENTICATION_BACKENDS = ["customers.login.backend.SessionBackend"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Transport

_https = _base.scheme == "https"
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"] if is_loopback(_base.hostname) else [str(_base.hostname)]
CSRF_TRUSTED_ORIGINS = [MACAW_BASE_URL]
MACAW_PROXY_COUNT = read("MACAW_PROXY_COUNT", number(0), default=int(_https))  # proxies that write X-Forwarded-For
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if MACAW_PROXY_COUNT else None
SECURE_SSL_REDIRECT = _https
SECURE_REDIRECT_EXEMPT = [f"^{path.removeprefix('/')}$" for path in sorted(MACHINE_PATHS)]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _https
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_NAME = "__Host-macaw" if _https else "macaw"
CSRF_COOKIE_NAME = "__Host-csrf" if _https else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
CSRF_COOKIE_HTTPONLY = True
SESSION_ENGINE = "customers.login.sessions"
SESSION_COOKIE_AGE = 12 * 3600
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "macaw.errors.csrf_failure"
SIGNED_COOKIE_LEGACY_SALT_FALLBACK = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
SILENCED_SYSTEM_CHECKS = ["security.W002"]  # HeadersMiddleware sends X-Frame-Options together with the CSP

# Database

_STATEMENT_TIMEOUT = read("MACAW_STATEMENT_TIMEOUT", number(0), default=30)  # seconds; 0 for a long migration
_POOL_SIZE = read("MACAW_DATABASE_POOL", number(1), default=10)


def database(url: str) -> dict[str, Any]:
    """Django's settings for one DATABASE_URL: SQLite or PostgreSQL, and nothing else."""
    try:
        config: dict[str, Any] = environ.Env.db_url_config(url)
    except (ValueError, KeyError):
        config = {}
    if config.get("ENGINE") == "django.db.backends.sqlite3":
        journal = "WAL" if sqlite.wal_is_safe() else "DELETE"
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": f"PRAGMA journal_mode={journal}; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON;",
        }
    elif config.get("ENGINE") == "django.db.backends.postgresql":
        waits = {
            "statement_timeout": _STATEMENT_TIMEOUT * 1000,
            "lock_timeout": 5_000,
            "idle_in_transaction_session_timeout": 60_000,
        }
        options = config.setdefault("OPTIONS", {})
        options["options"] = " ".join(f"-c {name}={value}" for name, value in waits.items())
        options["connect_timeout"] = 5
        options["application_name"] = "macaw"
        options["pool"] = {"min_size": 1, "max_size": _POOL_SIZE, "timeout": 10}
    else:
        refuse("DATABASE_URL is not usable: give sqlite:///path/to/file or postgres://user@host/name.")
    return config | {"ATOMIC_REQUESTS": False}


DATABASES = {"default": database(read("DATABASE_URL", str, default=f"sqlite:///{MACAW_DATA_DIR / 'macaw.sqlite3'}"))}
MACAW_SLOW_QUERY_MS = read("MACAW_SLOW_QUERY_MS", number(0), default=200)

# Files, mail, words

STATIC_URL = "/static/"
STATIC_ROOT = MACAW_DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 3600

_mail = read(
    "EMAIL_URL",
    environ.Env.email_url_config,
    default={"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"},
)
EMAIL_BACKEND = _mail["EMAIL_BACKEND"].replace("django.core.mail.backends.smtp", "customers.mailing.smtp")
EMAIL_HOST = _mail.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = _mail.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = _mail.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = _mail.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = read("MACAW_MAIL_FROM", str, default=f"Macaw <macaw@{_base.hostname}>")

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
_countries = find_spec(
    "django_countries"
)  # its names of countries are translated; the rest of it is not used as an app
LOCALE_PATHS = [
    BASE_DIR / "macaw" / "locale",
    *(Path(folder) / "locale" for folder in (_countries and _countries.submodule_search_locations) or []),
]
USE_TZ = True
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = "macaw.formats"

# Logs

DEFAULT_EXCEPTION_REPORTER_FILTER = "macaw.logs.MaskingFilter"
LOGGING_CONFIG = None
logs.configure(
    read("MACAW_LOG_FORMAT", one_of("json", "console"), default="console" if MACAW_DEMO else "json"),
    secrets=[
        SECRET_KEY,
        MACAW_METRICS_TOKEN,
        *MACAW_AUTH_SECRETS,
        EMAIL_HOST_PASSWORD,
        DATABASES["default"].get("PASSWORD") or "",
    ],
)
