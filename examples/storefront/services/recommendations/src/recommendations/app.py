"""The HTTP side."""

from fastapi import FastAPI

from recommendations.rank import also_bought

app = FastAPI(title="recommendations")


@app.get("/healthz")
def healthz() -> dict[str, bool]:
    return {"ok": True}


@app.get("/also-bought/{sku}")
def read_also_bought(sku: str, limit: int = 4) -> list[str]:
    return also_bought(sku, limit=min(limit, 20))
