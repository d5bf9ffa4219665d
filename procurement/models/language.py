from django.utils.translation import get_language


def in_language(zh: str, en: str) -> str:
    """Return the text in the reader's language, else in the other one."""
    first, second = (zh, en) if (get_language() or "zh").startswith("zh") else (en, zh)
    return first or second
