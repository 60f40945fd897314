"""Settings, driven by the environment and safe by default.

With ``DEBUG`` off (the default) the site refuses to start without ``SECRET_KEY``,
``DATABASE_URL``, ``REDIS_URL`` and ``ALLOWED_HOSTS``. ``docs/operating.md`` lists every
variable.
"""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from environs import Env

from marketplace.content_policy import CONTENT_SECURITY_POLICY as CONTENT_SECURITY_POLICY
from marketplace.numbers import *  # noqa: F403

env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = env.bool("DEBUG", False)
DEMO = env.bool("DEMO", False)
"""A demonstration: made-up data, mail kept in a mailbox page, logins listed on the login page."""


def required(name: str, in_development: str) -> str:
    """A value that production must give and development has a stand-in for."""
    value: str = env.str(name, "")
    if value:
        return value
    if DEBUG:
        return in_development
    raise ImproperlyConfigured(f"Set {name} in the environment (docs/operating.md).")


SECRET_KEY = required("SECRET_KEY", "insecure-development-key-never-used-in-production")
_keys = required("SEALING_KEYS", "insecure-development-sealing-key").split(",")
SEALING_KEYS = [key.strip() for key in _keys if key.strip()]
"""Secrets that tax details are sealed with: the first seals, all open (``core.sealing``)."""
DATABASE_URL = required("DATABASE_URL", "postgres://localhost/marketplace")
REDIS_URL = required("REDIS_URL", "redis://localhost:6379/0")
ALLOWED_HOSTS = [h for h in required("ALLOWED_HOSTS", "*").split(",") if h]
SITE_NAME = env.str("SITE_NAME", "Squarely")
SITE_URL = required("SITE_URL", "http://localhost:8000").rstrip("/")
HTTPS = env.bool("HTTPS", SITE_URL.startswith("https://"))
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "marketplace.apps.MarketplaceConfig",
    "notifications",
    "escalations",
    "scorecards",
    "messaging",
    "assignments",
    "payments",
    "vetting",
    "conduct",
    "accounts",
    "activity",
    "core",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_filters",
    "django_htmx",
    "template_partials",
    "csp",
    "rules",
    "pgtrigger",
]

MIDDLEWARE = [
    "marketplace.health.ProbeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.ActorMiddleware",
    "accounts.middleware.UnreadablePasskeys",
]

ROOT_URLCONF = "marketplace.urls"
WSGI_APPLICATION = "marketplace.wsgi.application"
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
                "marketplace.navigation.page_context",
            ],
            "builtins": ["core.templatetags.ui", "django.templatetags.static"],
        },
    }
]
FORM_RENDERER = "core.forms.ProjectRenderer"

