"""All settings of an installation: safe by default; DEMO=1 switches the demonstration on."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import environ
import structlog
from csp.constants import NONE, SELF

from config.env import BASE_DIR, database, env
from config.inline import hashes

DEMO = env.demo
DEBUG = env.flag("DEBUG")
DATA_DIR: Path = env.path("DATA_DIR", "var")
if DEMO:
    DATA_DIR.mkdir(parents=True, exist_ok=True)
PORT = int(env.text("PORT", "8000"))
SANDBOX_PORT = int(env.text("SANDBOX_PORT", "8420"))
SANDBOX_URL = f"http://127.0.0.1:{SANDBOX_PORT}"

SECRET_KEY = env.required(
    "SECRET_KEY",
    demo="demo-only-not-a-secret",
    hint="50 or more random characters, kept outside the repository",
)
SECRET_KEY_FALLBACKS = env.names("SECRET_KEY_FALLBACKS")
SITE_URL = env.required(
    "SITE_URL", demo=f"http://127.0.0.1:{PORT}", hint="the public address, https://…"
).rstrip("/")
DATABASES = {
    "default": database(
        env.required(
            "DATABASE_URL",
            demo=f"sqlite:///{DATA_DIR / 'keepopen.sqlite3'}",
            hint="postgresql://user@host/name, or sqlite:////path/to/file",
        )
        or "sqlite://:memory:"
    )
}
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", urlsplit(SITE_URL).hostname or "")
if DEMO:
    ALLOWED_HOSTS += ["127.0.0.1", "localhost"]
SECURE = SITE_URL.startswith("https://")

# --- The newsroom -----------------------------------------------------------------------------
NEWSROOM_NAME = env.required(
    "NEWSROOM_NAME", demo="The Harbour Courier", hint="as it stands in the masthead"
)
NEWSROOM_ADDRESS = env.text("NEWSROOM_ADDRESS", "12 Quay Street|Port Brennan").split("|")
NEWSROOM_LEGAL_LINES = env.text(
    "NEWSROOM_LEGAL_LINES",
    "This receipt confirms a voluntary contribution to independent journalism."
    "|Contributions are not tax-deductible unless your tax office says otherwise.",
).split("|")
NEWSROOM_CONTACT = env.text("NEWSROOM_CONTACT", "supporters@example.org")
# Where an article is by its code, for the way back to it: https://courier.example/{article}
ARTICLE_URL = env.text("ARTICLE_URL", "/articles/{article}/" if DEMO else "")
# Where letters to the finance office go: disputes, fraud warnings, refunds that need somebody.
FINANCE_CONTACT = env.text("FINANCE_CONTACT", NEWSROOM_CONTACT)
# What one person may send back of a contribution, in whole units; above it a second one agrees.
# In a currency that is not named every refund needs two people.
REFUND_LIMITS = env.sums(
    "REFUND_LIMITS",
    "eur=250,gbp=250,usd=250,cad=350,aud=400,chf=250,sek=2500,pln=1000,jpy=40000",
    hint="whole units by currency, for example eur=250,usd=300",
)
# Each product says whether it is a gift or a contract (EU withdrawal right, Directive 2023/2673).
PRODUCT_KIND = env.text("PRODUCT_KIND", "gift")
DEFAULT_CURRENCY = env.text("DEFAULT_CURRENCY", "eur")
# A function of the site's that tells section and author of an article; see appeals/articles.py.
# One of so many views is told to the beacon; all clicks are. Counts are written this often.
APPEAL_VIEW_SAMPLE = int(env.text("APPEAL_VIEW_SAMPLE", "1" if DEMO else "10"))
APPEAL_COUNTS_SECONDS = 1.0
ARTICLE_FACTS = env.text("ARTICLE_FACTS", "supporters.demo.newspaper.facts" if DEMO else "")
# A function of the site's that returns stories to try appeals in; see appeals/stories.py.
PREVIEW_STORIES = env.text("PREVIEW_STORIES", "supporters.demo.newspaper.stories" if DEMO else "")

# What an appeal may keep on a reader's device: none, essential or full (appeals/storage.py), and
# how often one reader is asked at most: on a page, and in a week where asks may be counted.
APPEAL_STORAGE = env.choice("APPEAL_STORAGE", "essential", ("none", "essential", "full"))
APPEAL_BUDGET = (2, 20)
# The parent domain of the paper and of this site, so that both know a supporter's device.
SHARED_COOKIE_DOMAIN = env.text("SHARED_COOKIE_DOMAIN") or None

# --- Stripe -----------------------------------------------------------------------------------
STRIPE_API_VERSION = "2026-10-28.endive"
STRIPE_SECRET_KEY = env.required(
    "STRIPE_SECRET_KEY",
    demo="sk_test_demo",
    hint="the restricted or secret key of your Stripe account, rk_live_… or sk_live_…",
)
STRIPE_WEBHOOK_SECRETS = [
    secret.strip()
    for secret in env.required(
        "STRIPE_WEBHOOK_SECRETS",
        demo="whsec_demo",
        hint="whsec_… of the webhook endpoint; two, separated by a comma, during a rotation",
    ).split(",")
    if secret.strip()
]
STRIPE_API_BASE = env.text("STRIPE_API_BASE", SANDBOX_URL if DEMO else "")
STRIPE_PRODUCT_ID = env.text("STRIPE_PRODUCT_ID", "prod_keepopen")
STRIPE_CHECKOUT_HOSTS = ["https://checkout.stripe.com"] + ([SANDBOX_URL] if DEMO else [])
# For work in bulk. Stripe allows 100 calls a second in live mode and 25 in test mode, all told.
STRIPE_READS_PER_SECOND = 20
STRIPE_PAUSE_SECONDS = 0.5
# A subclass of stripe.HTTPClient by dotted path, for a stand-in inside the process.
STRIPE_HTTP_CLIENT = ""
# The function that turns a receipt's HTML into its document.
RECEIPT_PRESS = "payments.receipts.press.typeset"
# What a card payment is expected to cost: (rate in basis points, fixed part in minor units). Only
# the "cover the fee" offer uses it; booked fees are those on Stripe's balance transactions.
FEE_ESTIMATE = {"default": (150, 25)}

# --- Django -----------------------------------------------------------------------------------
INSTALLED_APPS = [
    "supporters.apps.SupportersConfig",
    "payments.apps.PaymentsConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "csp",
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
    "allauth.account.middleware.AccountMiddleware",
    "supporters.middleware.staff_second_factor",
    "supporters.middleware.LimitsOutOfReach",
]
if DEMO:
    MIDDLEWARE.insert(0, "supporters.demo.shared.without_vary")
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
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
                "supporters.context.newsroom",
            ],
        },
    }
]
AUTH_USER_MODEL = "supporters.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", "English"),
    ("fr", "Français"),
    ("de", "Deutsch"),
    ("es", "Español"),
    ("ga", "Gaeilge"),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.text("TIME_ZONE", "Europe/Dublin")
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "static"
if DEMO:
    # The files are found where they are; the server only wants to see a folder.
    STATIC_ROOT = DATA_DIR / "static"
    STATIC_ROOT.mkdir(exist_ok=True)
WHITENOISE_USE_FINDERS = DEMO
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "files"},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEMO
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
REDIS_URL = env.text("REDIS_URL")
_redis = {
    "BACKEND": "django.core.cache.backends.redis.RedisCache",
    "LOCATION": REDIS_URL,
    "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
}
_memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
# Limits and codes live in "default"; "spare" holds what can be counted again, see config/cache.py.
CACHES = {
    "default": _redis if REDIS_URL else _memory,
    "spare": _redis | {"BACKEND": "config.cache.SpareCache"} if REDIS_URL else _memory,
}
CELERY_BROKER_URL = REDIS_URL or "memory://"
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False

# --- Mail -------------------------------------------------------------------------------------
_mail = environ.Env.email_url_config(
    env.required(
        "EMAIL_URL",
        demo=f"filemail:///{DATA_DIR / 'mail'}",
        hint="smtp+tls://user:password@host:587",
    )
    or "memorymail://"
)
EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
EMAIL_FILE_PATH = str(DATA_DIR / "mail") if DEMO else _mail.get("EMAIL_FILE_PATH", "")
EMAIL_HOST = _mail.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = _mail.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = _mail.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = _mail.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = f"{NEWSROOM_NAME} <{NEWSROOM_CONTACT}>"

# --- Signing in: an e-mailed code, no passwords ------------------------------------------------
ACCOUNT_ADAPTER = "supporters.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_FORMS = {
    "login": "supporters.forms.sign_in.SignInForm",
    "confirm_login_code": "supporters.forms.sign_in.CodeForm",
}
# Per address (key) and per network address; three codes a minute, ten a day for one inbox.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "request_login_code": "20/m/ip,3/m/key,10/d/key",
    "appeal_proof": "20/m/ip,3/h/key,10/d/key",
}
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
# In the demonstration staff enter by one click from /demo/.
STAFF_SECOND_FACTOR = not DEMO
MFA_TOTP_ISSUER = NEWSROOM_NAME
LOGIN_URL = "/account/login/"
LOGIN_REDIRECT_URL = "/account/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
SESSION_COOKIE_AGE = int(timedelta(days=30).total_seconds())
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"

# --- Headers ----------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = SECURE and not env.flag("BEHIND_TLS_PROXY")
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
WEBHOOK_MAX_BYTES = 1024 * 1024
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, *hashes()],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        # Chromium applies form-action to the redirect after a form is sent.
        "form-action": [SELF, *STRIPE_CHECKOUT_HOSTS],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# --- Logs: JSON lines, ids only ----------------------------------------------------------------
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.JSONRenderer(),
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL", "INFO")},
    # Each request to Stripe and each step of printing would bury what people look for.
    "loggers": {
        name: {"level": "WARNING"} for name in ("stripe", "weasyprint.progress", "fontTools")
    },
}

# --- The demonstration -------------------------------------------------------------------------
# Holds the seconds by which the demo's clock is ahead or behind; see payments/clock.py.
CLOCK_FILE: Path | None = DATA_DIR / "clock" if DEMO else None
DEMO_SEED = env.text("SEED", "small")

env.refuse_if_incomplete()
