"""Django's settings. Every difference between machines is an environment variable."""

import contextlib
import os
import secrets
import tomllib
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from psycopg.conninfo import conninfo_to_dict

from config import places
from config.mail import mail_settings


def flag(name: str) -> bool:
    return os.environ.get(name, "").lower() in {"1", "true", "yes", "on"}


def listed(name: str, default: str) -> list[str]:
    return [part for part in os.environ.get(name, default).split(",") if part]


BASE_DIR = places.CHECKOUT
PILOTGATE_HOME = places.home()
PILOTGATE_ENV = os.environ.get("PILOTGATE_ENV", "development")  # test, production
PRODUCTION = PILOTGATE_ENV == "production"
TESTING = PILOTGATE_ENV == "test"
DEBUG = flag("DEBUG")
DEMO = places.demo_wanted()
VERSION = tomllib.loads((BASE_DIR / "pyproject.toml").read_text("utf-8"))["project"][
    "version"
]

SPOOL_ROOT = PILOTGATE_HOME / "spool"
LAKE_URL = os.environ.get("LAKE_URL", str(PILOTGATE_HOME / "lake"))
KPI_BACKEND = os.environ.get("KPI_BACKEND", "")  # spark://host:port; else DuckDB
MEDIA_ROOT = PILOTGATE_HOME / "files"


def secret_key() -> str:
    """Return the named key, or outside production one made once for this home."""
    if named := os.environ.get("SECRET_KEY"):
        return named
    if file := os.environ.get("SECRET_KEY_FILE"):
        return Path(file).read_text(encoding="utf-8").strip()
    if PRODUCTION:
        raise ImproperlyConfigured(
            "Production needs a secret of its own in SECRET_KEY or SECRET_KEY_FILE."
        )
    kept = PILOTGATE_HOME / "secret_key"
    if not kept.exists():
        PILOTGATE_HOME.mkdir(mode=0o711, parents=True, exist_ok=True)
        fresh = kept.with_name(f"secret_key.{os.getpid()}")
        private = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(private, "w", encoding="utf-8") as out:
            out.write(secrets.token_urlsafe(64))
        with contextlib.suppress(FileExistsError):  # a neighbour was quicker
            kept.hardlink_to(fresh)
        fresh.unlink()
    return kept.read_text(encoding="utf-8").strip()


SECRET_KEY = secret_key()
ALLOWED_HOSTS = listed(
    "ALLOWED_HOSTS", "" if PRODUCTION else "localhost,127.0.0.1,[::1],testserver"
)
CSRF_TRUSTED_ORIGINS = listed("CSRF_TRUSTED_ORIGINS", "")

INSTALLED_APPS = [
    "accounts",
    "dispatch",
    "robot_bridge",
    "kpis",
    "procurement",
    "pilots",
    "portals",
    "config",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "template_partials",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portals.views.sign_in.SecondFactorMiddleware",
    "portals.views.refusals.RefusalMiddleware",
    "portals.views.refusals.NulMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGIN_URL = "/account/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "portals.views.sign_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Pilotgate] "
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_FORMS = {
    "login": "portals.views.sign_in.SignInForm",
    "reset_password": "portals.views.sign_in.ForgottenForm",
}
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "activate_totp": "portals.views.sign_in.SwitchOnForm",
    "authenticate": "portals.views.sign_in.SecondFactorForm",
    "reauthenticate": "portals.views.sign_in.ConfirmForm",
}
MFA_ALLOW_UNVERIFIED_EMAIL = True  # a link sent there made the account, or let in again
MFA_TOTP_ISSUER = "Pilotgate"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.template.context_processors.tz",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "portals.context.frame",
            ],
        },
    }
]


# Migrations run as the owner of the tables, everything else as a role that cannot
# alter them. manage.py chooses for `migrate`.
AS_OWNER = flag("PILOTGATE_AS_OWNER")
POOL_SIZE = int(os.environ.get("DATABASE_POOL_SIZE", "16"))
# A page says soon that the database is away; a test waits for a busy machine.
POOL_PATIENCE_S = 30 if TESTING else 2


def database(url: str) -> dict[str, Any]:
    """Return Django's entry for a libpq URL; what Django does not know are options."""
    parts = {key: value for key, value in conninfo_to_dict(url).items() if value}
    pool = {
        "min_size": 0,
        "max_size": POOL_SIZE,
        "timeout": POOL_PATIENCE_S,
        # Else the pool tries on for minutes, ever more rarely, and none may ask anew.
        "reconnect_timeout": POOL_PATIENCE_S,
    }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", "pilotgate"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": parts
        | {"connect_timeout": 5}
        | ({} if AS_OWNER else {"pool": pool}),
    }


DATABASE_URL = os.environ.get("DATABASE_URL") or places.database_url(
    PILOTGATE_HOME, "pilotgate"
)
DATABASE_OWNER_URL = os.environ.get("DATABASE_OWNER_URL") or (
    os.environ.get("DATABASE_URL")
    or places.database_url(PILOTGATE_HOME, "pilotgate_owner")
)
DATABASES = {"default": database(DATABASE_OWNER_URL if AS_OWNER else DATABASE_URL)}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True  # stored as UTC
TIME_ZONE = "Asia/Shanghai"  # shown

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = PILOTGATE_HOME / "static"
HASHED_STATIC = not (DEBUG or TESTING)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "config.static.HashedStaticFiles"
            if HASHED_STATIC
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = not HASHED_STATIC
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher"
    if TESTING
    else "django.contrib.auth.hashers.PBKDF2PasswordHasher"
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {"user_attributes": ("email", "name")}),
        ("MinimumLengthValidator", {}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [NONE],
        "connect-src": [SELF],
        "font-src": [SELF, "data:"],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_SECURE = PRODUCTION
SECURE_SSL_REDIRECT = PRODUCTION and not flag("PILOTGATE_NO_SSL_REDIRECT")
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # asked from this machine
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
if flag("PILOTGATE_BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1  # limits count visitors, not the proxy

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "portals.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["portals.api.authentication.ScopePermission"],
    "EXCEPTION_HANDLER": "portals.api.problems.answer",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["portals.api.asking.JsonParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "portals.api.asking.Pages",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["portals.api.throttles.CallerThrottle"],
    "PAGE_SIZE": 50,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Pilotgate",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "portals.api.schema.with_problems",
    ],
    "ENUM_NAME_OVERRIDES": {"JobStateEnum": "dispatch.enums.JobState"},
    "SERVE_PUBLIC": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

BROKER_URL = os.environ.get("BROKER_URL") or places.broker_url(PILOTGATE_HOME)
CACHES = {"default": places.cache_settings(BROKER_URL)}
MQTT_URL = os.environ.get("MQTT_URL") or places.mqtt_url(PILOTGATE_HOME)

EMAIL_URL = os.environ.get("EMAIL_URL", "")
MAIL_IS_SENT = bool(EMAIL_URL)  # else it is kept, and no log shows what it says
globals().update(mail_settings(EMAIL_URL or (PILOTGATE_HOME / "mail").as_uri()))
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "pilotgate@localhost")
EMAIL_TIMEOUT = 10

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
    },
}
