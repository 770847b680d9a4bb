// A session token for the page, from the edge: only this server knows the secret key.
const {
  EDGE_URL = "http://127.0.0.1:8787",
  LANGFUSE_PUBLIC_KEY = "pk-lf-sink",
  LANGFUSE_SECRET_KEY = "sk-lf-sink",
} = process.env;

export async function POST(request: Request): Promise<Response> {
  // Your login says who this is; whoever has the token may write this user's traces of this session.
  const userId = "ada@example.com";
  const { sessionId } = (await request.json()) as { sessionId: string };
  const answer = await fetch(`${EDGE_URL}/api/langfuse/token`, {
    method: "POST",
    headers: {
      authorization: `Basic ${btoa(`${LANGFUSE_PUBLIC_KEY}:${LANGFUSE_SECRET_KEY}`)}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ sessionId, userId }),
  });
  return Response.json(await answer.json(), { status: answer.status });
}
