"""Settings of the simulator's own Django project; `__main__` puts the command line into the environment."""

import os
import secrets

DEBUG = False
SECRET_KEY = secrets.token_hex()  # signs nothing that outlives the process
ALLOWED_HOSTS = ["*"]  # it binds the loopback interface, whatever name a port forward gives it
ROOT_URLCONF = "billing.stripe_simulator.urls"
INSTALLED_APPS = ["billing.stripe_simulator"]
MIDDLEWARE: list[str] = []
APPEND_SLASH = False
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REST_FRAMEWORK = {"UNAUTHENTICATED_USER": None, "UNAUTHENTICATED_TOKEN": None}
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ["STRIPE_SIMULATOR_STATE"],
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
        },
    }
}
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s stripe-simulator %(levelname)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"django.request": {"level": "ERROR"}},
}

SIMULATOR_API_KEY = os.environ["STRIPE_SIMULATOR_API_KEY"]
SIMULATOR_PUBLIC_URL = os.environ.get("STRIPE_SIMULATOR_PUBLIC_URL", "")
SIMULATOR_RETRY_BASE_S = float(os.environ.get("STRIPE_SIMULATOR_RETRY_BASE", "1.0"))
