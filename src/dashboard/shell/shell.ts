// The frame around the views: it reads the address, shows the view that it names, and asks to sign in where the
// edge wants that.
import { type Api, ApiError } from "../access/api.ts";
import { type Credential, readFragment } from "../access/fragment.ts";
import { signInForm } from "../access/sign-in.ts";
import type { Problem } from "../access/problem.ts";
import { button, byId, el } from "../dom/el.ts";
import { versionWatch } from "./new-version.ts";
import { choose, readRoute, type ViewName, VIEWS, writeRoute } from "./route.ts";
import type { View } from "./view.ts";

export function startShell(api: Api, views: Readonly<Record<ViewName, View>>): void {
  let shown = new AbortController();
  const lookForNewVersion = versionWatch(tellNewVersion);
  let wasLost = false;

  const tellProblem = (problem: Problem | undefined): void => {
    const line = byId("problem");
    line.hidden = problem === undefined || problem.signIn;
    line.replaceChildren();
    if (problem === undefined) return;
    if (problem.signIn) {
      askToSignIn(problem);
      return;
    }
    line.append(el("b", "", problem.title), ". ", problem.advice);
  };
  const askToSignIn = (problem: Problem): void => {
    shown.abort();
    api.token.set(undefined);
    lamp("", "signed out");
    byId("sign-out").hidden = true;
    byId("view").replaceChildren(signInForm(problem, signIn));
  };
  const signIn = (given: Credential): void => {
    void api.signIn(given).then(show, (error: unknown) => {
      if (!(error instanceof ApiError)) throw error;
      askToSignIn({ ...error.problem, signIn: true });
    });
  };
  const lamp = (tone: string, words: string): void => {
    const node = byId("lamp");
    const looks = `lamp ${tone}`.trim();
    if (node.className === looks && node.textContent === words) return;
    node.className = looks;
    node.textContent = words;
    // A deploy takes connections away, and may change what is answered.
    if (tone === "bad" || (tone === "good" && wasLost)) lookForNewVersion();
    if (tone === "bad" || tone === "good") wasLost = tone === "bad";
  };
  const show = (): void => {
    shown.abort();
    shown = new AbortController();
    const route = readRoute(location.hash);
    const focused = document.activeElement?.id;
    const { title } = VIEWS.find(({ name }) => name === route.view) ?? VIEWS[0];
    document.title = `${title} · langfuse-edge`;
    showLinks(route.view);
    tellProblem(undefined);
    lamp("", "");
    byId("sign-out").hidden = api.token.get() === undefined;
    const view = views[route.view]({
      api,
      choices: route.choices,
      choose: (changes) => {
        location.hash = writeRoute(choose(route, changes));
      },
      now: () => Date.now(),
      tellProblem,
      lamp,
      signal: shown.signal,
    });
    byId("view").replaceChildren(view);
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  };

  /** What a link has to sign in with is taken out of the address at once. */
  const arrived = (): void => {
    const { code, token, rest } = readFragment(location.hash);
    if (code === undefined && token === undefined) return show();
    history.replaceState(null, "", `${location.pathname}${location.search}${rest}`);
    signIn(code === undefined ? { token: token ?? "" } : { code });
  };

  byId("sign-out").addEventListener("click", () => {
    api.token.set(undefined);
    show();
  });
  document.querySelector(".skip")?.addEventListener("click", (event) => {
    event.preventDefault();
    byId("main").focus();
  });
  addEventListener("hashchange", arrived);
  arrived();
}

function tellNewVersion(): void {
  const line = byId("new-version");
  line.replaceChildren(
    el("b", "", "A new version of this page is there"),
    ". It was deployed since you opened it. ",
    button("Reload", () => location.reload()),
  );
  line.hidden = false;
}

function showLinks(current: ViewName): void {
  const links = VIEWS.map(({ name, title }) => {
    const node = el("a", "", title);
    node.href = writeRoute({ view: name, choices: {} });
    node.id = `view-${name}`;
    if (name === current) node.setAttribute("aria-current", "page");
    return node;
  });
  byId("views").replaceChildren(...links);
}
