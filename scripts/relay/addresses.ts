// Which addresses the relay may reach: public ones only. A name is resolved once, every address it has must be public, and
// the connection then goes to the address that was checked, so that a name cannot change its mind in between.
import dns from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

// Two lists: one list would find every IPv4 address among the mapped ones of IPv6.
const PRIVATE_4 = new BlockList();
const PRIVATE_6 = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8], // this network
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // carrier-grade NAT
  ['127.0.0.0', 8], // loopback
  ['169.254.0.0', 16], // link-local, and the metadata services of clouds
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocol assignments
  ['192.0.2.0', 24], // documentation
  ['192.88.99.0', 24], // 6to4 relays
  ['192.168.0.0', 16], // private
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, broadcast
] as const)
  PRIVATE_4.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of [
  ['::', 96], // unspecified, loopback, IPv4-compatible
  ['::ffff:0:0', 96], // IPv4-mapped: judged by its IPv4 address
  ['64:ff9b::', 96], // NAT64
  ['64:ff9b:1::', 48], // NAT64, local
  ['100::', 64], // discard
  ['2001::', 23], // protocol assignments, Teredo
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4
  ['fc00::', 7], // unique local
  ['fe80::', 10], // link-local
  ['fec0::', 10], // site-local
  ['ff00::', 8], // multicast
] as const)
  PRIVATE_6.addSubnet(network, bits, 'ipv6');

/** Whether an IP address is one of the public internet. */
export function isPublic(address: string): boolean {
  const version = isIP(address);
  if (version === 0) return false;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped) return isPublic(mapped);
  return version === 4 ? !PRIVATE_4.check(address, 'ipv4') : !PRIVATE_6.check(address, 'ipv6');
}

export interface Target {
  url: URL;
  /** The address to connect to. */
  address: string;
  family: 4 | 6;
}

export class Refused extends Error {
  constructor(
    readonly status: number,
    why: string,
  ) {
    super(why);
  }
}

export type Resolve = (host: string) => Promise<{ address: string; family: number }[]>;
const resolveAll: Resolve = (host) => dns.lookup(host, { all: true, verbatim: true });

/**
 * Where a request may go.
 * @param allowed hosts with ports that are allowed whatever their address: for tests
 * @throws Refused
 */
export async function targetOf(
  address: string,
  { resolve = resolveAll, allowed = [] }: { resolve?: Resolve; allowed?: readonly string[] } = {},
): Promise<Target> {
  if (!URL.canParse(address)) throw new Refused(400, 'This is no address.');
  const url = new URL(address);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new Refused(403, 'Only http and https are relayed.');
  if (url.username || url.password) throw new Refused(403, 'Addresses with a password are not relayed.');
  if (url.port && !['80', '443', '8080', '8443'].includes(url.port) && !allowed.includes(url.host))
    throw new Refused(403, `Port ${url.port} is not relayed.`);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const found = isIP(host) ? [{ address: host, family: isIP(host) }] : await lookUp(host, resolve);
  if (!allowed.includes(url.host) && !found.every((one) => isPublic(one.address)))
    throw new Refused(
      403,
      `${url.host} is an address of a private network. The relay reaches public ones only.`,
    );
  return { url, address: found[0].address, family: found[0].family === 6 ? 6 : 4 };
}

async function lookUp(host: string, resolve: Resolve): ReturnType<Resolve> {
  const found = await resolve(host).catch(() => []);
  if (found.length === 0) throw new Refused(502, `There is no host ${host}.`);
  return found;
}
