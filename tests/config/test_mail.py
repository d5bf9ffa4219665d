import pytest
from django.core.exceptions import ImproperlyConfigured

from config.mail import mail_settings

BACKENDS = "django.core.mail.backends"


@pytest.mark.parametrize(
    ("url", "port", "encryption"),
    [
        ("smtp://mail.example", 25, {}),
        ("smtp+tls://mail.example", 587, {"EMAIL_USE_TLS": True}),
        ("smtps://mail.example:4650", 4650, {"EMAIL_USE_SSL": True}),
    ],
)
def test_smtp_scheme_chooses_port_and_encryption(url, port, encryption):
    found = mail_settings(url)

    assert found == encryption | {
        "EMAIL_BACKEND": f"{BACKENDS}.smtp.EmailBackend",
        "EMAIL_HOST": "mail.example",
        "EMAIL_PORT": port,
        "EMAIL_HOST_USER": "",
        "EMAIL_HOST_PASSWORD": "",
    }


def test_secret_may_hold_any_sign():
    found = mail_settings("smtp://me%40city.example:p%2Fw@mail.example")

    assert found["EMAIL_HOST_USER"] == "me@city.example"
    assert found["EMAIL_HOST_PASSWORD"] == "p/w"


def test_file_url_keeps_mail_in_a_folder():
    assert mail_settings("file:///tmp/my%20mail")["EMAIL_FILE_PATH"] == "/tmp/my mail"


@pytest.mark.parametrize("url", ["", "pop://mail.example", "smtp:", "mail.example:25"])
def test_other_url_is_refused_with_what_would_be_right(url):
    with pytest.raises(ImproperlyConfigured, match="smtp://"):
        mail_settings(url)
