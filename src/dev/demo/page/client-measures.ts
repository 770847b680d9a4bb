// Part of the page's script: what a turn measured, live from the library while it runs, and from the
// sink once it is there.

export const CLIENT_MEASURES = `
const MARKS = [
  ["trace_created", "the trace is begun"],
  ["pre_api_flush", "the request goes out"],
  ["post_api_flush_success", "the edge has it durably"],
  ["first_backend_response", "the backend answers"],
  ["first_chunk_received", "the first chunk"],
  ["streaming_complete", "the last chunk"],
];

const ms = (value) => (value === undefined ? "–" : duration(value));

function tile(name, value, hint) {
  const box = el("div", "tile", el("span", "tile-name", name), el("span", "tile-value", value));
  box.title = hint;
  return box;
}

function rateOf(turn) {
  const { first_chunk_received: first, streaming_complete: last } = turn.latencies;
  const told = turn.generation?.metadata.chunksPerSecond;
  if (Number(told) > 0) return told + " /s";
  return last > first ? Math.round((turn.chunks * 1e4) / (last - first)) / 10 + " /s" : "–";
}

function tokensOf(turn) {
  const usage = turn.generation?.usage;
  const input = usage?.input ?? turn.usage?.prompt_tokens;
  const output = usage?.output ?? turn.usage?.completion_tokens;
  return output === undefined ? "–" : input + " + " + output;
}

function showMeasures(turn) {
  const { latencies } = turn;
  byId("measures").hidden = false;
  byId("tiles").replaceChildren(
    tile("First chunk", ms(latencies.time_to_first_token), "from sending the request to the first chunk of the answer"),
    tile("Backend answers", ms(latencies.network), "from sending the request to the answer's headers"),
    tile("Streaming", ms(latencies.streaming), "from the first chunk to the last"),
    tile("Chunk rate", rateOf(turn), (turn.generation?.metadata.chunkCount ?? turn.chunks) + " chunks"),
    tile("Tokens", tokensOf(turn), "of the question and of the answer; a token is a word here"),
    tile("Flush", ms(latencies.proxy_flush), "until the edge had the turn's beginning durably; nothing waits for it"));
  const longest = Math.max(1, ...MARKS.map(([name]) => latencies[name] ?? 0));
  byId("marks").replaceChildren(...MARKS.map(([name, title]) => {
    const at = latencies[name];
    const track = el("span", "track");
    if (at !== undefined) {
      const mark = el("span", "pin");
      mark.style.left = "calc(" + (at / longest) * 100 + "% - " + (at / longest) * 0.6 + "rem)";
      track.append(mark);
    }
    const row = el("li", at === undefined ? "soft" : "", el("code", "", name), track, el("span", "time", ms(at)));
    row.title = title;
    return row;
  }));
  byId("measured").textContent = turn.generation
    ? "as it stands in the root's metadata"
    : "measured by the page, live";
}
`;
