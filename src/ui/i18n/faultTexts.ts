// What is wrong with an answer, a schema, a function, an OpenAPI document or an MCP server, in Chinese: the code that finds it
// speaks English. A sentence that is not known, such as a server's own, stays as it is.
import type { Language } from './format';

const ANY = '([^]+?)';
const TYPES: Record<string, string> = {
  array: '数组',
  boolean: '布尔值',
  integer: '整数',
  null: '空值',
  number: '数字',
  object: '对象',
  string: '字符串',
  nothing: '空',
  'a list': '列表',
  'a boolean': '布尔值',
  'a number': '数字',
  'a object': '对象',
  'a string': '文本',
};

/** English with * for what varies, Chinese with $1, $2 in its place. The validator's sentences, the grammar's, and
 * those of src/tools. */
const SENTENCES: [string, string][] = [
  ['Instance type "*" is invalid. Expected "*".', '类型应为 $2，而不是 $1。'],
  ['Instance does not match any of *.', '应为 $1 中的一个。'],
  ['Instance does not match *.', '应为 $1。'],
  ['Instance does not have required property "*".', '缺少必需的属性 “$1”。'],
  [
    'Instance does not match exactly one subschema (* matches).',
    '应恰好符合其中一个子 Schema，现符合 $1 个。',
  ],
  ['Instance does not match any subschemas.', '不符合任何一个子 Schema。'],
  ['Instance matched "not" schema.', '符合了 “not” 所排除的 Schema。'],
  ['Instance does not have at least * properties.', '属性数量不符合要求（$1）。'],
  ['Property "*" does not match additional properties schema.', '不允许属性 “$1”，或它不符合要求。'],
  ['Property name "*" does not match schema.', '属性名 “$1” 不符合要求。'],
  ['Property "*" does not match schema.', '属性 “$1” 不符合要求。'],
  ['Instance has "*" but does not have "*".', '有属性 “$1”，却没有 “$2”。'],
  ['Array has too many items (* > *).', '数组元素过多：$1 个，最多 $2 个。'],
  ['Array has too few items (* < *).', '数组元素过少：$1 个，至少 $2 个。'],
  ['Items did not match schema.', '数组元素不符合要求。'],
  ['Array does not contain item matching schema.', '数组中没有符合要求的元素。'],
  ['Duplicate items at indexes * and *.', '第 $1 个与第 $2 个元素重复（从 0 数起）。'],
  ['* is less than or equal to *.', '$1 应大于 $2。'],
  ['* is less than *.', '$1 小于 $2。'],
  ['* is greater than or equal to *.', '$1 应小于 $2。'],
  ['* is greater than *.', '$1 大于 $2。'],
  ['* is not a multiple of *.', '$1 不是 $2 的倍数。'],
  ['String is too short (* < *).', '字符串过短：$1 个字符，至少 $2 个。'],
  ['String is too long (* > *).', '字符串过长：$1 个字符，最多 $2 个。'],
  ['String does not match pattern.', '字符串与正则表达式不匹配。'],
  ['String does not match format "*".', '字符串不符合格式 “$1”。'],
  ['False boolean schema.', '此处不允许有值。'],
  ['Unexpected end of JSON input', 'JSON 不完整'],
  ['Unterminated string in JSON at position *', 'JSON 中的字符串没有结束（位置 $1）'],
  ['neither an object nor true or false', '应为对象、true 或 false'],
  ['no value satisfies it', '没有任何值符合它'],
  ['no options', '没有选项'],
  ['* options, at most *', '$1 个选项，最多 $2 个'],
  ['unknown type *', '未知类型 $1'],
  ['the pattern * is not supported', '不支持正则表达式 $1'],
  ['the grammar was refused (*)', '语法有误（$1）'],
  ['* bytes, at most *', '$1 字节，最多 $2 字节'],
  ['nested deeper than * levels', '嵌套超过 $1 层'],
  ['* values in enum, at most *', 'enum 有 $1 个值，最多 $2 个'],
  ['* properties, at most *', '$1 个属性，最多 $2 个'],
  ['reference * leads outside the schema', '引用 $1 指向 Schema 之外'],
  ['reference * leads nowhere', '引用 $1 没有目标'],
  ['reference * names itself', '引用 $1 指向自身'],
  // src/tools/functions, src/tools/http
  [
    'an object with name, description, parameters and js or http was expected',
    '应为含 name、description、parameters 以及 js 或 http 的对象',
  ],
  ['1 to 64 letters, digits, _ and - were expected', '应为 1 至 64 个字母、数字、_ 或 -'],
  ['1 to * functions were expected', '应有 1 至 $1 个函数'],
  ['* is a tool of the app', '$1 是本应用自带的工具'],
  ['two functions have the name *', '有两个函数同名：$1'],
  ['a JSON schema of an object was expected', '应为 object 的 JSON Schema'],
  ['JavaScript as a text was expected', '应为 JavaScript 代码（文本）'],
  ['more than * characters', '超过 $1 个字符'],
  ['more than * operations', '超过 $1 个操作'],
  ['an object with method and url was expected', '应为含 method 和 url 的对象'],
  ['an object of texts was expected', '应为由文本组成的对象'],
  ['an object was expected', '应为对象'],
  ['a text of one line was expected', '应为单行文本'],
  ['a text was expected', '应为文本'],
  ['in: one of * was expected', 'in 应为 $1 之一'],
  ['one of * was expected', '应为 $1 之一'],
  ['{*} is none of the parameters', '{$1} 不在参数之中'],
  ['this header cannot be set', '不能设置这个请求头'],
  [
    'an address https://host/… was expected, whose host has no placeholder',
    '应为 https://host/… 形式的地址，且主机名中没有占位符',
  ],
  ['the address must begin with https://, or http://localhost', '地址应以 https:// 或 http://localhost 开头'],
  ['an address was expected', '应为地址'],
  // src/tools/openapi
  ['neither JSON nor YAML', '既不是 JSON，也不是 YAML'],
  ['an OpenAPI document was expected', '应为 OpenAPI 文档'],
  ['3.0 or 3.1 was expected, not *', '应为 3.0 或 3.1，而不是 $1'],
  ['no operation was found', '没有找到任何操作'],
  ['* characters, at most * are read', '共 $1 个字符，最多读取 $2 个'],
  ["the path's {*} is no parameter", '路径中的 {$1} 不是参数'],
  ['it is at another address: *', '它在另一个地址：$1'],
  ['a reference leads out of the document', '有引用指向文档之外'],
  ['it needs a cookie, which pages cannot set', '需要 Cookie，而网页无法设置'],
  ['its body is of no known type', '请求体的类型未知'],
  ['its body is *', '请求体的类型为 $1'],
  ['its security scheme cannot be used from a page', '网页无法使用它的鉴权方式'],
  // src/model/eyes, src/library/eyes.ts, src/store/chats/pictures
  ['this program runs outside a browser, which would decode it', '本程序不在浏览器中运行，无法解码'],
  ['the browser cannot decode this *', '浏览器无法解码这个文件（$1）'],
  ['it is * pixels, more than * in all', '图片为 $1 像素，总数超过 $2'],
  ['it is * pixels, more than * times as long as wide', '图片为 $1 像素，长宽之比超过 $2'],
  ['the browser has no canvas in workers', '浏览器的 Worker 中没有画布'],
  ['rows of * for a model of *', '每行 $1 个数，模型需要 $2 个'],
  ['it is a model, not the eyes of one', '它是模型，不是模型的视觉文件'],
  ['this browser cannot draw *', '此浏览器无法显示 $1'],
  // src/network/mcp
  ['it names *, which is not asked', '它指向 $1，不会访问'],
  ['* sends on to another address; enter that one', '$1 转到另一个地址，请直接填写那个地址'],
  ['its sign-in cannot be reached from a web page (CORS)', '网页无法访问它的登录服务（CORS）'],
  // src/agents, src/knowledge
  ['the zip', 'zip 文件'],
  ['the PNG', 'PNG 图片'],
  ['it is cut or changed', '文件不完整或被改动'],
  ['its list of parts cannot be true', '文件目录有误'],
  ['its bytes have changed', '内容被改动'],
  ['it holds no chunks', '其中没有文本片段'],
  ['no valid JSON', '不是有效的 JSON'],
  ['it is missing', '缺失'],
  ['it is cut', '不完整'],
  ['it is empty', '为空'],
  ['a number was expected', '应为数字'],
  ['numbers were expected', '应为数字'],
  ['a list was expected', '应为列表'],
  ['a list of texts was expected', '应为文本列表'],
  ['a name was expected', '应有名称'],
  ['a name and a kind were expected', '应有名称和类型'],
  ['file, page, title and text were expected', '应有 file、page、title 和 text'],
  ['vectors of the chunks were expected', '应为各片段的向量'],
  ['base64 of UTF-8 was expected', '应为 UTF-8 文本的 base64'],
  ['* characters, at most *', '$1 个字符，最多 $2 个'],
  [
    'for each starter one time HH:MM, with days from 1 to 7, was expected',
    '每个开场问题应有一个时间 HH:MM，星期为 1 至 7',
  ],
  ['* starters, at most *', '$1 个开场问题，最多 $2 个'],
  ['* tools, at most *', '$1 个工具，最多 $2 个'],
  ['a name has 1 to 64 letters, digits, _ and -', '名称应为 1 至 64 个字母、数字、_ 或 -'],
  ['* is not between * and *', '$1 不在 $2 与 $3 之间'],
  ['one emoji or a picture was expected', '应为一个表情符号或一张图片'],
  ['a PNG, JPEG or WebP picture was expected', '应为 PNG、JPEG 或 WebP 图片'],
  // src/store/chats/transfer
  ['no id', '缺少 id'],
  ['it has two parents', '有两个上级消息'],
  ['no reason we know', '未知的原因'],
  ['no ending we know', '未知的结束方式'],
  ['no state of a call we know', '未知的调用状态'],
  ['no kind of part we know', '未知的内容类型'],
  ['no base64', '不是 base64'],
  ['no chat of version 1', '不是版本 1 的对话'],
  ['user or assistant was expected', '应为 user 或 assistant'],
  ['1 to 10 was expected', '应为 1 至 10'],
  ['two messages have the id *', '有两条消息的 id 同为 $1'],
  ['two chats have the id *', '有两个对话的 id 同为 $1'],
  ['the message * follows itself', '消息 $1 接在自己之后'],
  ['the message * that * follows is missing', '消息 $2 的上一条消息 $1 缺失'],
  ['only text, tables, images, files and citations were expected', '只应有文本、表格、图片、文件和引用'],
  ['an object was expected, found *', '应为对象，而不是 $1'],
  ['a list was expected, found *', '应为列表，而不是 $1'],
  ['text was expected, found *', '应为文本，而不是 $1'],
  ['a number was expected, found *', '应为数字，而不是 $1'],
  ['* entries, the limit is *', '$1 项，最多 $2 项'],
  ['* messages, the limit is *', '$1 条消息，最多 $2 条'],
  ['the JSON is broken or cut', 'JSON 有误或不完整'],
  ['the JSON is broken or cut (*)', 'JSON 有误或不完整（$1）'],
  ['line *', '第 $1 行'],
  ['character *', '第 $1 个字符'],
  ['its text', '正文'],
  ['its end', '末尾'],
  // What browsers say of JSON: Chromium's, Firefox's, Safari's
  ['Expected * in JSON at position * (*)', 'JSON 有误（位置 $2）'],
  ['Expected * in JSON at position *', 'JSON 有误（位置 $2）'],
  ['Unexpected non-whitespace character after JSON at position *', 'JSON 之后有多余的字符（位置 $1）'],
  ['Unexpected token *', 'JSON 有误（$1）'],
  ['JSON.parse: *', 'JSON 有误（$1）'],
  ['JSON Parse error: *', 'JSON 有误（$1）'],
  ['the start', '开头'],
  ['the start*', '开头$1'],
];

const PATTERNS = SENTENCES.map(([english, chinese]) => {
  const parts = english.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return [new RegExp(`^${parts.join(ANY)}$`), chinese] as const;
});

/** The reason in the page's language. */
export function faultText(why: string, language: Language): string {
  if (language === 'en') return why;
  for (const [pattern, chinese] of PATTERNS) {
    const found = pattern.exec(why);
    if (found)
      return chinese.replace(
        /\$(\d)/g,
        (_, at: string) =>
        found[Number(at)].split('", "').map((word) => TYPES[word] ?? word).join('或'), // prettier-ignore
      );
  }
  return why;
}
