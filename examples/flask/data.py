"""The fixed data of the currency and quote routes, identical to service/."""

BASE = "USD"

# The date of the sample rates. They are fixed and rounded, so use them only to try the API.
RATES_DATE = "2025-07-31"

# One US dollar is `rate` units of the currency; amounts have `decimals` decimal places.
CURRENCIES = [
    {"code": code, "name": name, "rate": rate, "decimals": decimals}
    for code, name, rate, decimals in [
        ("USD", "US dollar", 1, 2),
        ("EUR", "Euro", 0.87, 2),
        ("GBP", "Pound sterling", 0.76, 2),
        ("JPY", "Japanese yen", 150, 0),
        ("CNY", "Chinese yuan", 7.2, 2),
        ("KRW", "South Korean won", 1390, 0),
        ("AUD", "Australian dollar", 1.55, 2),
        ("CAD", "Canadian dollar", 1.38, 2),
        ("CHF", "Swiss franc", 0.81, 2),
        ("SGD", "Singapore dollar", 1.3, 2),
    ]
]

QUOTES = [
    {"text": "Simplicity is prerequisite for reliability.", "author": "Edsger W. Dijkstra"},
    {"text": "Premature optimization is the root of all evil.", "author": "Donald E. Knuth"},
    {"text": "The purpose of computing is insight, not numbers.", "author": "Richard W. Hamming"},
    {"text": "Controlling complexity is the essence of computer programming.", "author": "Brian W. Kernighan"},
    {
        "text": "Programs must be written for people to read, and only incidentally for machines to execute.",
        "author": "Harold Abelson and Gerald Jay Sussman",
    },
]
