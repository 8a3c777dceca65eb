const port = process.env.PORT ?? "8080";

try {
  const answer = await fetch(`http://127.0.0.1:${port}/healthz`);
  process.exit(answer.ok ? 0 : 1);
} catch {
  process.exit(1);
}
