import fastify from "fastify";

import { basketRoutes } from "./basket.js";

const app = fastify({ logger: true, trustProxy: true });

app.get("/healthz", async () => ({ ok: true }));
await app.register(basketRoutes, { prefix: "/api/basket" });

await app.listen({ host: "0.0.0.0", port: Number(process.env.PORT ?? 8080) });
