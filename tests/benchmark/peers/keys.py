"""The synthetic authorizations that every peer holds: which numbers exist, their keys and their values.

Authorization number i has a key made from i alone, so that a load generator can make it too. Even numbers below 2 N are
loaded, odd ones are not: a uniform number below 2 N finds something half of the time.
"""

import datetime
import random

# Spreads numbers over ten digits without two falling together: the factor is a prime that does not divide the space.
FACTOR = 2654435761
SPACE = 9_000_000_000
FIRST = 1_000_000_000
INDICATIONS = 2000
FIRST_INDICATION = 100_000
# USCC-shaped: category, division, and ten digits; the check characters are not meant to be right.
USCC_PREFIX = "93500155"


def spread(number):
    return FIRST + number * FACTOR % SPACE


def indication(spread_number):
    return FIRST_INDICATION + spread_number // 1000 % INDICATIONS


def key(number):
    digits = spread(number)
    return f"GI{indication(digits)}/{USCC_PREFIX}{digits}"


def existing(count):
    return range(0, 2 * count, 2)


def validity(number):
    """Two dates; made from the number, so that two runs load the same."""
    begin = datetime.date(2015, 1, 1) + datetime.timedelta(days=number // 2 % 3650)
    return begin.isoformat(), begin.replace(year=begin.year + 5, day=min(begin.day, 28)).isoformat()


# The rest of an authorization: scope, decision, source. One of a few texts, about 110 bytes.
DETAILS = tuple(
    f"scope=product-{n:03d},product-{n + 7:03d};decision=AUTH-{20150000 + n * 37};state=IN_FORCE;"
    f"source=announcement-{n:05d}-sheet-{n % 9}"
    for n in range(97))


def details(number):
    return DETAILS[number // 2 % len(DETAILS)]


def value(number):
    begin, end = validity(number)
    return f"valid_from={begin};valid_until={end};{details(number)}"


def mean_value_bytes():
    numbers = random.Random(1).sample(range(1_000_000), 1000)
    return round(sum(len(value(n)) for n in numbers) / len(numbers))
