// Browser and system with their versions: with each, drivers and shader compilers may change.

/** User-agent client hints, where the browser has them: https://wicg.github.io/ua-client-hints */
interface UserAgentData {
  getHighEntropyValues(hints: string[]): Promise<{
    fullVersionList?: { brand: string; version: string }[];
    platform?: string;
    platformVersion?: string;
  }>;
}

const HINTS = ['fullVersionList', 'platformVersion'];

/** 'Chromium 141.0.7390.37, Windows 15.0.0', or the user agent; '' in programs without a navigator. */
export async function hostVersion(): Promise<string> {
  const { navigator } = globalThis as unknown as {
    navigator?: { userAgent: string; userAgentData?: UserAgentData };
  };
  if (!navigator) return '';
  try {
    const hints = await navigator.userAgentData?.getHighEntropyValues(HINTS);
    const brands = (hints?.fullVersionList ?? []).map(({ brand, version }) => `${brand} ${version}`);
    if (hints && brands.length > 0)
      return [...brands, `${hints.platform} ${hints.platformVersion}`].join(', ');
  } catch {
    // The page may be denied the hints: the user agent changes with the version, too.
  }
  return navigator.userAgent;
}
