/** The host is this computer or stands in a private network. */
export function isPrivateHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (host === 'localhost' || /\.(?:localhost|local|internal|home\.arpa|lan)$/.test(host)) return true;
  const isPrivateV4 =
    /^(?:127|10|0)\.|^192\.168\.|^169\.254\.|^172\.(?:1[6-9]|2\d|3[01])\.|^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./;
  if (isPrivateV4.test(host)) return true;
  return host.includes(':') && /^(?:::1?$|::ffff:|f[cd]|fe[89ab])/.test(host);
}
