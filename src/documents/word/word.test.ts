import { strToU8, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { failureOf } from '../../weights/testKit';
import { equationText } from './equations';
import { readWord } from './readWord';

const NAMESPACES =
  'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" ' +
  'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" ' +
  'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml" ' +
  'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" ' +
  'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" ' +
  'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const run = (text: string) => `<w:r><w:t xml:space="preserve">${text}</w:t></w:r>`;
const paragraph = (...inside: string[]) => `<w:p>${inside.join('')}</w:p>`;
const math = (text: string) => `<m:r><m:t>${text}</m:t></m:r>`;
const part = (name: string, inside: string) => `<m:${name}>${inside}</m:${name}>`;
const sum = part('naryPr', '<m:chr m:val="∑"/>') + part('sub', math('i=1')) + part('sup', math('n'));

function docx(body: string, { main = 'word/document.xml', more = {} as Record<string, Uint8Array> } = {}) {
  const text = `<?xml version="1.0"?><w:document ${NAMESPACES}><w:body>${body}<w:sectPr/></w:body></w:document>`;
  const type = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml';
  return zipSync({
    '[Content_Types].xml': strToU8(
      `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
        `<Default Extension="xml" ContentType="application/xml"/><Override PartName="/${main}" ContentType="${type}"/></Types>`,
    ),
    '_rels/.rels': strToU8(
      `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
        `<Relationship Id="r" Type="${RELATIONS}/officeDocument" Target="${main}"/></Relationships>`,
    ),
    [main]: strToU8(text),
    ...more,
  });
}
const textOf = async (body: string, options = {}) => (await readWord(docx(body, options), 'a.docx')).text;

test('the main part is found by its relationship', async () => {
  const body = paragraph(run('Saved by the web editor.'));
  for (const main of ['word/document2.xml', 'word/document.xml', 'text/main.xml'])
    expect(await textOf(body, { main })).toBe('Saved by the web editor.');
});

describe('equations are readable text', () => {
  test('within a sentence and on a line of their own', async () => {
    const square = part('oMath', math('E=m') + part('sSup', part('e', math('c')) + part('sup', math('2'))));
    const half = part('oMath', part('f', part('num', math('a+b')) + part('den', math('2'))));
    const text = await textOf(
      paragraph(run('Energy is '), square, run(' by definition.')) +
        paragraph(part('oMathPara', half)) +
        paragraph(run('a &lt; b '), part('oMath', math('a&lt;b'))),
    );
    expect(text).toBe('Energy is E=mc^2 by definition.\n(a+b)/2\na < b a<b');
  });

  test.each([
    [part('sSub', part('e', math('x')) + part('sub', math('i+1'))), 'x_(i+1)'],
    [part('rad', '<m:deg/>' + part('e', math('x+1'))), '√(x+1)'],
    [part('rad', part('deg', math('3')) + part('e', math('x'))), 'root(3, x)'],
    [part('nary', sum + part('e', math('x'))), '∑_(i=1)^n x'],
    [part('d', part('e', math('a,b'))), '(a,b)'],
    [
      part(
        'f',
        part('num', math('1')) + part('den', part('f', part('num', math('x')) + part('den', math('y')))),
      ),
      '1/(x/y)',
    ],
    [
      part(
        'm',
        part('mr', part('e', math('a')) + part('e', math('b'))) +
          part('mr', part('e', math('c')) + part('e', math('d'))),
      ),
      '[a, b; c, d]',
    ],
    [part('func', part('fName', math('sin')) + part('e', math('x'))), 'sin x'],
    [part('unknown', math('x')), 'x'],
  ])('%#', (xml, text) => expect(equationText(part('oMath', xml))).toBe(text));
});

test('a text box is read once, also without a fallback', async () => {
  const box = (text: string) => `<w:txbxContent>${paragraph(run(text))}</w:txbxContent>`;
  const drawing = (text: string) =>
    `<w:drawing><wp:inline><a:graphic><a:graphicData><wps:wsp><wps:txbx>${box(text)}</wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing>`;
  const old = (text: string) => `<w:pict><v:shape><v:textbox>${box(text)}</v:textbox></v:shape></w:pict>`;
  const both = `<mc:AlternateContent><mc:Choice Requires="wps">${drawing('Both')}</mc:Choice><mc:Fallback>${old('Both')}</mc:Fallback></mc:AlternateContent>`;
  const newOnly = `<mc:AlternateContent><mc:Choice Requires="wps">${drawing('New')}</mc:Choice></mc:AlternateContent>`;
  const text = await textOf(
    [both, newOnly, drawing('Bare'), old('Old')].map((one) => paragraph(`<w:r>${one}</w:r>`)).join(''),
  );
  expect(text.split(/\n+/)).toEqual(['Both', 'New', 'Bare', 'Old']);
});

test('moved and deleted text is read once, at its new place; hyphens stay', async () => {
  const moved = (tag: string) => `<w:${tag} w:id="1">${run('moved ')}</w:${tag}>`;
  const text = await textOf(
    paragraph(
      run('A '),
      moved('moveFrom'),
      '<w:del w:id="2"><w:r><w:delText>gone</w:delText></w:r></w:del>',
      run('B'),
    ) +
      paragraph(moved('moveTo'), `<w:ins w:id="3">${run('new')}</w:ins>`) +
      paragraph('<w:r><w:t>e</w:t><w:noBreakHyphen/><w:t>mail in</w:t><w:softHyphen/><w:t>side</w:t></w:r>'),
  );
  expect(text).toBe('A B\nmoved new\ne-mail inside');
});

test('headings by the names of their styles, nested tables, footnotes', async () => {
  const styles = `<w:styles ${NAMESPACES}><w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 2"/></w:style></w:styles>`;
  const notes = `<w:footnotes ${NAMESPACES}><w:footnote w:id="4">${paragraph(run('See appendix.'))}</w:footnote></w:footnotes>`;
  const cell = (inside: string) => `<w:tc>${inside}</w:tc>`;
  const table = (...rows: string[]) => `<w:tbl>${rows.map((row) => `<w:tr>${row}</w:tr>`).join('')}</w:tbl>`;
  const relation = (id: number, kind: string) =>
    `<Relationship Id="r${id}" Type="${RELATIONS}/${kind}" Target="${kind}.xml"/>`;
  const text = await textOf(
    paragraph('<w:pPr><w:pStyle w:val="1"/></w:pPr>', run('方法')) +
      paragraph(run('Measured'), '<w:r><w:footnoteReference w:id="4"/></w:r>', run('.')) +
      table(
        cell(paragraph(run('a'))) +
          cell(table(cell(paragraph(run('b'))) + cell(paragraph(run('c')))) + paragraph()),
      ),
    {
      more: {
        'word/styles.xml': strToU8(styles),
        'word/footnotes.xml': strToU8(notes),
        'word/_rels/document.xml.rels': strToU8(
          `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${relation(1, 'styles')}${relation(2, 'footnotes')}</Relationships>`,
        ),
      },
    },
  );
  expect(text).toBe('## 方法\nMeasured[1].\n| a | | b | c | |\n\n[1] See appendix.');
});

test('a small file that unpacks to a large text is refused with both numbers', async () => {
  const bomb = docx(paragraph(run(' '.repeat(20e6))));
  expect(bomb.length).toBeLessThan(30e3);
  expect(await failureOf(() => readWord(bomb, 'a.docx'))).toMatchObject({
    code: 'document-too-big',
    details: { name: 'a.docx', maxBytes: 16e6 },
  });
});

test.each([
  ['no XML', zipSync({ 'word/document.xml': strToU8('<w:document') })],
  ['no main part', zipSync({ '[Content_Types].xml': strToU8('<Types/>') })],
  ['deep nesting', docx('<w:sdt><w:sdtContent>'.repeat(30_000))],
])('%s is document-damaged', async (_, bytes) => {
  expect(await failureOf(() => readWord(bytes, 'a.docx'))).toMatchObject({ code: 'document-damaged' });
});
