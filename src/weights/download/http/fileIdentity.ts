// Whether two responses describe the same file: size, and ETag or Last-Modified (RFC 9110, section 8.8).

/** Identity of a file as a server reports it; later responses must match. */
export interface FileIdentity {
  totalBytes: number;
  /** null if the server sends none, or CORS hides it (Access-Control-Expose-Headers). */
  etag: string | null;
  lastModified: string | null;
}

/**
 * Identity from the headers of a 206 or 416; undefined when CORS hides Content-Range and the size is not known yet.
 * A longer range is accepted and its end is not read: some static servers answer bytes=0-0 with the whole file.
 */
export function identityOf(
  response: Response,
  offset: number,
  known?: FileIdentity,
): FileIdentity | 'other range' | undefined {
  const range = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+)$/.exec(response.headers.get('Content-Range') ?? '');
  if (!range) return known && { totalBytes: known.totalBytes, ...validators(response) };
  if (response.status === 206 && Number(range[1]) !== offset) return 'other range';
  return { totalBytes: Number(range[3]), ...validators(response) };
}

export function validators({ headers }: Response): Omit<FileIdentity, 'totalBytes'> {
  return { etag: headers.get('ETag'), lastModified: headers.get('Last-Modified') };
}

/** Compares the validators that both sides have: the ETag decides, then the date. */
export function sameFile(known: FileIdentity, now: FileIdentity): boolean {
  if (known.totalBytes !== now.totalBytes) return false;
  if (known.etag !== null && now.etag !== null) return strip(known.etag) === strip(now.etag);
  if (known.lastModified === null || now.lastModified === null) return true;
  return known.lastModified === now.lastModified;
}

/** Drops the weak marker: a proxy that compresses other files marks every ETag weak, unchanged files included. */
function strip(etag: string): string {
  return etag.replace(/^W\//, '');
}
