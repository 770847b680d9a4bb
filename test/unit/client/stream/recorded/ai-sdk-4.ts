// The AI SDK 4's data stream: a code, a colon and JSON on each line.
import type { Recording } from "./recording.ts";

const PLAIN = "text/plain; charset=utf-8";

export const AI_SDK_4: Recording[] = [
  {
    name: "counts that are not known",
    contentType: PLAIN,
    chunks: [
      'f:{"messageId":"m"}\n',
      '0:"H"\n0:"i"\n',
      'e:{"finishReason":"stop","usage":{"promptTokens":null,"completionTokens":null},"isContinued":false}\n',
      'd:{"finishReason":"stop","usage":{"promptTokens":null,"completionTokens":null}}\n',
    ],
    text: "Hi",
    messageId: "m",
    finished: true,
    finishReason: "stop",
    begins: 1,
  },
  {
    name: "steps with a tool",
    contentType: PLAIN,
    chunks: [
      'f:{"messageId":"m"}\n',
      '9:{"toolCallId":"t","toolName":"w","args":{}}\n',
      'a:{"toolCallId":"t","result":{"error":"none"}}\n',
      'e:{"finishReason":"tool-calls","usage":{"promptTokens":10,"completionTokens":4},"isContinued":false}\n',
      '0:"H"\n0:"i"\n',
      'e:{"finishReason":"stop","usage":{"promptTokens":20,"completionTokens":5},"isContinued":false}\n',
      'd:{"finishReason":"stop","usage":{"promptTokens":30,"completionTokens":9}}\n',
    ],
    text: "Hi",
    usage: { input: 30, output: 9 },
    messageId: "m",
    finished: true,
    finishReason: "stop",
    begins: 1,
  },
  {
    name: "steps without a total",
    contentType: PLAIN,
    chunks: [
      '0:"H"\n',
      'e:{"finishReason":"tool-calls","usage":{"promptTokens":10,"completionTokens":4}}\n',
      '0:"i"\n',
      'e:{"finishReason":"stop","usage":{"promptTokens":20,"completionTokens":5}}\n',
    ],
    text: "Hi",
    usage: { input: 30, output: 9 },
    finished: true,
    finishReason: "stop",
    begins: 0,
  },
  {
    name: "reasoning, data, annotations and sources",
    contentType: PLAIN,
    isEventStream: true,
    chunks: [
      '2:[{"text":"data"}]\n8:[{"model":"no"}]\n',
      'g:"hm"\n',
      'i:{"data":"x"}\nj:{"signature":"x"}\n',
      'h:{"sourceType":"url","id":"1","url":"https://example.com"}\n',
      'b:{"toolCallId":"t","toolName":"w"}\nc:{"toolCallId":"t","argsTextDelta":"{"}\n',
      '0:"Hé"\n0:"llo 👋"\n',
      'd:{"finishReason":"stop","usage":{"promptTokens":7,"completionTokens":9}}\n',
    ],
    text: "Héllo 👋",
    usage: { input: 7, output: 9 },
    finished: true,
    finishReason: "stop",
    begins: 1,
  },
  {
    name: "an error",
    contentType: PLAIN,
    isEventStream: true,
    chunks: ['0:"Hal"\n', '3:"it broke"\n'],
    text: "Hal",
    error: "it broke",
    begins: 0,
  },
];
