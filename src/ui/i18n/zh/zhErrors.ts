import type { ErrorCode } from '../../../shared/errors';
import { memoryIsHeld, partsWereCounted, tokenWasSent, type ErrorText } from '../en/enErrors';

/** Simplified Chinese texts of errors. */
export const zhCNErrors: Record<ErrorCode, ErrorText> = {
  bug: { what: '应用内部出错了。', next: '请重试。如果再次出现，请刷新页面；对话不会丢失。' },
  'part-missing': {
    what: '应用的一部分无法加载：{host} 没有把 {file} 作为脚本提供。',
    next: '请刷新页面；若再次出现，说明网站配置有误。与您的文件无关。',
  },
  'sandbox-file': {
    what: '无法运行代码：{host} 没有提供 {file}，也就是工具代码所在的沙箱。',
    next: '请重新加载页面；如果再次出现，说明网站的设置有误。不需要代码的回答仍然可用。',
  },
  'sandbox-header': {
    what: '无法运行代码：此浏览器要求 {file} 带有 {header} 标头，而 {host} 没有发送。',
    next: '请重新加载页面：从第二次访问起，应用会自己加上该标头。也可以改用 Chromium 内核的浏览器。',
  },
  'sandbox-silent': {
    what: '无法运行代码：工具代码的沙箱在 {seconds} 秒内没有启动。',
    next: '请重试。如果再次出现，可能是浏览器扩展阻止了此页面中的框架。',
  },
  'python-missing': {
    what: '无法启动 Python：{host} 没有提供 {file}。',
    next: '请检查网络连接，然后重新加载页面。如果再次出现，说明网站缺少应用的一部分。',
  },
  'python-parts': {
    what: '代码需要 {parts}，此应用中没有：需从 {host} 下载 {bytes}。',
    next: '允许下载后再次运行代码，或请模型不用代码回答。',
  },
  'python-start': {
    what: 'Python 没有启动：{why}。',
    next: '请重试。如果再次出现，请关闭其他标签页以释放内存，或重新启动浏览器。',
  },
  'no-webgpu': {
    what: '此浏览器不提供模型所需的 WebGPU。',
    next: '请使用新版 Chrome、Edge、Safari 或 Firefox，并通过 https:// 或 localhost 打开。',
  },
  'no-adapter': {
    what: '浏览器没有找到可用的显卡。',
    next: '请在浏览器设置中开启硬件加速，更新显卡驱动，然后重启浏览器。',
  },
  'limits-too-small': {
    what: '显卡不足以运行此模型：{limit} 为 {available}，需要 {needed}。',
    next: '请选择更小的模型，或换用显卡更强的电脑。',
  },
  'device-lost': {
    what: '与显卡的连接已断开，可能是休眠、驱动更新或显存不足造成的。',
    next: '请重新加载模型，它会从本浏览器的存储中读取。对话不会丢失。',
  },
  'engine-failed': {
    what: '引擎连续停止了 {tries} 次：{why}',
    next: '请关闭其他占用显卡的标签页和程序，选择更小的模型，或刷新页面。对话不会丢失。',
  },
  'engine-missing': {
    what: '尝试 {tries} 次仍无法加载引擎的脚本：{why}',
    next: '请检查网络连接，然后刷新页面。对话不会丢失，由服务器回答的对话在此期间仍可使用。',
  },
  'engine-elsewhere': {
    what: '另一个标签页正在以不同版本的应用运行引擎。',
    next: '请刷新本页和其他标签页，或关闭其他标签页。',
  },
  'out-of-gpu-memory': {
    what: '显卡可用内存不足：模型需要 {neededBytes}。',
    next: '请关闭其他占用显卡的程序和标签页，或选择更小的模型。',
    instead: {
      when: memoryIsHeld,
      what: '显卡可用内存不足：除 {resident} 外还需要 {neededBytes}。',
      next: '请卸载暂时不用的模型，关闭其他占用显卡的程序，或选择更小的模型。',
    },
  },
  'kernel-wrong': {
    what: '此显卡在本浏览器中计算出错：{device}，内核 {kernel}，误差 {difference}，允许 {allowed}。没有同类的正确内核可用。',
    next: '请换用其他浏览器、更新显卡驱动，或改由服务器回答。欢迎反馈：下方按钮可复制报告所需的全部信息。',
    instead: {
      when: ({ refused }) => refused === 'yes',
      what: '浏览器的编译器拒绝了显卡内核：{device}，内核 {kernel}。没有同类的内核可用。',
    },
  },
  'logits-not-finite': {
    what: '回答在 {tokens} 个 token 后停止：模型的输出已不是有效数字。可能是 {device} 计算出错，或模型权重已损坏。',
    next: '已写出的内容会保留。请重新回答；如再次停止，请在性能测试页检查此设备、检查模型文件、换用其他浏览器，或改由服务器回答。',
  },
  'not-gguf': {
    what: '这不是 GGUF 文件（开头为 {found}）。',
    next: '请选择以 .gguf 结尾的文件。若使用地址，请填写文件本身的链接，而不是介绍网页。',
  },
  'gguf-version': {
    what: '此 GGUF 文件的版本为 {version}，暂不支持。',
    next: '请选择 GGUF 第 2 或第 3 版的文件，例如用新版 llama.cpp 生成的文件。',
  },
  'file-truncated': {
    what: '文件不完整：{section} 需要 {neededBytes}，实际只有 {availableBytes}。',
    next: '请重新下载，并与原文件核对大小。',
  },
  'bad-metadata': {
    what: '文件中的模型描述“{key}”有误：{why}。',
    next: '请换一份该模型的文件。',
  },
  'unsupported-architecture': {
    what: '不支持“{architecture}”类模型。',
    next: '请选择以下类别的模型：{supported}。',
  },
  'unsupported-tensor-type': {
    what: '文件中“{tensor}”的格式 {type} 不受支持。',
    next: '请选择以下量化格式的文件：{supported}。',
  },
  'unsupported-tokenizer': {
    what: '不支持此文件的分词器（{model}，{pre}）。',
    next: '请选择带有原版分词器的 GLM-4 模型。',
  },
  'missing-tensor': {
    what: '文件缺少权重“{tensor}”。',
    next: '请换一份该模型的文件；如果是分卷模型，请选中全部分卷。',
  },
  'unknown-tensor': {
    what: '文件中有 {count} 个本应用不使用的权重，例如“{tensor}”：它可能是另一类模型，或被改动过。',
    next: '请换一份该模型的文件。',
  },
  'wrong-shape': {
    what: '权重“{tensor}”的形状是 {found}，应为 {expected}。',
    next: '请换一份该模型的文件。',
  },
  'bad-values': {
    what: '权重“{tensor}”中含有无效数值。',
    next: '文件已损坏：请重新下载，或换一份文件。',
  },
  'split-incomplete': {
    what: '分卷模型缺少分卷：共 {count} 个，缺第 {missing} 个。',
    next: '请一次选中全部 {count} 个分卷。',
  },
  'not-found': { what: '{url} 没有文件（404）。', next: '请检查地址，或打开本机上的文件。' },
  'access-denied': {
    what: '没有权限获取 {url}（{status}）。',
    next: '请在“来源”处填写您账号的访问令牌，或下载文件后从本机打开。',
    instead: { when: tokenWasSent, next: '该令牌无权访问：请用同一账号在模型页面接受条款，或检查令牌。' },
  },
  'http-error': {
    what: '获取 {url} 时，主机返回状态 {status}。',
    next: '请稍后重试，或下载文件后从本机打开。',
  },
  'no-range-support': {
    what: '主机只能整体发送 {url}，无法分段读取。',
    next: '请下载文件后从本机打开，或换用其他主机。',
  },
  network: {
    what: '无法连接 {url} 所在的主机，或该主机不允许本页读取文件（CORS）。',
    next: '请检查网络后重试，或下载文件后从本机打开。',
  },
  'connection-lost': {
    what: '从 {url} 读取时连接中断：已收到 {receivedBytes}，共 {totalBytes}。',
    next: '请检查网络后重试。',
  },
  'source-changed': { what: '读取过程中，{url} 的文件发生了变化。', next: '请重试，将从头读取新版本。' },
  'file-unreadable': {
    what: '无法继续读取文件“{name}”：它被移动、修改或锁定，或所在磁盘已拔出。',
    next: '请接上磁盘或放回文件后重试，或重新打开该文件。',
  },
  'file-permission': {
    what: '浏览器未获准读取“{name}”。',
    next: '请重试并选择“允许”。文件和这里保存的内容都没有改动。',
  },
  'file-changed': {
    what: '“{name}”已不是首次打开时的文件：它被修改或替换了。新旧内容没有混用。',
    next: '可以按现在的内容重新读取，或放回原来的文件。',
  },
  'storage-quota': {
    what: '浏览器存储空间不足：需要 {neededBytes}，可用 {availableBytes}。',
    next: '请删除不再使用的模型或清理磁盘，然后重试。',
  },
  'storage-unavailable': {
    what: '浏览器不允许本页保存数据，可能是因为使用了无痕窗口。',
    next: '关闭标签页后，对话和模型都会丢失。请使用普通窗口以便保存。',
  },
  'storage-blocked': {
    what: '另一个标签页正以本页的旧版本占用您的对话。',
    next: '关闭或刷新本页的其他标签页，您的对话就会出现。',
  },
  'storage-outdated': {
    what: '本页的新版本已在另一个标签页中打开；此标签页无法再保存对话。',
    next: '请刷新此标签页。尚未保存的内容会一并带过去。',
  },
  'chat-deleted': {
    what: '此对话已在另一个标签页中删除，此处之后写入的内容也随之删除。',
    next: '可在另一个标签页中撤销删除，或开始新对话。',
  },
  'import-too-large': {
    what: '{name} 太大，无法导入：{sizeBytes}，上限为 {maxBytes}。没有导入任何内容。',
    next: '每次少导出一些对话，或拆分文件。',
  },
  'import-unknown': {
    what: '{name} 中没有本页能识别的对话。没有导入任何内容。',
    next: '请选择本页导出的 JSON，或 ChatGPT 导出的 .zip 或 conversations.json。',
  },
  'import-damaged': {
    what: '{name} 已损坏，或不是预期的格式，没有导入任何内容。（{where}: {why}）',
    next: '重新导出这些对话，或改正文件中的这一处。',
    instead: {
      when: ({ whole }) => whole === 'yes', // the English place and reason say no more
      what: '{name} 是空文件、已损坏或不完整，没有导入任何内容。',
      next: '重新导出这些对话，或选择该文件的另一份副本。',
    },
  },
  'import-version': {
    what: '{name} 由本页的新版本导出（格式 {found}，当前最多支持 {supported}）。没有导入任何内容。',
    next: '刷新页面以获得最新版本，然后再次导入。',
  },
  'cache-damaged': {
    what: '已保存的模型副本损坏（第 {shard} 部分）。',
    next: '请在“模型”中删除它，再从文件或地址重新加载。',
    instead: {
      when: partsWereCounted,
      what: '已保存的 {parts} 个部分中有 {damaged} 个损坏，目前无法重新获取：来源未知或无法访问。',
      next: '请联网后重新加载（只会获取这些部分），或重新选择模型文件，或删除该模型。',
    },
  },
  'context-full': {
    what: '对话太长了：{promptTokens} 个 token，而模型最多容纳 {contextTokens} 个。',
    next: '请新建对话，或缩短消息或系统提示词。',
  },
  'model-in-use': {
    what: '另一个标签页正在使用或导入此模型。',
    next: '请关闭那个标签页或等它完成，然后重试。',
  },
  'no-model': { what: '尚未加载模型。', next: '请先选择一个模型。' },
  'picture-unreadable': {
    what: '有一张图片无法交给模型：{why}。',
    next: '请另存为 PNG 或 JPEG，或缩小后重试。',
  },
  'no-eyes': {
    what: '{model} 可以看图，但缺少视觉部分的文件（mmproj）。',
    next: '请为模型添加该文件，或去掉图片。',
  },
  'eyes-alone': {
    what: '{name} 只包含模型的视觉部分。',
    next: '请与所属的模型一起打开。',
  },
  'eyes-unfit': {
    what: '视觉文件 {eyes} 与 {model} 不匹配：{why}。',
    next: '请使用同一模型的 mmproj 文件。',
  },
  'text-only': {
    what: '当前模型只能读文字，而对话中有它读不了的内容（{part}）。',
    next: '请去掉这项内容，或换一个模型。',
  },
  busy: { what: '模型还在处理另一个回答。', next: '请等它完成或将其停止，然后重试。' },
  'bad-request': {
    what: '设置“{field}”无效：{why}。',
    next: '请打开设置修改该值，或恢复推荐值。',
  },
  'bad-safetensors': {
    what: '{name} 不是可用的 safetensors 文件：{why}。',
    next: '请重新下载，或换一份文件。',
  },
  'missing-file': {
    what: '这个模型还缺少文件 {name}。',
    next: '请把仓库里的文件一起提供，例如选择整个文件夹。',
  },
  'bad-schema': {
    what: '无法使用该 JSON Schema，位置“{where}”：{why}。',
    next: '请修改 schema 的这一处。',
  },
  'bad-config': {
    what: '无法使用 {name}：{why}。',
    next: '请从模型的原始仓库获取该文件。',
  },
  'no-model-file': {
    what: '“{name}”里没有模型文件。',
    next: '请选择 .gguf 或 .glmpack 文件，或包含 .safetensors 文件的文件夹。',
  },
  'not-a-file': {
    what: '{url} 返回的不是文件，而是一个网页：可能是介绍文件的页面、登录页，或所在网络（酒店、咖啡馆）要求先登录。已下载的部分都还在。',
    next: '请先在另一个标签页登录网络，或检查地址，然后重试。',
  },
  'size-mismatch': {
    what: '{url} 的大小是 {found}，与公布的 {expected} 不符：可能是另一个文件，或损坏的副本。尚未下载任何内容。',
    next: '请换一个来源或镜像。',
  },
  'hash-mismatch': {
    what: '{url} 已完整下载，但内容与公布的不一致（SHA-256 为 {found}，应为 {expected}）。文件已删除，没有使用。',
    next: '请重新下载，或换一个来源或镜像。',
  },
  'bad-address': {
    what: '无法识别地址“{address}”。',
    next: '请填写 .gguf 文件链接、Hugging Face 或 ModelScope 页面、“作者/仓库”，或以 https:// 开头的镜像地址。',
  },
  'bad-listing': {
    what: '来源没有返回文件列表（{url}）。',
    next: '请换一个来源，或直接填写模型文件的链接。',
  },
  'not-on-hub': {
    what: '{hub} 上没有 {model} 的 {variant} 格式。',
    next: '请换一个来源或其他格式。',
  },
  'pack-version': {
    what: '{name} 由本应用的其他版本导出（版本 {found}，当前可读 {supported}）。',
    next: '请用当前版本重新导出，或从原始来源加载模型。',
  },
  'pack-damaged': {
    what: '{name} 的第 {part} 部分已损坏：导出后被改动，或复制时出错。之前读入的部分仍然保留。',
    next: '请重新复制或重新导出。',
  },
  'pack-invalid': {
    what: '{name} 不是可用的模型导出文件：{key} {why}。',
    next: '请在原设备上重新导出，或从原始来源加载模型。',
  },
  'pin-mismatch': {
    what: '{url} 不是本应用所知的文件：SHA-256 为 {found}，应为 {expected}。尚未下载任何内容。',
    next: '请换一个来源或镜像。如果您信任此文件，可在“模型地址”中填写它的地址，它会作为您自己的模型保存。',
  },
  'model-outdated': {
    what: '{name} 由本应用的旧版本存储，无法直接使用。',
    next: '请从模型库或文件中重新选择并导入；删除可释放空间。',
  },
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
};
