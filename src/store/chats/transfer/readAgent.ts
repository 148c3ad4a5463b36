// What a chat of an export says of agents.
import type { ChatAgent, UserMessage } from '../types';
import { asId, asNumber, asObject, asText, field, type Found } from './shape';

const optional = <T>(found: Found, read: (found: Found) => T): T | undefined =>
  found.value === undefined ? undefined : found.report.orElse(() => read(found), undefined);

function readChatAgent(found: Found): ChatAgent {
  const object = asObject(found);
  const of = (key: string) => field(object, key, found);
  const avatar = asText(of('avatar'), '').slice(0, 40);
  return { id: asId(of('id')), name: asText(of('name')), ...(avatar && { avatar }) };
}

/** The agent under this key, where there is one. */
export function readAgentOf(object: Record<string, unknown>, found: Found): { agent?: ChatAgent } {
  const agent = optional(field(object, 'agent', found), readChatAgent);
  return agent ? { agent } : {};
}

/** What an agent's knowledge had for a question. */
export function readSought(object: Record<string, unknown>, found: Found): Pick<UserMessage, 'sought'> {
  const sought = optional(field(object, 'sought', found), (one) => {
    const of = (key: string) => field(asObject(one), key, one);
    const whole = asNumber(of('whole'), 0);
    return {
      agent: asText(of('agent')),
      found: asNumber(of('found')),
      ...(whole > 0 && { whole }),
      ...(of('wordsOnly').value === true && { wordsOnly: true }),
    };
  });
  return sought ? { sought } : {};
}
