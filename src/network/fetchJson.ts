import { AppError, isAbort } from '../shared/errors';

/** A listing of a hub. @throws AppError not-found, access-denied, http-error, network */
export async function fetchJson(url: string, token?: string, signal?: AbortSignal): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(url, { headers: token ? { authorization: `Bearer ${token}` } : {}, signal });
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new AppError('network', `${url} cannot be reached, or refuses this page (CORS)`, { url }, error);
  }
  const { status } = response;
  if (status === 404) throw new AppError('not-found', `${url}: 404`, { url });
  if (status === 401 || status === 403) {
    throw new AppError('access-denied', `${url}: ${status}. A token may be needed.`, { url, status });
  }
  if (!response.ok) throw new AppError('http-error', `${url}: ${status}`, { url, status });
  try {
    return await response.json();
  } catch (error) {
    throw new AppError('http-error', `${url} answered with something else than JSON`, { url, status }, error);
  }
}
