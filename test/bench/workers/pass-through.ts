// Forwards each request to Langfuse and waits for its answer.
interface Env {
  LANGFUSE_BASE_URL: string;
}

export default {
  async fetch(request, env) {
    const answer = await fetch(`${env.LANGFUSE_BASE_URL}/api/public/ingestion`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: await request.text(),
    });
    await answer.text();
    return Response.json({ success: answer.ok }, { status: answer.ok ? 200 : 502 });
  },
} satisfies ExportedHandler<Env>;
