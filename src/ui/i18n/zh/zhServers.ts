import type { enServers } from '../en/enServers';

export const zhServers: Record<keyof typeof enServers, string> = {
  'servers.awayHint': '本对话会离开本设备：消息、文档和系统提示词将发送到 {host}。',
  'servers.awayHintLocal': '本对话会离开本标签页：消息、文档和系统提示词将发送到本机上的程序 {host}。',
  'servers.mark': '由 {host} 上的 {model} 回答，不在本标签页中。更改',
  'servers.note': '本对话会离开您的设备：发送的内容将传到 {host}。',
  'servers.noteLocal': '本对话会离开本标签页：发送的内容将传到本机的 {host}。',
  'servers.from': '来自 {host}',
  'servers.fromLabel': '由服务器 {host} 上的 {model} 写成',
  'servers.asking': '正在等待 {host}',
  'servers.cannotContinue': '此服务器无法从中途续写，请重新回答。',
};
