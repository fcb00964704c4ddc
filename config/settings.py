"""All settings, read from the environment (docs/operations/settings.md lists them). Bad values fail loudly.

With nothing set: SQLite and the file-system broker under `var/`, DEBUG off, local hosts only.
"""

from datetime import timedelta
from pathlib import Path

from celery.schedules import crontab
from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE

from config import environment as env
from config.look import UNFOLD, UNFOLD_PORTAL
from config.secrets import read_or_make

__all__ = ["UNFOLD", "UNFOLD_PORTAL"]

BASE_DIR = Path(__file__).resolve().parent.parent

VAR_DIR = env.folder("CONCORD_VAR", BASE_DIR / "var")

# --- identity and secrets -----------------------------------------------------------------------------
DEBUG = env.flag("CONCORD_DEBUG")
SECRET_KEY = env.text("CONCORD_SECRET_KEY") or read_or_make(VAR_DIR / "secrets", "secret_key")
SECRET_KEY_FALLBACKS = env.words("CONCORD_SECRET_KEY_FALLBACKS", [])
# The first key signs; all of them verify. Their ids are digests of the keys (glossary.engine.seal).
POLICY_KEYS = env.words("CONCORD_POLICY_KEYS", []) or [read_or_make(VAR_DIR / "secrets", "policy_key")]
ALLOWED_HOSTS = env.words("CONCORD_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.words("CONCORD_ORIGINS", [])
HTTPS = env.flag("CONCORD_HTTPS")
ORGANISATION = env.text("CONCORD_ORGANISATION", "Concord")

# --- applications -------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.simple_history",
    "config.apps.ConcordAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "crispy_forms",
    "csp",
    "django_filters",
    "simple_history",
    "config.apps.ConcordConfig",
    "people",
    "notifications",
    "glossary",
    "routing",
    "dispositions",
    "reporting",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "people.middleware.ReaderZone",
    "glossary.middleware.EditionMemo",
    "config.portal.PortalMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Ours first: a project template must win over unfold's of the same name.
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.portal.portal_context",
            ],
        },
    },
]
CRISPY_TEMPLATE_PACK = "unfold_crispy"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["unfold_crispy"]

# --- database -----------------------------------------------------------------------------------------
DATABASES = {"default": env.database(VAR_DIR / "concord.sqlite3")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        # IMMEDIATE takes the write lock at BEGIN: two writers queue up instead of failing midway.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["CONN_MAX_AGE"] = 60
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SIMPLE_HISTORY_HISTORY_ID_USE_UUID = False

# --- broker, cache ------------------------------------------------------------------------------------
REDIS_URL = env.text("REDIS_URL")
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
        }
    }
    CELERY_BROKER_URL = REDIS_URL
    # A page never waits long for a broker that is down or hangs; what it wanted to nudge is swept up anyway.
    CELERY_BROKER_CONNECTION_TIMEOUT = 1
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {
        "socket_connect_timeout": 1,
        "socket_timeout": 1.5,
        "connect_retries_timeout": 1,
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0.1,
        "interval_max": 0.1,
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    BROKER_DIR = VAR_DIR / "broker"
    for folder in ("queue", "processed", "control"):
        (BROKER_DIR / folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_URL = "filesystem://localhost//"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR / "queue"),
        "data_folder_out": str(BROKER_DIR / "queue"),
        "processed_folder": str(BROKER_DIR / "processed"),
        "control_folder": str(BROKER_DIR / "control"),
        "store_processed": False,
        "polling_interval": 0.1,
    }
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False  # what could not be published now, the next sweep does
CELERY_WORKER_PREFETCH_MULTIPLIER = 2
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ALWAYS_EAGER = False
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
# Sweeps make sure that due rows happen at all; on-commit nudges make them happen at once.
CELERY_BEAT_SCHEDULE = {
    "deliver-notifications": {"task": "notifications.deliver", "schedule": timedelta(seconds=20)},
    "change-requests": {"task": "glossary.tick", "schedule": timedelta(seconds=30)},
    "sweep-clocks": {"task": "routing.sweep_clocks", "schedule": timedelta(seconds=20)},
    "drain-queues": {"task": "routing.drain_queues", "schedule": timedelta(seconds=60)},
    # Several times a night: the first does the work, the others what was broken off.
    "rescore-nightly": {"task": "routing.rescore_nightly", "schedule": crontab(minute="15", hour="1-5")},
    "run-imports": {"task": "routing.run_imports", "schedule": timedelta(seconds=30)},
    "carry-out-actions": {"task": "dispositions.carry_out", "schedule": timedelta(seconds=60)},
    "run-reports": {"task": "reporting.run_reports", "schedule": timedelta(seconds=30)},
    "run-back-tests": {"task": "reporting.run_back_tests", "schedule": timedelta(seconds=30)},
    "refresh-kpis": {"task": "reporting.refresh_kpis", "schedule": timedelta(minutes=5)},
}

# --- people and pages ---------------------------------------------------------------------------------
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["people.backends.LocalDemoBackend"]
LOGIN_URL = "portal:login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "portal:login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True
EMAIL_TIMEOUT = 10  # seconds; a mail server that hangs must not hold the worker
vars().update(env.mail())
DEFAULT_FROM_EMAIL = env.text("CONCORD_FROM_EMAIL", "concord@localhost")
SITE_URL = env.text("CONCORD_SITE_URL", "http://127.0.0.1:8000")

# --- files --------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        # Uploaded files hold personal data: nobody else on the machine reads them.
        "OPTIONS": {
            "location": VAR_DIR / "uploads",
            "base_url": None,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = (
    1_100  # the mapping of an import: 500 columns, two controls each, and some more
)
IMPORT_MAX_BYTES = env.number("CONCORD_IMPORT_MAX_BYTES", 200 * 1024 * 1024)

# --- security -----------------------------------------------------------------------------------------
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# unfold's Alpine evaluates expressions and sets inline styles; nothing of ours does. No other host is asked.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, UNSAFE_EVAL],
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": ["'none'"],
        "base-uri": [SELF],
        "object-src": ["'none'"],
    }
}

LOG_LEVEL = env.one_of("CONCORD_LOG_LEVEL", ("INFO", "DEBUG", "WARNING", "ERROR", "CRITICAL"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {
        "handlers": ["console"],
        "level": env.one_of("CONCORD_LOG_LEVEL", ("INFO", "DEBUG", "WARNING", "ERROR", "CRITICAL")),
    },
}
