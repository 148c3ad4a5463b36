// `npm run relay [-- --port N]`: starts the relay on this computer and prints its address.
import { enginesWithKey, ENGINES } from './engines';
import { createRelay, DEFAULT_ORIGINS } from './relay';

const at = process.argv.indexOf('--port');
const port = at > 0 ? Number(process.argv[at + 1]) : 8788;
const { env } = process;
const origins = env.RELAY_ORIGINS?.split(',').map((origin) => origin.trim()) ?? DEFAULT_ORIGINS;
const sendTo = env.RELAY_SEND?.split(',').map((host) => host.trim()) ?? [];
const { server, token } = createRelay({ origins, env, sendTo, token: env.RELAY_TOKEN });
server.on('error', (error) => {
  process.stderr.write(
    `The relay cannot listen on port ${port}: ${error.message}. Choose another with --port.\n`,
  );
  process.exitCode = 1;
});
server.listen(port, '127.0.0.1', () => {
  const keys = Object.entries(ENGINES).map(([name, { key }]) => `${name} (${key})`);
  const have = enginesWithKey(env);
  process.stdout.write(
    `Address for the settings of the browser: http://127.0.0.1:${port}/${token}\n` +
      `Pages may ask it from ${origins.join(', ')}; others: RELAY_ORIGINS.\n` +
      `Search services with a key: ${have.join(', ') || 'none'} of ${keys.join(', ')}.\n` +
      `Passes requests on to ${sendTo.map((host) => `${host}: http://127.0.0.1:${port}/${token}/to/https://${host}/…`).join(', ') || 'no host; others: RELAY_SEND'}.\n` +
      'It reaches public addresses only and keeps no log. Ctrl+C ends it.\n',
  );
});
