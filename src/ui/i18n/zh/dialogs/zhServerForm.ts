import type { enServerForm } from '../../en/dialogs/enServerForm';

/** Simplified Chinese texts about servers in the settings. */
export const zhCNServerForm: Record<keyof typeof enServerForm, string> = {
  'servers.title': '服务器',
  'servers.what':
    '本机能力不足时，可让支持 OpenAI 对话接口的服务器回答某个对话：vLLM、SGLang、llama.cpp、BigModel。默认关闭，仅对您选择的对话生效。',
  'servers.answeredBy': '本对话由谁回答',
  'servers.here': '本机',
  'servers.hereHint': '本对话的任何内容都不会离开本设备。',
  'servers.gone': '{name}（已移除）',
  'servers.list': '您的服务器',
  'servers.models': '{host} · {count} 个模型',
  'servers.add': '添加服务器',
  'servers.edit': '修改 {name}',
  'servers.delete': '移除 {name}',
  'servers.address': '基础地址',
  'servers.addressHint': '通常以 /v1 结尾。本机可用 http://localhost，其他机器须用 https。',
  'servers.key': 'API 密钥',
  'servers.keyHint': '只保存在此浏览器中，也只发送到这个地址。没有密钥则留空。',
  'servers.keyKept': '留空则沿用已存的密钥',
  'servers.name': '名称',
  'servers.namePlaceholder': '例如：工作站',
  'servers.modelIds': '模型',
  'servers.modelIdsHint': '仅在服务器不提供列表时填写：服务器所用的模型名，以逗号分隔。',
  'servers.test': '测试连接',
  'servers.testing': '正在询问服务器',
  'servers.connected': '已连接。模型：{models}',
  'servers.noModels': '已连接，但服务器没有列出模型，请在上方填写。',
  'servers.save': '保存',
  'servers.cancel': '取消',
};
