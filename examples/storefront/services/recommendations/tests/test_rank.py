from recommendations.rank import also_bought, learn


def test_the_most_frequent_companion_comes_first() -> None:
    learn(frozenset({"mug", "tea"}))
    learn(frozenset({"mug", "tea", "spoon"}))
    assert also_bought("mug", limit=1) == ["tea"]
