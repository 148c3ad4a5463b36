import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { hostHeaders } from '../../scripts/build/pwaBuild';
import { headersFor } from './headers';
import { PAGE_POLICY, policyFor, SANDBOX_POLICY, SERVICE_WORKER_POLICY, WORKER_POLICY } from './policy';
import { isOfTheApp } from './scriptAddresses';

test('the page reaches its own host only; workers reach hubs and servers', () => {
  expect(PAGE_POLICY).toContain("connect-src 'self';");
  expect(WORKER_POLICY).toContain('https:');
  for (const policy of [PAGE_POLICY, WORKER_POLICY, SERVICE_WORKER_POLICY]) {
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toMatch(/'unsafe-(?:inline|eval)'|\*(?!;|$| )(?!\s)/);
  }
});

test('every page and script has its policy', () => {
  expect(policyFor('')).toBe(PAGE_POLICY);
  expect(policyFor('index.html')).toBe(PAGE_POLICY);
  expect(policyFor('assets/main-1a2b.js')).toBe(WORKER_POLICY);
  expect(policyFor('sw.js')).toBe(SERVICE_WORKER_POLICY);
  expect(policyFor('icon.svg')).toBeUndefined();
  expect(headersFor('assets/main-1a2b.js').get('content-security-policy')).toBe(WORKER_POLICY);
});

test('the sandbox runs its own script and blobs, and names no address', () => {
  const html = readFileSync('public/sandbox.html', 'utf8');
  expect(html).toContain(`<meta http-equiv="Content-Security-Policy" content="${SANDBOX_POLICY}" />`);
  const [, script] = /<script>(.*)<\/script>/s.exec(html) ?? [];
  const hash = createHash('sha256').update(script).digest('base64');
  expect(SANDBOX_POLICY).toContain(`script-src 'sha256-${hash}' blob: 'wasm-unsafe-eval';`);
  expect(SANDBOX_POLICY).not.toMatch(/self|https?:|data:/);
  expect(policyFor('sandbox.html')).toBe(`sandbox allow-scripts; ${SANDBOX_POLICY}`);
});

test('scripts of the app may be started, others may not', () => {
  const scope = 'https://host.example/app/';
  for (const address of ['sw.js', 'assets/main-D-3etcBW.js', `${scope}assets/pdf.worker.min-1.js`])
    expect(isOfTheApp(address, scope), address).toBe(true);
  for (const address of [
    'https://other.example/app/assets/a.js',
    'https://host.example/assets/a.js',
    'assets/../../a.js',
    'assets/a.js?callback=x',
    'data:text/javascript,1',
    'blob:https://host.example/1',
    'javascript:1',
    'http://[',
  ])
    expect(isOfTheApp(address, scope), address).toBe(false);
});

/** `add_header name "value"` lines by location. */
function nginxHeaders(): Map<string, Record<string, string>> {
  const text = readFileSync('examples/hosting/nginx.conf', 'utf8');
  const locations = [...text.matchAll(/location (?:= |\^~ )?(\S+) \{([^}]*)\}/g)];
  return new Map(
    locations.map(([, path, body]) => {
      const lines = [...body.matchAll(/add_header (\S+) "([^"]*)"/g)];
      return [path, Object.fromEntries(lines.map(([, name, value]) => [name, value]))];
    }),
  );
}

test('the nginx example sends the same headers', () => {
  const byPath = nginxHeaders();
  for (const [path, headers] of Object.entries(hostHeaders())) {
    const location = path.replace('*', '');
    expect(byPath.get(location), location).toEqual(headers);
  }
});

test('the example for GitHub Pages uploads the build', () => {
  const workflow = readFileSync('examples/hosting/github-pages.yml', 'utf8');
  expect(workflow).toContain('npm run build');
  expect(workflow).toContain('path: dist');
});
