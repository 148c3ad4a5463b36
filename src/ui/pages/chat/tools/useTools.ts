// Which tools are on in the current chat.
import { answerSettings, takesChosenTools, type ToolChoice } from '../../../../store';
import { useApp } from '../../../useApp';

/** Names of the tools that are on in the current chat, among those that can be used. */
export function useToolsOn(): string[] {
  const tools = useApp((s) => s.tools);
  const chosen = useApp((s) => answerSettings(s).tools);
  const byDefault = !useApp(takesChosenTools);
  return tools
    .filter(
      ({ name, available, byChoice }) => available && (chosen?.includes(name) ?? (byDefault && !byChoice)),
    )
    .map(nameOf);
}
const nameOf = ({ name }: ToolChoice) => name;
