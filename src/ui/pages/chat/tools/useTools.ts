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

/** Why the current chat calls no tools: its answers have a form, or the model knows none. Servers are told of tools. */
export function useNoTools(): 'form' | 'noModel' | null {
  return useApp((s) => {
    if (answerSettings(s).format) return 'form';
    if (currentChat(s).server) return null;
    return s.model.info && !s.model.info.tools ? 'noModel' : null;
  });
}
