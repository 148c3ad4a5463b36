/** The host is this computer or stands in a private network. */
export function isPrivateHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$|\.$/g, '').toLowerCase();
  // A name without a dot belongs to the local network: `nas`, `localhost`.
  if (/^[^.:]+$/.test(host) || /\.(?:localhost|local|internal|home\.arpa|lan)$/.test(host)) return true;
  const isPrivateV4 =
    /^(?:127|10|0)\.|^192\.168\.|^169\.254\.|^172\.(?:1[6-9]|2\d|3[01])\.|^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./;
  if (isPrivateV4.test(host)) return true;
  // `::…` holds loopback and IPv4 addresses, `64:ff9b:` those behind NAT64.
  return host.includes(':') && /^(?:::|64:ff9b:|f[cd]|fe[89a-f])/.test(host);
}
