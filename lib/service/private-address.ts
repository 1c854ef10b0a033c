/** Whether an IP address, as the system writes it, is of this machine or of a network that is not the internet. */
export function isPrivateAddress(address: string): boolean {
  const four = /(?:^|:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address)?.slice(1).map(Number);
  // Also what is mapped or embedded into an IPv6 address.
  if (four !== undefined && isPrivate4(four)) return true;
  return address.includes(':') && isPrivate6(address.toLowerCase());
}

/** RFC 6890: this network, private, shared, loopback, link-local, documentation, benchmarks, multicast, reserved. */
function isPrivate4([a = 0, b = 0, c = 0]: readonly number[]): boolean {
  if (a === 0 || a === 10 || a === 127 || a >= 224) return true;
  if (a === 100) return b >= 64 && b < 128;
  if (a === 169) return b === 254;
  if (a === 172) return b >= 16 && b < 32;
  if (a === 192) return b === 168 || (b === 0 && (c === 0 || c === 2));
  if (a === 198) return b === 18 || b === 19 || (b === 51 && c === 100);
  return a === 203 && b === 0 && c === 113;
}

/** All but 2000::/3 without what is embedded there: IPv4 in 2002::/16, tunnels and documentation in 2001::/23, 2001:db8::/32. */
function isPrivate6(address: string): boolean {
  const [first = '', second = ''] = address.split(':');
  const [head, next] = [parseInt(first || '0', 16), parseInt(second || '0', 16)];
  if (head < 0x2000 || head > 0x3fff || head === 0x2002) return true;
  return head === 0x2001 && (next < 0x200 || next === 0xdb8);
}
