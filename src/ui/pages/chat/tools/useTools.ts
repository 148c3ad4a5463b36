// Which tools are on in the current chat, and why none is used.
import { answerSettings, currentChat, type ToolChoice } from '../../../../store';
import { useApp } from '../../../useApp';

/** Names of the tools that are on in the current chat, among those that can be used. */
export function useToolsOn(): string[] {
  const tools = useApp((s) => s.tools);
  const chosen = useApp((s) => answerSettings(s).tools);
  return tools.filter(({ name, available }) => available && (chosen?.includes(name) ?? true)).map(nameOf);
}
const nameOf = ({ name }: ToolChoice) => name;

/** Why the current chat calls no tools: a server answers, the answers have a form, or the model knows none. */
export function useNoTools(): 'server' | 'form' | 'noModel' | null {
  return useApp((s) => {
    if (currentChat(s).server) return 'server';
    if (answerSettings(s).format) return 'form';
    const info = s.model.info as { tools?: boolean } | null;
    return info && !info.tools ? 'noModel' : null;
  });
}
