// Word's equations (Office Math, ECMA-376 part 1, section 22.1) as a line of readable text: E=mc^2, (a+b)/2, √(x).
import { unescapeXml } from './xml';

interface MathNode {
  /** Local name; '' for text. */
  name: string;
  attributes: string;
  text: string;
  children: MathNode[];
}

const TAG = /<(\/?)([\w.-]+:)?([\w.-]+)([^>]*?)(\/?)>|([^<]+)/g;
const MAX_DEPTH = 200;

/** The text of one m:oMath element. */
export function equationText(xml: string): string {
  return textOf(parse(xml)).replace(/\s+/g, ' ').trim();
}

function parse(xml: string): MathNode {
  const root: MathNode = { name: 'oMath', attributes: '', text: '', children: [] };
  const open = [root];
  for (const [, closes, , name, attributes, isEmpty, text] of xml.matchAll(TAG)) {
    const parent = open.at(-1) ?? root;
    if (text !== undefined) {
      parent.children.push({ name: '', attributes: '', text: unescapeXml(text), children: [] });
    } else if (closes) {
      if (open.length > 1) open.pop();
    } else {
      const node: MathNode = { name, attributes, text: '', children: [] };
      parent.children.push(node);
      if (!isEmpty && open.length < MAX_DEPTH) open.push(node);
    }
  }
  return root;
}

const child = (node: MathNode, name: string): MathNode | undefined =>
  node.children.find((one) => one.name === name);
const part = (node: MathNode, name: string): string => {
  const found = child(node, name);
  return found ? joined(found) : '';
};
const joined = (node: MathNode): string => node.children.map(textOf).join('');
const valueOf = (node: MathNode | undefined): string | undefined =>
  node && unescapeXml(/\bval\s*=\s*["']([^"']*)["']/.exec(node.attributes)?.[1] ?? '');

/** A property such as the sign of a sum, from m:naryPr, m:dPr …; undefined without one. */
function property(node: MathNode, name: string): string | undefined {
  const properties = node.children.find((one) => one.name === `${node.name}Pr`);
  return properties && valueOf(child(properties, name));
}

/** In brackets unless it is one letter or one number. */
function grouped(text: string): string {
  return /^(?:[\p{L}\p{S}]|[\d.]+|\(.*\)|)$/u.test(text) && !/^\(.*\).*\(.*\)$/.test(text)
    ? text
    : `(${text})`;
}

const script = (sign: '^' | '_', text: string): string => (text ? sign + grouped(text) : '');

function textOf(node: MathNode): string {
  switch (node.name) {
    case '':
      return '';
    case 't':
      return node.children.map(({ text }) => text).join('');
    case 'sSup':
      return part(node, 'e') + script('^', part(node, 'sup'));
    case 'sSub':
      return part(node, 'e') + script('_', part(node, 'sub'));
    case 'sSubSup':
      return part(node, 'e') + script('_', part(node, 'sub')) + script('^', part(node, 'sup'));
    case 'sPre':
      return script('_', part(node, 'sub')) + script('^', part(node, 'sup')) + part(node, 'e');
    case 'f': {
      const [above, below] = [part(node, 'num'), part(node, 'den')];
      if (property(node, 'type') === 'noBar') return `(${above} over ${below})`;
      return `${grouped(above)}/${grouped(below)}`;
    }
    case 'rad': {
      const degree = part(node, 'deg');
      return degree ? `root(${degree}, ${part(node, 'e')})` : `√(${part(node, 'e')})`;
    }
    case 'nary': {
      const sign = property(node, 'chr') ?? '∫';
      return `${sign}${script('_', part(node, 'sub'))}${script('^', part(node, 'sup'))} ${part(node, 'e')}`;
    }
    case 'd': {
      const [begin, end] = [property(node, 'begChr') ?? '(', property(node, 'endChr') ?? ')'];
      const inside = node.children.filter(({ name }) => name === 'e').map(joined);
      return begin + inside.join(property(node, 'sepChr') ?? '|') + end;
    }
    case 'func':
      return `${part(node, 'fName')} ${part(node, 'e')}`;
    case 'limLow':
      return part(node, 'e') + script('_', part(node, 'lim'));
    case 'limUpp':
      return part(node, 'e') + script('^', part(node, 'lim'));
    case 'acc':
      return part(node, 'e') + (property(node, 'chr') ?? '\u0302');
    case 'm':
      return `[${rowsOf(node, 'mr').join('; ')}]`;
    case 'eqArr':
      return node.children.filter(({ name }) => name === 'e').map(joined).join('; '); // prettier-ignore
    default:
      return /Pr$/.test(node.name) ? '' : joined(node);
  }
}

function rowsOf(node: MathNode, name: string): string[] {
  const rows = node.children.filter((one) => one.name === name);
  return rows.map((row) => row.children.filter((cell) => cell.name === 'e').map(joined).join(', ')); // prettier-ignore
}
