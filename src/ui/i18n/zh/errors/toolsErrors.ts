// Chinese texts of errors of documents, agents, tools and servers.
import type { ErrorCode } from '../../../../shared/errors';
import { tokenWasSent, type ErrorText } from '../../en/errors/errorText';

export const toolsErrors = {
  'document-type': {
    what: '{name} 不是文本、PDF 或 Word 文档（.{type}）。',
    next: '请另存为 PDF、文本、CSV 或 .docx 后再添加。',
  },
  'document-empty': { what: '{name} 里没有文字。', next: '请选择其他文件。' },
  'document-scanned': {
    what: '{name} 是扫描件：{pages} 页都是图片，几乎没有文字。',
    next: '请先做文字识别（OCR），再添加识别结果。',
  },
  'document-locked': {
    what: '{name} 有密码保护。',
    next: '请打开它，另存一份不带密码的副本再添加。',
  },
  'document-damaged': {
    what: '{name} 已损坏，或与扩展名不符。',
    next: '请用原来的程序打开并重新保存。',
  },
  'document-too-big': {
    what: '{name} 有 {bytes}，最多可读取 {maxBytes}。',
    next: '请只添加需要的部分。',
  },
  'document-too-long': {
    what: '{name} 有 {chars} 个字符，最多可读取 {maxChars} 个。',
    next: '请只添加需要的部分。',
  },
  'agent-unknown': {
    what: '{name} 不是导出的智能体。',
    next: '请选择 .glmagent 文件。',
  },
  'agent-damaged': {
    what: '{name} 已损坏，没有导入任何内容。（{where}：{why}）',
    next: '请重新获取该文件，或重新导出该智能体。',
  },
  'agent-version': {
    what: '{name} 由本页的新版本导出（格式 {found}，当前最多支持 {supported}）。',
    next: '刷新页面以获得最新版本，然后再次导入。',
  },
  'agent-too-large': {
    what: '{name} 解压后至少有 {bytes}，最多可读取 {maxBytes}。',
    next: '请减少文件后重新导出该智能体。',
  },
  'agent-empty': {
    what: '{name} 中的智能体没有知识文件。',
    next: '请选择带有知识文件的智能体，或为它添加文件。',
  },
  'bad-functions': {
    what: '{name} 不是函数文件：在 {where} 处：{why}。',
    next: '请选择一个函数 JSON 文件：每个函数有 name、description、parameters（JSON Schema）和 js（代码）。',
  },
  'bad-openapi': {
    what: '{name} 不能作为 OpenAPI 文档使用：{where} 处：{why}。',
    next: '请选择 JSON 或 YAML 格式的 OpenAPI 3.0 或 3.1 文档。',
  },
  'mcp-failed': {
    what: '无法使用 {url} 的 MCP 服务器：{why}',
    next: '请检查地址（通常以 /mcp 结尾），并确认服务器支持 streamable HTTP。',
  },
  'mcp-headers': {
    what: '{url} 的 MCP 服务器有回应，但没有让网页看到 Mcp-Session-Id 标头。',
    next: '请在服务器上设置：Access-Control-Allow-Origin: {origin}，以及 Access-Control-Expose-Headers: Mcp-Session-Id, WWW-Authenticate。',
  },
  'mcp-key': {
    what: '{url} 的 MCP 服务器需要密钥或登录。',
    next: '请输入密钥，或登录。',
  },
  'sign-in': {
    what: '在 {host} 的登录没有成功：{why}',
    next: '请重试，或改用密钥：有些服务器不允许网页登录。',
  },
  'bad-memory': {
    what: '{name} 中没有记忆。',
    next: '请选择本应用导出的文件：记忆文件，或全部对话的文件。',
  },
  'bad-prompts': {
    what: '{name} 不是提示词库。',
    next: '请选择本应用导出的 JSON 文件：一个列表，每项有标题和内容。',
  },
  'server-address': {
    what: '“{address}”不是服务器地址。',
    next: '请填写基础地址，例如 http://localhost:8000/v1 或 https://example.org/v1。',
  },
  'server-insecure': {
    what: '{url} 是另一台计算机，且未加密（http），浏览器不允许页面访问。',
    next: '请让服务器使用 https，或把它的端口转发到本机（ssh -L），再使用 http://localhost。',
  },
  'server-unreachable': {
    what: '{url} 没有响应。',
    next: '请确认服务器正在运行，地址和端口无误。若在容器中或另一台计算机上，它须监听外部地址（--host 0.0.0.0），或转发其端口。',
    instead: {
      when: ({ mixed }) => mixed === 'yes',
      what: '{url} 没有响应，或浏览器不允许 https 页面访问 http 地址。',
      next: '请确认服务器正在运行，地址和端口无误。若无误，请使用 Chrome、Edge 或 Firefox，它们允许 https 页面访问 http://localhost（Safari 不允许），或让服务器使用 https。',
    },
  },
  'server-refused': {
    what: '{url} 有服务器响应，但不允许本页面读取（CORS），或转到了别处。',
    next: '服务器须发送“Access-Control-Allow-Origin: {origin}”，并允许请求头 authorization 和 content-type：\nvLLM  --allowed-origins \'["{origin}"]\'\nllama.cpp  --cors-origins {origin}\nOllama  OLLAMA_ORIGINS={origin}\nSGLang 允许所有页面：如果运行的是它，则是前面的代理拒绝了。',
  },
  'server-blocked': {
    what: '浏览器不允许本页面访问 {url}：未获得访问本地网络的权限。',
    next: '请在地址栏左侧打开网站设置，允许“本地网络访问”或“设备上的应用”，然后重试。',
  },
  'server-key': {
    what: '{url} 需要密钥（{status}）。',
    next: '请在设置中填写该服务器的 API 密钥。',
    instead: {
      when: tokenWasSent,
      what: '{url} 拒绝了密钥（{status}）。',
      next: '请在设置中检查密钥：可能有误、已过期，或无权使用此模型。',
    },
  },
  'server-not-openai': {
    what: '{url} 有响应，但不是 OpenAI 对话接口。',
    next: '请在设置中检查基础地址，它通常以 /v1 结尾。',
  },
  'server-error': {
    what: '服务器无法回答（{url}）：{why}',
    next: '已写出的内容已保留。请重试、换用其他模型，或查看服务器日志。',
  },
  'server-cut': {
    what: '收到 {tokens} 个 token 后，与服务器的连接中断（{url}）。',
    next: '已写出的内容已保留。请检查网络后重试。',
  },
  'server-gone': {
    what: '本对话使用的服务器“{name}”已不在设置中。',
    next: '请在设置中重新添加它，或改由本机回答本对话。',
  },
} satisfies Partial<Record<ErrorCode, ErrorText>>;
