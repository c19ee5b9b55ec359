"""Settings, all from the environment; nothing set gives one machine, SQLite and the embedded broker.

A secret may come from a file: `SECRET_KEY_FILE=/run/secrets/key` gives `SECRET_KEY`.
"""

import secrets
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from kombu import Exchange, Queue

from rectify import __version__

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()

DATA_DIR = Path(env.str("DATA_DIR", "") or BASE_DIR / "var").absolute()
DEBUG = env.str("DEBUG", "").lower() in {"1", "true", "yes", "on"}


def _secret_key() -> str:
    """Return the configured key, else the one made at the first start and path in the data folder."""
    if configured := env.str("SECRET_KEY", ""):
        return configured
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    path = DATA_DIR / "secret_key"
    try:
        with path.open("x") as file:
            path.chmod(0o600)
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return path.read_text().strip()


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = [h for h in env.str("ALLOWED_HOSTS", "").split(",") if h] or ["localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [o for o in env.str("CSRF_TRUSTED_ORIGINS", "").split(",") if o]

INSTALLED_APPS = [
    "rectify",
    "notifications",
    "bulletins",
    "reporting",
    "imports",
    "papers",
    "ledger",
    "supervision",
    "signoffs",
    "measures",
    "issues",
    "jobs",
    "files",
    "accounts",
    "audit",
    "core",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_celery_beat",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "template_partials",
    "csp",
    "axes",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "core.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "rectify.urls"
WSGI_APPLICATION = "rectify.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context_processors.today",
                "rectify.context_processors.version",
                "rectify.context_processors.frame",
            ],
        },
    }
]


def _database() -> dict:
    """PostgreSQL by `DATABASE_URL`; else SQLite in the data folder with write-ahead log and immediate locks."""
    plain: dict = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(DATA_DIR / "rectify.sqlite3")}
    url = env.str("DATABASE_URL", "")
    database: dict = env.db_url_config(url) if url else plain
    if database["ENGINE"].endswith("sqlite3"):
        database["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
        database["TEST"] = {"NAME": env.str("TEST_SQLITE_FILE", "") or None}
    else:
        database.setdefault("CONN_MAX_AGE", 60)
        database["CONN_HEALTH_CHECKS"] = True
        if suffix := env.str("TEST_DB_SUFFIX", ""):
            database["TEST"] = {"NAME": f"test_rectify_{suffix}"}
    return database


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "registration/locked.html"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False

TIME_ZONE = env.str("TIME_ZONE", "") or "Asia/Shanghai"
USE_TZ = True
LANGUAGE_CODE = env.str("LANGUAGE_CODE", "") or "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static", ("manual", BASE_DIR / "docs" / "manual" / "images")]
STATIC_ROOT = DATA_DIR / "static"
WHITENOISE_USE_FINDERS = DEBUG
# Pictures and archives are compressed already; maps are for who looks into a script, and large.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["jpg", "jpeg", "png", "gif", "webp", "zip", "gz", "br", "woff", "woff2", "map"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": DATA_DIR / "files"}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o600
# Uploads go to a file on the way in, whatever their size, beside the place where they stay: a machine's own folder for
# such files may be its memory. The handler stops writing at the limit.
FILE_UPLOAD_HANDLERS = ["files.adapters.UploadHandler"]
FILE_UPLOAD_TEMP_DIR = DATA_DIR / "incoming"
FILE_UPLOAD_TEMP_DIR.mkdir(parents=True, exist_ok=True)
EVIDENCE_LIMIT = int(env.str("EVIDENCE_LIMIT", "") or 100 * 1024 * 1024)  # bytes of one file
EVIDENCE_KINDS = [kind for kind in env.str("EVIDENCE_KINDS", "").split(",") if kind]  # empty = all harmless ones
CLAMD_URL = env.str("CLAMD_URL", "")  # unset = no virus scan
DATA_UPLOAD_MAX_NUMBER_FILES = 20
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

REDIS_URL = env.str("REDIS_URL", "")
CACHES = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}

