// Which scripts may be started, as workers or as the service worker: the built files of this app. Everything else that
// Trusted Types guard (markup from strings, code from strings) is refused, because the policy has no rule for it.
import { createTrustedPolicy } from '../shared/trustedTypes';

/** @param scope address of the app, ends in '/' */
export function isOfTheApp(address: string, scope: string): boolean {
  if (!URL.canParse(address, scope)) return false;
  const { href, search, hash } = new URL(address, scope);
  const path = href.startsWith(scope) ? href.slice(scope.length) : '';
  return search === '' && hash === '' && (path === 'sw.js' || /^assets\/[\w.-]+\.js$/.test(path));
}

const scope = typeof document === 'undefined' ? '' : new URL('./', document.baseURI).href;
createTrustedPolicy('default', {
  createScriptURL: (address) => (isOfTheApp(address, scope) ? address : null),
});
