// Who may see the figures of a project besides those who have its keys or a read token: nobody, unless a setting
// says who, and of which project. Pure. Any mistake lets fewer in, never more.
import { type IdentityProvider, readIdentityProvider } from "./identity-provider.ts";
import type { Project, ProjectSettings } from "./projects.ts";
import { flagOf, listOf, type RawEnv, textOf } from "./read.ts";

export interface DashboardSettings {
  /** Payload texts may be shown. */
  content: boolean;
  /** The project that those see who come by a claim or by Cloudflare Access; absent where neither can be used. */
  project?: Project;
  /** The identity provider's tokens with this claim let in. */
  claim?: { provider: IdentityProvider; name: string; value: string };
  cloudflareAccess?: CloudflareAccess;
}

export interface CloudflareAccess {
  /** `https://{team}.cloudflareaccess.com` */
  issuer: string;
  /** Of the Access application, one of them. */
  audience: string[];
}

const TEAM = /^(?:https:\/\/)?([a-z0-9-]{1,63})(?:\.cloudflareaccess\.com)?\/?$/i;

export function readDashboard(
  env: RawEnv,
  { projects }: Pick<ProjectSettings, "projects">,
  problems: string[],
): DashboardSettings {
  const content = flagOf(env, "DASHBOARD_CONTENT", problems);
  const claim = readClaim(env, problems);
  const cloudflareAccess = readCloudflareAccess(env, problems);
  const named = textOf(env, "DASHBOARD_PROJECT");
  if (claim === undefined && cloudflareAccess === undefined) return { content };
  const project = projectOf(named, projects);
  if (project === undefined) {
    problems.push(
      named === undefined
        ? "DASHBOARD_PROJECT: is needed with more than one project: the public key of the one that is shown"
        : "DASHBOARD_PROJECT: must be the public key of a project that is configured",
    );
    return { content };
  }
  return {
    content,
    project,
    ...(claim && { claim }),
    ...(cloudflareAccess && { cloudflareAccess }),
  };
}

/** Explicit where there is a choice. */
function projectOf(
  named: string | undefined,
  projects: ReadonlyMap<string, Project>,
): Project | undefined {
  if (named !== undefined) return projects.get(named);
  return projects.size === 1 ? [...projects.values()][0] : undefined;
}

function readClaim(env: RawEnv, problems: string[]): DashboardSettings["claim"] {
  const text = textOf(env, "DASHBOARD_CLAIM");
  if (text === undefined) return undefined;
  // A name may be a URL; a value may be anything.
  const [, name, value] = /^([^=]+)=(.+)$/s.exec(text)?.map((part) => part.trim()) ?? [];
  if (!name || !value) {
    problems.push("DASHBOARD_CLAIM: must be a claim and its value, such as roles=langfuse-read");
    return undefined;
  }
  const missing: string[] = [];
  const provider = readIdentityProvider(env, missing);
  if (provider === undefined) {
    problems.push("DASHBOARD_CLAIM: needs AUTH_JWKS_URL, AUTH_ISSUER and AUTH_AUDIENCE");
    return undefined;
  }
  return { provider, name, value };
}

function readCloudflareAccess(env: RawEnv, problems: string[]): CloudflareAccess | undefined {
  const team = textOf(env, "DASHBOARD_ACCESS_TEAM");
  const audience = listOf(env, "DASHBOARD_ACCESS_AUD");
  if (team === undefined && audience.length === 0) return undefined;
  const [, name] = TEAM.exec(team ?? "") ?? [];
  if (name === undefined || audience.length === 0) {
    problems.push(
      "DASHBOARD_ACCESS_TEAM, DASHBOARD_ACCESS_AUD: both are needed: the team's name, and the application's audience tag",
    );
    return undefined;
  }
  return { issuer: `https://${name.toLowerCase()}.cloudflareaccess.com`, audience };
}
