// A chain with a model that answers by itself, watched by Langfuse's handler of before v4.
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { tool } from "@langchain/core/tools";
import { RunnableLambda } from "@langchain/core/runnables";
import { CallbackHandler } from "langfuse-langchain";

const handler = new CallbackHandler({
  publicKey: process.env.LANGFUSE_PUBLIC_KEY,
  secretKey: process.env.LANGFUSE_SECRET_KEY,
  baseUrl: process.env.LANGFUSE_HOST,
  sessionId: "chat-lc",
  userId: "ada",
  tags: ["chain"],
});
const look = tool(async ({ q }) => `found ${q}`, {
  name: "look",
  description: "looks something up",
  schema: { type: "object", properties: { q: { type: "string" } }, required: ["q"] },
});
const chain = ChatPromptTemplate.fromMessages([["user", "{question}"]])
  .pipe(new FakeListChatModel({ responses: ["because"] }))
  .pipe(new StringOutputParser())
  .pipe(RunnableLambda.from((text, config) => look.invoke({ q: text }, config)));
await chain.invoke({ question: "why?" }, { callbacks: [handler], runName: "answer" });
await handler.shutdownAsync();
