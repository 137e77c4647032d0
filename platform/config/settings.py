"""Every setting of every process, from the environment. Development is the default mode."""

from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config.env import development_secrets, embedded_socket, env, required
from config.schedule import BEAT_SCHEDULE

# --- Mode, places, secrets -------------------------------------------------------------------------------

BASE_DIR = Path(__file__).resolve().parents[2]
TEMPLATE_DIR = next(
    path for path in (Path(__file__).parent / "templates", BASE_DIR / "templates") if path.is_dir()
)
env.read_env(BASE_DIR / ".env")

MODE = env.str("HEIRLOOM_MODE", "development")
if MODE not in {"development", "production"}:
    raise ImproperlyConfigured(f"HEIRLOOM_MODE is {MODE!r}; it must be development or production.")
PRODUCTION = MODE == "production"
VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var"))).resolve()
DEBUG = env.bool("DJANGO_DEBUG", False)

if PRODUCTION:
    if DEBUG:
        raise ImproperlyConfigured("DJANGO_DEBUG must be off in production.")
    SECRET_KEY = required("DJANGO_SECRET_KEY", at_least=50)
    API_KEY_PEPPER = required("API_KEY_PEPPER", at_least=32)
    TRIAL_PEPPER = required("TRIAL_PEPPER", at_least=32)
    if len({SECRET_KEY, API_KEY_PEPPER, TRIAL_PEPPER}) < 3:
        raise ImproperlyConfigured("DJANGO_SECRET_KEY, API_KEY_PEPPER and TRIAL_PEPPER must differ.")
else:
    _made = development_secrets(VAR_DIR)
    SECRET_KEY = env.str("DJANGO_SECRET_KEY", _made["DJANGO_SECRET_KEY"])
    API_KEY_PEPPER = env.str("API_KEY_PEPPER", _made["API_KEY_PEPPER"])
    TRIAL_PEPPER = env.str("TRIAL_PEPPER", _made["TRIAL_PEPPER"])
API_KEY_PEPPER_ID = env.str("API_KEY_PEPPER_ID", "p1")

PUBLIC_URL = env.str("PUBLIC_URL", "" if PRODUCTION else f"http://127.0.0.1:{env.int('PORT', 8000)}").rstrip(
    "/"
)
if PRODUCTION and not PUBLIC_URL.startswith("https://"):
    raise ImproperlyConfigured("PUBLIC_URL must be the https address that customers use.")
SUPPORT_EMAIL = env.str("SUPPORT_EMAIL", "support@heirloom.example")
ALLOWED_HOSTS = env.list(
    "DJANGO_ALLOWED_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"]
)
CSRF_TRUSTED_ORIGINS = env.list("DJANGO_CSRF_TRUSTED_ORIGINS", default=[PUBLIC_URL] if PRODUCTION else [])

# --- Applications ----------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "servestatic.runserver_nostatic",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "csp",
    "core",
    "accounts",
    "billing",
    "restoration",
]

MIDDLEWARE = [
    "core.health.HealthMiddleware",
    "core.requests.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [TEMPLATE_DIR],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context.site",
            ],
        },
    }
]

# --- Database, broker, cache -----------------------------------------------------------------------------

