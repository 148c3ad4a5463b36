// Sentences of the tool itself: for the model in English, for people in the page's language.

const NOTES = {
  restarted: {
    model: 'Python was restarted: variables of earlier calls are gone, files in /mnt/data are kept.',
    zh: 'Python 已重新启动：之前的变量已清除，/mnt/data 中的文件仍在。',
    en: 'Python was restarted: variables of earlier calls are gone, files in /mnt/data are kept.',
  },
  timedOut: {
    model: 'Timed out',
    zh: '运行超时，已中断。',
    en: 'It took too long and was interrupted.',
  },
  kept: { model: 'Variables are kept.', zh: '变量仍然保留。', en: 'Variables are kept.' },
  ended: {
    model: 'Python had to be ended: variables are gone, files in /mnt/data are kept.',
    zh: '只能结束 Python：变量已清除，/mnt/data 中的文件仍在。',
    en: 'Python had to be ended: variables are gone, files in /mnt/data are kept.',
  },
  memory: {
    model: 'Python used too much memory and was ended: variables are gone, files in /mnt/data are kept.',
    zh: 'Python 占用的内存过多，已结束：变量已清除，/mnt/data 中的文件仍在。',
    en: 'Python used too much memory and was ended: variables are gone, files in /mnt/data are kept.',
  },
  fresh: {
    model: 'Python was started with this call: it knows no variables of earlier calls.',
    zh: 'Python 随此次调用才启动：没有之前的变量。',
    en: 'Python was started with this call: it knows no variables of earlier calls.',
  },
  cut: {
    model: 'The output has {chars} characters; this is the beginning. All of it is in /mnt/data/{file}.',
    zh: '输出共 {chars} 个字符，这里只显示开头；全部内容在 /mnt/data/{file}。',
    en: 'The output has {chars} characters; this is the beginning. All of it is in /mnt/data/{file}.',
  },
  tooLarge: {
    model: 'Too large to keep, only in /mnt/data until Python ends: {names}',
    zh: '文件太大，无法保存，只在 Python 结束前留在 /mnt/data 中：{names}',
    en: 'Too large to keep, only in /mnt/data until Python ends: {names}',
  },
  modules: {
    model: 'Available besides the standard library: {names}. There is no network and no pip.',
    zh: '除标准库外可用：{names}。没有网络，也没有 pip。',
    en: 'Available besides the standard library: {names}. There is no network and no pip.',
  },
  notAllowed: {
    model: 'Not run: the code needs packages that the user does not want to download.',
    zh: '没有运行：代码需要下载软件包，而您没有允许。',
    en: 'Not run: the code needs packages whose download you did not allow.',
  },
  loading: { model: '', zh: '正在启动 Python…', en: 'Starting Python…' },
} satisfies Record<string, { model: string; zh: string; en: string }>;

export type NoteName = keyof typeof NOTES;
export interface Note {
  name: NoteName;
  values?: Record<string, string>;
}

const fill = (text: string, values: Record<string, string> = {}) =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);

export const noteForModel = ({ name, values }: Note): string => fill(NOTES[name].model, values);
export const noteForPeople = ({ name, values }: Note): string =>
  fill(NOTES[name][document.documentElement.lang.startsWith('zh') ? 'zh' : 'en'], values);
