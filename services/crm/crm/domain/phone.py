"""Phone numbers in their one normal form (DATA-18), by which they are sealed and found."""

from servicekit import Invalid


def normal_phone(text: str, region: str) -> str:
    """The number in E.164, ``+8613800138000``; without a prefix it is read as one of ``region``.

    Raises ``Invalid`` (422), which does not repeat the number.
    """
    # Imported on first use: its tables are large, and many processes never read a number.
    from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, is_valid_number, parse

    try:
        number = parse(text, region)
    except NumberParseException as wrong:
        raise Invalid("body.phone", "a phone number such as 138 0013 8000") from wrong
    if not is_valid_number(number):
        raise Invalid("body.phone", "a phone number that can be dialled, such as 138 0013 8000")
    return str(format_number(number, PhoneNumberFormat.E164))


def masked(ending: str | None) -> str | None:
    """What those see who need not know the number."""
    return None if ending is None else f"****{ending}"