DATABASES = {"default": env.dj_db_url("DATABASE_URL", DATABASE_URL)}
DATABASES["default"].update(
    CONN_MAX_AGE=60,
    CONN_HEALTH_CHECKS=True,
    DISABLE_SERVER_SIDE_CURSORS=env.bool("PGBOUNCER", False),
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "core.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "accounts.backends.PasswordBackend",
    "accounts.backends.AccountBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "request_login_code": "20/m/ip,3/m/key",
    "signup": "20/m/ip",
    "confirm_email": "1/10s/key",
    "reset_password": "20/m/ip,5/m/key",
    "reauthenticate": "10/m/user",
    "forged_webhook": "30/m/ip",
}
"""Counted in the shared cache; what is not named here keeps allauth's own limit."""
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", int(env.bool("BEHIND_PROXY", False)))
MFA_ADAPTER = "accounts.second_step.SealedSecrets"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG or DEMO
MFA_FORMS = {
    "add_webauthn": "accounts.forms.passkeys.AddPasskeyForm",
    "edit_webauthn": "accounts.forms.passkeys.RenamePasskeyForm",
}
MFA_TOTP_ISSUER = SITE_NAME
USERSESSIONS_TRACK_ACTIVITY = False

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", BASE_DIR / ".data" / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = env.path("MEDIA_ROOT", BASE_DIR / ".data" / "files")
STORAGES = {
    "default": {
        "BACKEND": env.str("FILE_STORAGE", "django.core.files.storage.FileSystemStorage"),
    },
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
AWS_STORAGE_BUCKET_NAME = env.str("S3_BUCKET", "")
AWS_S3_ENDPOINT_URL = env.str("S3_ENDPOINT", None)
WHITENOISE_USE_FINDERS = DEBUG
MAX_UPLOAD_BYTES = 25 * 1024 * 1024
MAX_IMAGE_PIXELS = 50_000_000
CREDENTIAL_NOTICE_DAYS = (30, 7, 1)
"""How many days before its last valid day a credential's worker is told, longest first."""
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 60
"""Well above what any form takes, so that the form says it and what was typed stays; beyond it the
request is refused unread."""
FILE_UPLOAD_PERMISSIONS = 0o600

EMAIL_CONFIG = env.dj_email_url("EMAIL_URL", "console:")
EMAIL_BACKEND = "notifications.mailbox.MailboxBackend" if DEMO else EMAIL_CONFIG["EMAIL_BACKEND"]
if EMAIL_BACKEND == "django.core.mail.backends.smtp.EmailBackend":
    EMAIL_BACKEND = "notifications.smtp.Backend"
EMAIL_HOST, EMAIL_PORT = EMAIL_CONFIG["EMAIL_HOST"], EMAIL_CONFIG["EMAIL_PORT"]
EMAIL_HOST_USER = EMAIL_CONFIG["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = EMAIL_CONFIG["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS, EMAIL_USE_SSL = map(EMAIL_CONFIG.get, ("EMAIL_USE_TLS", "EMAIL_USE_SSL"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("FROM_EMAIL", f"{SITE_NAME} <hello@squarely.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
SMS_PROVIDER = env.str("SMS_PROVIDER", "sandbox" if DEMO or DEBUG else "")
PUSH_PROVIDER = env.str("PUSH_PROVIDER", "sandbox" if DEMO or DEBUG else "")
PROVIDER_TIMEOUT = 10
MAIL_REPORTS_SECRET = env.str("MAIL_REPORTS_SECRET", "")

CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://").replace(
    "?db=", "?virtual_host="
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 1,
    "socket_connect_timeout": 1,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "activity.*": {"queue": "default"},
    "notifications.deliver_sms": {"queue": "texts"},
    "notifications.deliver_push": {"queue": "pushes"},
    "notifications.deliver_due": {"queue": "delivery"},
    "assignments.import_*": {"queue": "imports"},
    "*.sweep_*": {"queue": "sweeps"},
}
CELERY_BEAT_SCHEDULE = {
    "sweep-fundings": {"task": "payments.sweep_fundings", "schedule": timedelta(seconds=15)},
    "sweep-refunds": {"task": "payments.sweep_refunds", "schedule": timedelta(seconds=15)},
    "sweep-payouts": {"task": "payments.sweep_payouts", "schedule": timedelta(seconds=15)},
    "sweep-payout-accounts": {
        "task": "payments.sweep_payout_accounts",
        "schedule": timedelta(seconds=30),
    },
    "sweep-automatic-payouts": {
        "task": "payments.sweep_automatic_payouts",
        "schedule": timedelta(hours=1),
    },
    "sweep-statements": {"task": "payments.sweep_statements", "schedule": timedelta(minutes=30)},
    "sweep-auto-pay": {"task": "payments.sweep_auto_pay", "schedule": timedelta(minutes=15)},
    "check-books": {"task": "payments.check_books", "schedule": crontab(hour=7, minute=20)},
    "dispatch-events": {"task": "activity.dispatch_events", "schedule": timedelta(seconds=5)},
    "deliver-due": {"task": "notifications.deliver_due", "schedule": timedelta(seconds=10)},
    "deliver-sms": {"task": "notifications.deliver_sms", "schedule": timedelta(seconds=10)},
    "deliver-push": {"task": "notifications.deliver_push", "schedule": timedelta(seconds=10)},
    "sweep-ratings": {"task": "scorecards.sweep_ratings", "schedule": timedelta(minutes=10)},
    "sweep-scorecards": {"task": "scorecards.sweep_scorecards", "schedule": timedelta(hours=1)},
    "check-scorecards": {
        "task": "scorecards.check_scorecards",
        "schedule": crontab(hour=7, minute=50),
    },
    "sweep-auto-approvals": {
        "task": "assignments.sweep_auto_approvals",
        "schedule": timedelta(minutes=5),
    },
    "sweep-labels": {"task": "assignments.sweep_labels", "schedule": timedelta(minutes=1)},
    "sweep-loose-documents": {
        "task": "vetting.sweep_loose_documents",
        "schedule": timedelta(hours=1),
    },
    "sweep-uploads": {"task": "assignments.sweep_uploads", "schedule": timedelta(hours=1)},
    "sweep-series": {"task": "assignments.sweep_series", "schedule": timedelta(minutes=5)},
    "import-files": {"task": "assignments.import_files", "schedule": timedelta(seconds=15)},
    "sweep-expired-offers": {
        "task": "assignments.sweep_expired_offers",
        "schedule": timedelta(minutes=1),
    },
    "sweep-expired-changes": {
        "task": "assignments.sweep_expired_changes",
        "schedule": timedelta(minutes=1),
    },
    "sweep-routing": {"task": "assignments.sweep_routing", "schedule": timedelta(seconds=20)},
    "sweep-attempts": {"task": "vetting.sweep_attempts", "schedule": timedelta(seconds=20)},
    "sweep-memberships": {"task": "vetting.sweep_memberships", "schedule": timedelta(minutes=5)},
    "sweep-measures": {"task": "conduct.sweep_measures", "schedule": timedelta(minutes=1)},
    "sweep-concerns": {"task": "conduct.sweep_concerns", "schedule": timedelta(minutes=10)},
    "sweep-reminders": {"task": "notifications.sweep_reminders", "schedule": timedelta(minutes=1)},
}

X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
if env.bool("BEHIND_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

METRICS_TOKEN = env.str("METRICS_TOKEN", "")
"""Who may read /metrics: the bearer of this; without one, nobody (everybody in a demo)."""

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
}

# The rules and numbers of the trade (each with the default of the product's rule book).
PLATFORM_FEE_RATE = Decimal(env.str("PLATFORM_FEE_RATE", "0.10"))
PAYMENT_PROVIDER = env.str("PAYMENT_PROVIDER", "sandbox")
if DEMO and PAYMENT_PROVIDER != "sandbox":
    raise ImproperlyConfigured("A demonstration moves no real money: unset PAYMENT_PROVIDER.")
SANDBOX_PAYMENTS = env.bool("SANDBOX_PAYMENTS", False)
"""Pretended money outside a demonstration, on purpose: ``check --deploy`` lets it pass."""
SANDBOX_SECONDS = 20
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", "")
STRIPE_WEBHOOK_SECRETS = [
    secret.strip() for secret in env.str("STRIPE_WEBHOOK_SECRETS", "").split(",") if secret.strip()
]
"""One for each endpoint at Stripe, and for a while the old one beside the new."""
STRIPE_API_BASE = env.str("STRIPE_API_BASE", "")
"""Where the API is, for trials against a stand-in; Stripe's own address when empty."""
if PAYMENT_PROVIDER == "stripe" and not (STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRETS):
    raise ImproperlyConfigured(
        "PAYMENT_PROVIDER is stripe: set STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRETS, or neither "
        "money nor news of it arrives (docs/operating.md)."
    )
FUNDING_SMALLEST = Decimal("1.00")
FUNDING_LARGEST = Decimal("1000000.00")
PAYOUT_SMALLEST = Decimal("1.00")
REFUND_DAYS = 180
"""How long after it arrived money can go back: banks take none later."""
PAYMENT_TERMS_DAYS = (0, 7, 15, 21, 30, 45, 90)
OVERDUE_BLOCK_DAYS = 7
CONFIRM_WINDOW_HOURS = 48
LATE_CANCELLATION_HOURS = 24
ESCALATION_DAYS = 60
MESSAGES_OPEN_DAYS = 60
RATING_BLIND_DAYS = 14
RATING_OPEN_DAYS = 30
"""After the work was approved or cancelled; whoever is rated first always has their 14 days."""
SCORECARD_WINDOW_DAYS = 90
REPEAT_WINDOW_DAYS = 365
"""Over which a profile says how many came back."""
ON_TIME_GRACE_MINUTES = 15
NEW_CLIENT_RATINGS = 5
MARKET_OWNERS = 3 if DEMO else 5  # a demonstration has four companies
"""Fewer companies, or workers, than this are no marketplace to compare with."""
RED_SATISFACTION = 0.75
RED_APPROVAL_DAYS = 3.0
RED_DAYS_PAST_DUE = 1.0
PENDING_TOO_LONG_DAYS = 3.0
TEST_GRACE_SECONDS = 10
"""How long after its time is up an answer may still be on its way."""
PASS_RENEWAL_DAYS = 30
IMPORT_MAX_BYTES = 20 * 1024 * 1024
IMPORT_MAX_ROWS = 10_000
