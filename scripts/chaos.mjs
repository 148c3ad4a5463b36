// npm run chaos: refuses or kills every write of a chat in turn; `npm test` tries a sample. Takes about ten minutes.
import { spawnSync } from 'node:child_process';

const args = ['vitest', 'run', '--project', 'unit', 'src/store/chats/chaos.test.ts'];
const { status } = spawnSync('npx', args, { stdio: 'inherit', env: { ...process.env, CHAOS: 'all' } });
process.exitCode = status ?? 1;