# Messages. Links in them begin with BASE_URL: the address under which people open the program. Without EMAIL_URL
# (smtp://user:password@host:25, smtp+tls://…:587, smtp+ssl://…:465) no mail is sent, and the admin's page says so.
BASE_URL = (env.str("BASE_URL", "") or f"http://127.0.0.1:{env.str('PORT', '') or 8000}").rstrip("/")
EMAIL_IS_SET = bool(env.str("EMAIL_URL", ""))
if EMAIL_IS_SET:
    globals().update(env.email_url("EMAIL_URL"))
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", "") or "rectify@localhost"
EMAIL_TIMEOUT = 20
DELIVERY_LEASE_SECONDS = 120  # longer than any channel takes to fail
# Webhooks go to the world outside alone. Networks of one's own are released here: 10.20.0.0/16,192.168.1.5
WEBHOOK_NETWORKS = [each.strip() for each in env.str("WEBHOOK_NETWORKS", "").split(",") if each.strip()]

# Work in the background. The rows of `jobs` are the truth, the broker is a wake-up call: Redis, or a file of its own.
JOB_LEASE_SECONDS = 30
EMBEDDED_BROKER = None if REDIS_URL else DATA_DIR / "broker.sqlite3"
CELERY_BROKER_URL = REDIS_URL or f"sqla+sqlite:///{EMBEDDED_BROKER}"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    # Longer than any task, or Redis gives a task in hand to a second worker. The sweeper is faster than this.
    {"visibility_timeout": 6 * 3600, "socket_connect_timeout": 5, "socket_timeout": 30}
    if REDIS_URL
    else {"connect_args": {"timeout": 30}}
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_QUEUES = [Queue(name, Exchange(name), routing_key=name) for name in ("people", "rest")]
CELERY_TASK_DEFAULT_QUEUE = "rest"
CELERY_TASK_ROUTES = {"jobs.tasks.run_job": {"queue": "people"}}  # what somebody waits for
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONCURRENCY = 2
CELERY_WORKER_ENABLE_REMOTE_CONTROL = bool(REDIS_URL)  # the embedded broker has no broadcast
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "django.views.csrf.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin" if not DEBUG else None
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# Requests of one person or token: so many to read and so many to write, per s, m, h or d. `0` sets no limit.
API_RATE = {"": "1200/m", "0": ""}.get(rate := env.str("API_RATE", ""), rate)
API_WRITE_RATE = {"": "300/m", "0": ""}.get(rate := env.str("API_WRITE_RATE", ""), rate)
IDEMPOTENCY_BACKEND = "accounts.services.idempotency"  # records the answers to requests with an idempotency key
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.TokenAuthentication",
        "core.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated", "accounts.authentication.TokenScope"],
    "DEFAULT_THROTTLE_CLASSES": ["core.throttling.ReadRateThrottle", "core.throttling.WriteRateThrottle"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "core.api.schema.Schema",
    "EXCEPTION_HANDLER": "core.api.exception_handler",
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Rectify",
    "VERSION": __version__,
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "COMPONENT_SPLIT_REQUEST": True,
    # What a PATCH takes says by itself which fields it needs.
    "COMPONENT_SPLIT_PATCH": False,
    "ENUM_NAME_OVERRIDES": {
        "MeasureStatus": "measures.models.Measure.Status",
        "IssueStatus": "issues.models.Issue.Status",
        "ApplicationStatus": "signoffs.models.Application.Status",
        "ExtensionStatus": "measures.models.Extension.Status",
        "JobStatus": "jobs.models.Job.Status",
        "BulletinStatus": "bulletins.models.Bulletin.Status",
        "ChannelKind": "notifications.models.Channel.Kind",
        "CalendarDayKind": "issues.models.CalendarDay.Kind",
        "FeedbackStatus": "supervision.models.PublicFeedback.Status",
        "DeliveryStatus": "notifications.models.Delivery.Status",
        "ImportStatus": "imports.models.Import.Status",
        "PaperStatus": "papers.models.PaperVersion.Status",
        "PaperKind": "papers.models.PaperVersion.Kind",
        "DisclosureStatus": "issues.models.Disclosure.Status",
    },
    # The pages bring their own scripts and styles; nothing is loaded from elsewhere.
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    # A link inside the button that unfolds an operation is out of reach for a screen reader.
    "SWAGGER_UI_SETTINGS": {"deepLinking": False},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
