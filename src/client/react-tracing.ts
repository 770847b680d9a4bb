// Tracing for React components, made from the React that the app has: nothing of it is bundled, and
// 18 and 19 serve alike. Clients are made at the first use in an event, never while rendering, so
// that StrictMode's second mount makes no second client and no second trace.
import { type ChatTurn, tracedFetch, traceChat, type TurnOptions } from "./chat.ts";
import { reading } from "./reading/load-reading.ts";
import type { Experiments } from "./experiments/labels.ts";
import { turnsOf } from "./turn/turn-registry.ts";
import { type ClientOptions, LangfuseProxy } from "./index.ts";
import type { Answered } from "./stream/answered.ts";

/** The part of React that is used. */
export interface ReactLike<Element> {
  createContext(value: unknown): { Provider: unknown };
  useContext(context: unknown): unknown;
  useCallback<T extends (...args: never[]) => unknown>(callback: T, deps: unknown[]): T;
  useEffect(effect: () => () => void, deps: unknown[]): void;
  useRef<T>(value: T): { current: T };
  useState<T>(value: T | (() => T)): [T, (next: T) => void];
  createElement(type: unknown, props: object, ...children: unknown[]): Element;
}

export interface ProviderProps<Node = unknown> {
  /** A client of the app's own; else one is made of the options. */
  client?: LangfuseProxy;
  options?: ClientOptions;
  /** The variants that every turn below is part of, unless it names its own. */
  experiments?: Experiments;
  children?: Node;
}

/** A turn's options; the client is the provider's. */
export type StreamingOptions = Omit<TurnOptions, "client" | "message">;

export interface Streaming {
  /** The answer as far as it has come. */
  text: string;
  isStreaming: boolean;
  error: unknown;
  /** Begins a turn at the click, lets `call` ask the backend, and follows the answer. */
  send: (
    message: string,
    call: (turn: ChatTurn, signal: AbortSignal) => Promise<Response>,
  ) => Promise<Answered | undefined>;
  stop: () => void;
}

/** Makes the client at its first use. */
export type GetClient = () => LangfuseProxy;
interface Shown {
  text: string;
  isStreaming: boolean;
  error?: unknown;
}

async function follow(response: Response, show: (answered: Answered) => void): Promise<Answered> {
  if (!response.ok) {
    const copy = response.clone();
    const words = reading.load().then(
      ({ messageOf }) => messageOf(response, copy),
      () => `HTTP ${response.status}`,
    );
    throw new Error(await words);
  }
  const { readerOf } = await reading.load();
  const reader = readerOf(response);
  // By a reader: Safari cannot iterate a stream.
  const body = response.body?.getReader();
  for (;;) {
    const { value } = (await body?.read()) ?? {};
    if (!value) break;
    reader.read(value, Date.now());
    show(reader.answered);
  }
  reader.end();
  if (reader.answered.error) throw new Error(reader.answered.error);
  return reader.answered;
}

export function createReactTracing<Element, Node = unknown>(React: ReactLike<Element>) {
  const lazily = ({ client, options, experiments }: ProviderProps): GetClient => {
    let made: LangfuseProxy | undefined;
    return () => {
      if (!made) {
        made = client ?? new LangfuseProxy(options);
        if (experiments) turnsOf(made).experiments = experiments;
      }
      return made;
    };
  };
  const Context = React.createContext(lazily({}));

  /** Gives the components below a client. The first props count. */
  function TracingProvider(props: ProviderProps<Node>): Element {
    const [value] = React.useState<GetClient>(() => lazily(props));
    return React.createElement(Context.Provider, { value }, props.children);
  }

  /** The provider's client; call it in events and effects, not while rendering. */
  function useTracing(): GetClient {
    return React.useContext(Context) as GetClient;
  }

  /** A `fetch` for chat libraries that stays the same from render to render. */
  function useTracedFetch(options: StreamingOptions = {}): typeof fetch {
    const getClient = useTracing();
    const latest = React.useRef(options);
    latest.current = options;
    return React.useCallback(
      tracedFetch(() => ({ ...latest.current, client: getClient() })),
      [getClient],
    );
  }

  /** One message at a time: sent, its answer followed, and all of it traced. */
  function useMessageStreaming(options: StreamingOptions = {}): Streaming {
    const getClient = useTracing();
    const latest = React.useRef(options);
    latest.current = options;
    const current = React.useRef<AbortController | undefined>(undefined);
    const isMounted = React.useRef(false);
    const [shown, setShown] = React.useState<Shown>({ text: "", isStreaming: false });
    React.useEffect(() => {
      isMounted.current = true;
      // The text is shown by the reader: it is there before anybody asks.
      reading.load().catch(() => {});
      return () => {
        isMounted.current = false;
      };
    }, []);

    const send = React.useCallback<Streaming["send"]>(
      async (message, call) => {
        current.current?.abort();
        const controller = (current.current = new AbortController());
        const show = (next: Shown): void => {
          if (isMounted.current && current.current === controller) setShown(next);
        };
        let text = "";
        show({ text, isStreaming: true });
        const turn = traceChat({ ...latest.current, client: getClient(), message });
        try {
          const response = await call(turn, controller.signal);
          const answered = await follow(response, (answer) => {
            ({ text } = answer);
            show({ text, isStreaming: true });
          });
          // An answer that did not come by the turn's own `fetch` ends its turn here.
          turn.end(answered);
          show({ text: answered.text, isStreaming: false });
          return answered;
        } catch (error) {
          // The user who stopped it knows: no error is shown.
          const { aborted } = controller.signal;
          if (aborted) turn.stop();
          else turn.fail(error);
          show({ text, isStreaming: false, ...(!aborted && { error }) });
          return undefined;
        }
      },
      [getClient],
    );
    const stop = React.useCallback(() => current.current?.abort(), []);
    return { error: undefined, ...shown, send, stop };
  }

  return { TracingProvider, useTracing, useTracedFetch, useMessageStreaming };
}
