"""Numbers in their shortest form, with exactly the value that was written."""

from __future__ import annotations


def shortest(number: str, *, dotted: bool = False) -> str:
    """Return a number without spaces, a plus and zeros that say nothing: " +1.20" is "1.2".

    With `dotted` a dot stays, for in a schedule 1.0 is all steps and 1 is the first one.
    """
    text = number.strip()
    sign = "-" if text.startswith("-") else ""
    whole, dot, fraction = text.lstrip("+-").partition(".")
    whole = whole.lstrip("0") or "0"
    fraction = fraction.rstrip("0") or ("0" if dotted and dot else "")
    if whole == "0" and not fraction.strip("0"):
        sign = ""
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"


def mark(written: str, *, dotted: bool = False) -> str:
    """Return a weight with its colon, ":1.20 " as ":1.2"; nothing for nothing."""
    return f":{shortest(written.strip()[1:], dotted=dotted)}" if written else ""