DATABASES = {"default": env.db_url("DATABASE_URL", f"sqlite:///{VAR_DIR / 'heirloom.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# How many requests run Django code at once in one web process; the pool is as large as this plus a margin.
WEB_CONCURRENT_REQUESTS = env.int("WEB_CONCURRENT_REQUESTS", 8)
_database = DATABASES["default"]
if _database["ENGINE"] == "django.db.backends.sqlite3":
    _database["OPTIONS"] = {
        # DEFERRED would fail with "locked" when a reader becomes a writer; IMMEDIATE queues instead.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA journal_size_limit=67108864;",
    }
else:
    _database["OPTIONS"] = {"pool": {"min_size": 1, "max_size": WEB_CONCURRENT_REQUESTS + 4, "timeout": 10}}

# memory: no server at all; web and worker are threads of one process.
BROKER_MODE = env.str("HEIRLOOM_BROKER", "server")
if BROKER_MODE not in {"server", "memory"} or (PRODUCTION and BROKER_MODE == "memory"):
    raise ImproperlyConfigured(
        f"HEIRLOOM_BROKER is {BROKER_MODE!r}; it must be server, or memory in development."
    )
REDIS_URL = env.str("REDIS_URL", "")
if PRODUCTION and not REDIS_URL:
    raise ImproperlyConfigured("REDIS_URL must be set in production.")
if BROKER_MODE == "memory":
    REDIS_URL = ""
elif not REDIS_URL:
    REDIS_URL = f"unix://{embedded_socket(VAR_DIR)}?db=0"

if REDIS_URL:
    _broker = REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
    CACHES = {
        "default": {
            "BACKEND": "core.cache.SharedCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": "heirloom",
            "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
        }
    }
else:
    _broker = "memory://"
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# W001: RedisCache counts atomically (measured, eight processes); django-ratelimit only knows older names.
# E003: the in-process cache is used in memory mode alone, where one process is all there is.
SILENCED_SYSTEM_CHECKS = ["django_ratelimit.W001", *([] if REDIS_URL else ["django_ratelimit.E003"])]

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", _broker)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = False  # the row is the truth: a lost message is sent again by the reconciler
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_PROC_ALIVE_TIMEOUT = 120
CELERY_IMPORTS = ["restoration.worker"]
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"polling_interval": 0.05}
    if _broker == "memory://"
    else {"visibility_timeout": 3600, "socket_timeout": 30, "socket_connect_timeout": 2, "max_retries": 1}
)
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {"restoration.tasks.restore_task": {"queue": "restoration"}}
CELERY_BEAT_SCHEDULE = BEAT_SCHEDULE

# --- Accounts --------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "restoration:dashboard"
LOGOUT_REDIRECT_URL = "restoration:landing"
ACCOUNT_ADAPTER = "config.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PRODUCTION else "http"
TRIAL_CREDITS = env.int("TRIAL_CREDITS", 3)
# Calendar months until bought credits expire; 0: never.
CREDITS_PAID_MONTHS = env.int("CREDITS_PAID_MONTHS", 12)
# Addresses with our own proxies in front; how many of them append to X-Forwarded-For.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

# --- Mail ------------------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", f"Heirloom <{SUPPORT_EMAIL}>")
EMAIL_TIMEOUT = 10
MAIL_DIR = VAR_DIR / "mail"
if env.str("EMAIL_URL", ""):
    vars().update(env.email_url("EMAIL_URL"))
elif PRODUCTION:
    raise ImproperlyConfigured(
        "EMAIL_URL must be set in production, for example smtp+tls://user:pass@host:587."
    )
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = MAIL_DIR

# --- Files -----------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR_DIR / "media", "file_permissions_mode": 0o600},
    },
    "staticfiles": {"BACKEND": "servestatic.storage.CompressedManifestStaticFilesStorage"},
}
if env.str("AWS_STORAGE_BUCKET_NAME", ""):
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": env.str("AWS_STORAGE_BUCKET_NAME"),
            "endpoint_url": env.str("AWS_S3_ENDPOINT_URL", "") or None,
            "default_acl": "private",
            "querystring_auth": True,
            "file_overwrite": True,
        },
    }
# S3 delivers by itself: our signed address answers 302 to a short-lived one there.
MEDIA_REDIRECTS = bool(env.str("AWS_STORAGE_BUCKET_NAME", ""))
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024

# --- Restoration -----------------------------------------------------------------------------------------

