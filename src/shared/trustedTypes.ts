// Trusted Types: https://w3c.github.io/trusted-types/dist/spec/. TypeScript's DOM library does not declare them yet.

interface Rules {
  createHTML?: (html: string) => string;
  createScriptURL?: (url: string) => string | null;
}

interface Policy {
  createHTML(html: string): unknown;
}

interface Factory {
  createPolicy(name: string, rules: Rules): Policy;
}

/**
 * A policy of this page; undefined in browsers without Trusted Types, which take strings.
 * @param name as listed in src/pwa/policy.ts. 'default' applies wherever a string is given.
 */
export function createTrustedPolicy(name: string, rules: Rules): Policy | undefined {
  const { trustedTypes } = globalThis as { trustedTypes?: Factory };
  return trustedTypes?.createPolicy(name, rules);
}
