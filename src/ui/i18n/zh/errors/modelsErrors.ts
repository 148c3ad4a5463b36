// Chinese texts of errors of model files and where they come from.
import type { ErrorCode } from '../../../../shared/errors';
import { tokenWasSent, type ErrorText } from '../../en/errors/errorText';

export const modelsErrors = {
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
} satisfies Partial<Record<ErrorCode, ErrorText>>;