WEIGHTS_DIR = Path(env.str("WEIGHTS_DIR", str(VAR_DIR / "weights")))
WORKER_THREADS = env.int("WORKER_THREADS", 2)
RESTORATION_LEASE_S = 12
RESTORATION_HEARTBEAT_S = 3
RESTORATION_MAX_ATTEMPTS = 5
# The reply is out inside 60 s, the replay included.
RESTORATION_HOLD_S = env.float("RESTORATION_HOLD_S", 58.0)
RESTORATION_SHED_LOAD = env.bool("RESTORATION_SHED_LOAD", True)
RESTORATION_QUEUE_LIMIT_S = 15 * 60
SOURCE_RETENTION_H = env.int("SOURCE_RETENTION_H", 24)
OUTPUT_RETENTION_D = env.int("OUTPUT_RETENTION_D", 30)
RESTORATION_FETCH_ALLOW = frozenset(env.list("RESTORATION_FETCH_ALLOW", default=[]))
if PRODUCTION and RESTORATION_FETCH_ALLOW:
    raise ImproperlyConfigured("RESTORATION_FETCH_ALLOW is for development only.")
RATELIMIT_USE_CACHE = "default"

# --- Stripe ----------------------------------------------------------------------------------------------

STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", "")
STRIPE_API_BASE = env.str("STRIPE_API_BASE", "https://api.stripe.com")
STRIPE_CURRENCY = env.str("STRIPE_CURRENCY", "usd")
STRIPE_WEBHOOK_SECRETS = env.list("STRIPE_WEBHOOK_SECRET", default=[])
# Stripe works out the tax of each checkout; its settings decide where, how much, and whether prices contain it.
STRIPE_AUTOMATIC_TAX = env.bool("STRIPE_AUTOMATIC_TAX", False)
if PRODUCTION:
    if STRIPE_API_BASE != "https://api.stripe.com":
        raise ImproperlyConfigured("STRIPE_API_BASE: production talks to Stripe and to nothing else.")
    if not STRIPE_SECRET_KEY.startswith(("sk_", "rk_")) or not STRIPE_WEBHOOK_SECRETS:
        raise ImproperlyConfigured("STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET must be set in production.")
STRIPE_SIMULATED = not STRIPE_SECRET_KEY
if STRIPE_SIMULATED:
    STRIPE_SECRET_KEY = _made["STRIPE_SIMULATOR_KEY"]
    STRIPE_WEBHOOK_SECRETS = [_made["STRIPE_WEBHOOK_SECRET"]]
    STRIPE_API_BASE = env.str(
        "STRIPE_SIMULATOR_URL", f"http://127.0.0.1:{env.int('STRIPE_SIMULATOR_PORT', 4242)}"
    )

# --- API -------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.authentication.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "core.api.exception_handler",
    "URL_FORMAT_OVERRIDE": None,
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Heirloom API",
    "DESCRIPTION": "Restore old photos. One credit a photo, spent only on success.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "CONTACT": {"email": SUPPORT_EMAIL},
    # Two options of a restoration may have the same three values.
    "ENUM_NAME_OVERRIDES": {"OffAutoOnEnum": ["off", "auto", "on"]},
}

READINESS_CHECKS = [
    "core.health.database",
    "core.health.broker",
    "restoration.health.weights",
    "restoration.health.worker",
]
# What `manage.py serve_metrics` tells, on a port of its own that the public does not reach.
METRICS = ["billing.metrics.collect"]

# --- Security --------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [
            SELF,
            "https://checkout.stripe.com",
            "https://billing.stripe.com",
            *([STRIPE_API_BASE] if STRIPE_SIMULATED else []),
        ],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
if PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    if TRUSTED_PROXIES:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Language and time -----------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
USE_TZ = True
TIME_ZONE = "UTC"

# --- Logs ------------------------------------------------------------------------------------------------

LOG_FORMAT = env.str("LOG_FORMAT", "json" if PRODUCTION else "console")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"structured": {"()": "core.logs.formatter", "style": LOG_FORMAT}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.server": {"level": "WARNING", "handlers": [], "propagate": True},
        "uvicorn": {"handlers": [], "propagate": True},
        "uvicorn.access": {"level": "WARNING", "handlers": [], "propagate": True},
        "celery": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        "kombu": {"level": "WARNING"},
    },
}
