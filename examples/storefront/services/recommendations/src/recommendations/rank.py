"""Which products are bought together."""

from collections import Counter

_BASKETS: list[frozenset[str]] = []


def learn(basket: frozenset[str]) -> None:
    """Remember one finished basket."""
    _BASKETS.append(basket)


def also_bought(sku: str, *, limit: int) -> list[str]:
    """Return the products that most often share a basket with `sku`."""
    together = Counter(
        other for basket in _BASKETS if sku in basket for other in basket if other != sku
    )
    return [other for other, _ in together.most_common(limit)]
