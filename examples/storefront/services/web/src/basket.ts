import type { FastifyInstance } from "fastify";

export interface Line {
  sku: string;
  quantity: number;
  cents: number;
}

/** The sum of a basket's lines, in cents. */
export function total(lines: readonly Line[]): number {
  return lines.reduce((sum, line) => sum + line.quantity * line.cents, 0);
}

export async function basketRoutes(app: FastifyInstance): Promise<void> {
  const baskets = new Map<string, Line[]>();

  app.get<{ Params: { id: string } }>("/:id", async (request, reply) => {
    const lines = baskets.get(request.params.id);
    if (!lines) {
      return reply.code(404).send({ error: "no such basket" });
    }
    return { lines, total: total(lines) };
  });
}
