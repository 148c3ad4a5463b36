// Requests to an MCP server and to the hosts that it names, such as its sign-in: without cookies and referrer, by https or
// to this computer, and not from a server of the internet into the reader's own network.
import { AppError } from '../../shared/errors';
import { isPrivateHost } from '../../shared/hosts';

const LOCAL = ['localhost', '127.0.0.1'];

/**
 * A `fetch` for one server. Redirects are not followed: they would carry what a call sends to any host.
 * @param server the address that the user entered
 * @throws AppError mcp-failed, for an address that is not asked
 */
export const guarded =
  (server: string, signal?: AbortSignal) =>
  async (url: string | URL, init?: RequestInit): Promise<Response> => {
    const refused = (why: string) => new AppError('mcp-failed', `${server}: ${why}`, { url: server, why });
    const target = new URL(url);
    const isAllowed = target.protocol === 'https:' || LOCAL.includes(target.hostname);
    const isInward = isPrivateHost(target.hostname) && !isPrivateHost(new URL(server).hostname);
    if (!isAllowed || isInward) throw refused(`it names ${target.origin}, which is not asked`);
    const signals = [signal, init?.signal].filter((one): one is AbortSignal => !!one);
    const response = await fetch(target, {
      ...init,
      ...(signals.length > 0 && { signal: AbortSignal.any(signals) }),
      ...{ credentials: 'omit', referrerPolicy: 'no-referrer', cache: 'no-store', redirect: 'manual' },
    });
    // Browsers hide a redirect's status; Node shows it.
    if (response.type !== 'opaqueredirect' && (response.status < 300 || response.status >= 400))
      return response;
    throw refused(`${target.href} sends on to another address; enter that one`);
  };
