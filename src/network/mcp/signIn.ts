// The state of a sign-in by OAuth, as the official client asks for it: authorization code with PKCE.
import type {
  OAuthClientMetadata,
  OAuthClientProvider,
  OAuthDiscoveryState,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from '@modelcontextprotocol/client';
import type { McpAuth } from './types';

export class SignIn implements OAuthClientProvider {
  /** Where the user signs in, once the client has asked for it. */
  address?: string;
  changed = false;

  constructor(
    readonly auth: McpAuth,
    /** Missing: tokens are used and refreshed, and no sign-in begins. */
    private readonly options: { redirectUrl?: string; state?: string } = {},
  ) {}

  get redirectUrl(): string | undefined {
    return this.options.redirectUrl;
  }

  get clientMetadata(): OAuthClientMetadata {
    return {
      client_name: 'GLM in a tab',
      redirect_uris: this.options.redirectUrl ? [this.options.redirectUrl] : [],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    };
  }

  state = (): string => this.options.state ?? '';
  clientInformation = () => this.auth.client as StoredOAuthClientInformation | undefined;
  saveClientInformation = (client: StoredOAuthClientInformation) => this.keep({ client });
  tokens = () => this.auth.tokens as StoredOAuthTokens | undefined;
  saveTokens = (tokens: StoredOAuthTokens) => this.keep({ tokens });
  saveCodeVerifier = (verifier: string) => this.keep({ verifier });
  codeVerifier = () => this.auth.verifier ?? '';
  discoveryState = () => this.auth.discovery as OAuthDiscoveryState | undefined;
  saveDiscoveryState = (discovery: OAuthDiscoveryState) => this.keep({ discovery });
  redirectToAuthorization = (url: URL) => void (this.address = url.href);

  invalidateCredentials(scope: 'all' | 'client' | 'tokens' | 'verifier' | 'discovery'): void {
    const all = scope === 'all';
    this.keep({
      ...((all || scope === 'client') && { client: undefined }),
      ...((all || scope === 'tokens') && { tokens: undefined }),
      ...((all || scope === 'verifier') && { verifier: undefined }),
      ...((all || scope === 'discovery') && { discovery: undefined }),
    });
  }

  private keep(part: McpAuth): void {
    Object.assign(this.auth, part);
    this.changed = true;
  }
}
