"""What libraries say without a Chinese translation; named here, ours has one."""

from typing import Final

from django.utils.translation import ngettext_lazy

BORROWED: Final = (
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
    ),
)
