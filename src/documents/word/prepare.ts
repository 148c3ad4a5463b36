// Makes a document readable for mammoth, which ignores equations and text boxes that only newer versions of Word know.
import { equationText } from './equations';
import { elementsOf, escapeXml, prefixOf, replaceElements } from './xml';

const WORD = [
  'http://schemas.openxmlformats.org/wordprocessingml/2006/main',
  'http://purl.oclc.org/ooxml/wordprocessingml/main',
];
const MATH = [
  'http://schemas.openxmlformats.org/officeDocument/2006/math',
  'http://purl.oclc.org/ooxml/officeDocument/math',
];
const COMPATIBILITY = ['http://schemas.openxmlformats.org/markup-compatibility/2006'];

/** The part with equations as runs of text, and every text box once, where mammoth looks for it. */
export function prepareXml(xml: string): string {
  const word = prefixOf(xml, WORD, 'w');
  return withTextBoxes(withEquations(xml, word), word);
}

function withEquations(xml: string, word: string): string {
  const math = prefixOf(xml, MATH, 'm');
  if (!xml.includes(`<${math}:oMath`)) return xml;
  const run = (element: string) =>
    `<${word}:r><${word}:t xml:space="preserve">${escapeXml(equationText(element))}</${word}:t></${word}:r>`;
  const apart = replaceElements(xml, `${math}:oMathPara`, (paragraph) =>
    elementsOf(paragraph, `${math}:oMath`).map(run).join(`<${word}:r><${word}:br/></${word}:r>`),
  );
  return replaceElements(apart, `${math}:oMath`, run);
}

/**
 * A text box stands in the document up to twice, as a drawing and as its fallback for old versions. mammoth reads the
 * fallback; where that has no text, the text of the drawing takes its place.
 */
function withTextBoxes(xml: string, word: string): string {
  const content = `${word}:txbxContent`;
  if (!xml.includes(`<${content}`)) return xml;
  const compatibility = prefixOf(xml, COMPATIBILITY, 'mc');
  const one = replaceElements(xml, `${compatibility}:AlternateContent`, (element) => {
    const choices = elementsOf(element, `${compatibility}:Choice`);
    const choice = choices.find((text) => text.includes(`<${content}`));
    const fallback = elementsOf(element, `${compatibility}:Fallback`).join('');
    if (!choice || fallback.includes(`<${content}`)) return element;
    return inside(choice);
  });
  return replaceElements(one, `${word}:drawing`, (element) => {
    const boxes = elementsOf(element, content);
    return boxes.length > 0 ? `${element}<${word}:pict>${boxes.join('')}</${word}:pict>` : element;
  });
}

const inside = (element: string): string =>
  element.slice(element.indexOf('>') + 1, Math.max(element.lastIndexOf('<'), 0));
