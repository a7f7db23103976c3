"""Telephone numbers: typed as people write them, stored as registries take them (+CC.NUMBER, x before an extension).

A number is refused for its country code or its length alone: new ranges are in use before any list knows them.
"""

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, ValidationResult

MOST_DIGITS, MOST_EXTENSION_DIGITS = 12, 4  # as registries take them


def checked(text: str, country: str) -> str:
    """The number as it is stored; without a country code it is one of this country."""
    try:
        number = phonenumbers.parse(text, country or None)
    except NumberParseException as failure:
        if failure.error_type == NumberParseException.INVALID_COUNTRY_CODE:
            raise ValidationError(_("Begin with + and the country code, such as %s.") % _example(country)) from None
        raise ValidationError(_("This is no phone number. One looks like %s.") % _example(country)) from None
    fault = {
        ValidationResult.INVALID_COUNTRY_CODE: _("No country has this code. A number looks like %s."),
        ValidationResult.TOO_SHORT: _("Digits are missing. A number looks like %s."),
        ValidationResult.TOO_LONG: _("There are too many digits. A number looks like %s."),
        ValidationResult.INVALID_LENGTH: _("There are digits too many or too few. A number looks like %s."),
        ValidationResult.IS_POSSIBLE_LOCAL_ONLY: _("The area code is missing. A number looks like %s."),
    }.get(phonenumbers.is_possible_number_with_reason(number))
    if fault:
        raise ValidationError(fault % _example(country))
    return _stored(number)


def shown(stored: str, country: str = "") -> str:
    """As it is dialled inside this country, or from anywhere if it is not of it."""
    try:
        number = phonenumbers.parse(stored)
    except NumberParseException:
        return stored  # a plain client may have written anything
    at_home = country in phonenumbers.region_codes_for_country_code(number.country_code or 0)
    return phonenumbers.format_number(
        number, PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL
    )


def _stored(number: PhoneNumber) -> str:
    digits, extension = phonenumbers.national_significant_number(number), number.extension or ""
    if len(digits) > MOST_DIGITS:
        raise ValidationError(_("Registries take %d digits after the country code, and no more.") % MOST_DIGITS)
    if len(extension) > MOST_EXTENSION_DIGITS:
        raise ValidationError(_("Registries take an extension of %d digits, and no more.") % MOST_EXTENSION_DIGITS)
    return f"+{number.country_code}.{digits}" + (f"x{extension}" if extension else "")


def _example(country: str) -> str:
    number = phonenumbers.example_number(country) or phonenumbers.example_number("GB")
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL) if number else ""
